"""A bad file gives one clear sentence and exit code 2, and leaves nothing behind."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from routing.__main__ import main
from tests.routing.sketch import Sketch, street

ROOT = Path(__file__).resolve().parent.parent.parent


def cut_off(path: Path) -> None:
    """Half of a good file; osmium itself writes the good one."""
    sketch = Sketch()
    for i in range(400):
        sketch.way((0, 10 * i), (500, 10 * i), (500, 10 * i + 10), **street(f"Rue {i * 7919}"))
    from osmium import FileProcessor, SimpleWriter

    whole = path.with_name("whole.osm.pbf")
    with SimpleWriter(str(whole)) as writer:
        for item in FileProcessor(sketch.save(path.with_name("whole.osm"))):
            writer.add(item)
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])


def footpaths_only(path: Path) -> None:
    sketch = Sketch()
    sketch.way((0, 0), (500, 0), highway="footway")
    sketch.save(path)


def lonely_one_way(path: Path) -> None:
    sketch = Sketch()
    sketch.way((0, 0), (500, 0), **street(oneway="yes"))
    sketch.save(path)


def no_node_of_its_ways(path: Path) -> None:
    sketch = Sketch()
    sketch.way(901, 902, 903, **street())
    sketch.save(path)


def a_directory(path: Path) -> None:
    path.mkdir()


def text(content: str) -> Callable[[Path], None]:
    return lambda path: path.write_text(content) and None


BAD_FILES = [
    ("missing.osm.pbf", lambda path: None, "There is no file"),
    ("folder.osm", a_directory, "There is no file"),
    ("holiday.jpg", text("not a map"), "should end in .osm.pbf or .osm"),
    ("empty.osm.pbf", text(""), "empty.osm.pbf is empty"),
    ("letter.osm.pbf", text("Dear Bo, this is not a map. " * 50), "cannot be read as OpenStreetMap data"),
    ("page.osm", text("<html><body>404</body></html>"), "cannot be read as OpenStreetMap data"),
    ("half.osm", text('<osm version="0.6"><node id="1" lat="1" lon="2"/>'), "or is cut off"),
    ("half.osm.pbf", cut_off, "or is cut off"),
    ("nothing.osm", text('<osm version="0.6"></osm>'), "no road that a car may drive on"),
    ("park.osm", footpaths_only, "no road that a car may drive on"),
    ("one_way.osm", lonely_one_way, "No two junctions"),
    ("hollow.osm", no_node_of_its_ways, "No road in this extract"),
]


@pytest.mark.parametrize(("name", "make", "sentence"), BAD_FILES, ids=[f"{i}-{f[0]}" for i, f in enumerate(BAD_FILES)])
def test_one_sentence_and_exit_code_2(
    name: str, make: Callable[[Path], None], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path / name)
    target = tmp_path / "regions" / "here"
    assert main(["build", str(tmp_path / name), str(target)]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert sentence in said
    assert said.endswith(".") or said.endswith(").")
    assert list(target.parent.glob("*")) + list(target.parent.glob(".*")) == []


def test_the_exit_code_is_that_of_the_process_and_no_traceback_is_shown(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "routing", "build", str(tmp_path / "none.osm.pbf"), str(tmp_path / "here")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 2
    assert "There is no file" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_the_valley_has_to_be_drawn_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["build", "valley", str(tmp_path / "here")]) == 2
    assert "demo.valley" in capsys.readouterr().err
