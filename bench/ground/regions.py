"""The streets that are measured on: real extracts beside the repository, else the fictional valley."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from routing.region import Region, load

ROOT = Path(__file__).resolve().parent.parent.parent
EXTRACTS = ROOT.parent / "shared" / "data" / "osm"


def at_hand() -> str:
    """What to build a region from: the extract of greater Porto, else the centre of Helsinki."""
    usual = EXTRACTS / "porto.osm.pbf"
    return str(usual) if usual.exists() else "helsinki"


@contextmanager
def extract(given: Path | None = None) -> Iterator[Path]:
    """The file that was asked for, else greater Porto, else the valley, which is drawn now."""
    usual = EXTRACTS / "porto.osm.pbf"
    if given or usual.exists():
        yield given or usual
        return
    with valley() as drawn:
        yield drawn


@contextmanager
def valley(scale: float = 1.0) -> Iterator[Path]:
    """The valley as a file, gone afterwards; 0.25 is about a thousand junctions, 250 a million."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / "valley.osm.pbf"
        python("demo.valley", drawn, "--scale", scale)
        yield drawn


@contextmanager
def region(source: Path, built: Path | None = None) -> Iterator[Region]:
    """The region in `built`, or one that is made from `source` and gone afterwards."""
    if built:
        yield load(built)
        return
    with tempfile.TemporaryDirectory() as folder:
        python("routing", "build", source, Path(folder) / "region")
        yield load(Path(folder) / "region")


def python(module: str, *arguments: object) -> None:
    """A module of the project in a process of its own, which gives its memory back."""
    subprocess.run([sys.executable, "-m", module, *map(str, arguments)], cwd=ROOT, check=True, stdout=sys.stderr)
