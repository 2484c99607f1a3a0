"""Imports follow the one arrow, and the machine that says so really looks."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LINT = Path(sys.executable).with_name("lint-imports")
ROOMS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["root_packages"]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--no-cache", "--config", ROOT / "pyproject.toml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The rooms as they are, to plant something in."""
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            place = tmp_path / file.relative_to(ROOT)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.read_bytes())
    return tmp_path


def test_imports_follow_the_arrow():
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("room", "planted", "broken"),
    [
        ("realtime", "import rides.models", "The one arrow"),
        ("accounts", "import realtime.streams", "The one arrow"),
        ("rides", "import web.urls", "The one arrow"),
        ("routing", "import django.conf", "routing is plain Python"),
    ],
)
def test_an_import_against_the_arrow_is_found(copy, room, planted, broken):
    (copy / room / "planted.py").write_text(f'"""Should not be here."""\n\n{planted}\n')
    done = lint_imports(copy)
    assert done.returncode == 1
    assert f"{broken} BROKEN" in done.stdout
    assert f"{room}.planted" in done.stdout
