"""The valley as a region for tests: built once, kept until the code that makes it changes."""

import fcntl
import hashlib
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def valley_region() -> Path:
    """The folder of the built valley."""
    return build_valley(Path(settings.VAR_DIR))


@pytest.fixture
def valley(valley_region: Path, settings: pytest.FixtureRequest) -> Path:
    """The site serves the valley during this test."""
    settings.REGION_DIR = valley_region  # type: ignore[attr-defined]
    return valley_region


def build_valley(var: Path) -> Path:
    """Build the region, or take the one that was built from the same code."""
    folder = var / "regions" / f"valley-{_code_fingerprint()}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "manifest.json").exists():
            from demo.valley import write_valley
            from routing import region

            source = folder.with_suffix(".osm.pbf")
            write_valley(source)
            region.build(str(source), folder)
    return folder


def _code_fingerprint() -> str:
    files = sorted([*(ROOT / "demo" / "valley").glob("**/*.py"), *(ROOT / "routing").glob("**/*.py")])
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
