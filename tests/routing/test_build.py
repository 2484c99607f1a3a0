"""A region is built whole from every kind of source, or not at all."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from routing.errors import BadRegion, BadSource
from routing.plan import Place
from routing.region import FORMAT, Region, build, load
from tests.routing.sketch import Sketch
from tests.shared_data import shared_data

ROOT = Path(__file__).resolve().parent.parent.parent


def test_helsinki_is_built_from_what_the_library_carries(helsinki: Region) -> None:
    manifest = helsinki.manifest
    assert manifest.name == "Helsinki"
    assert manifest.time_zone == "Europe/Helsinki"
    assert manifest.attribution == "© OpenStreetMap contributors"
    assert not manifest.fictional
    assert manifest.nodes == helsinki.travel.network.nodes
    assert helsinki.tiles_path is not None
    assert manifest.center.lat == pytest.approx(60.17, abs=0.01)


def test_the_valley_says_that_it_is_made_up(valley: Region) -> None:
    assert valley.manifest.fictional
    assert "Valdétour" in valley.manifest.name


@pytest.mark.parametrize(("extract", "junctions"), [("liechtenstein", 2_500), ("porto", 45_000)])
def test_real_extracts_are_built(extract: str, junctions: int, tmp_path: Path) -> None:
    manifest = build(str(shared_data(f"osm/{extract}.osm.pbf")), tmp_path / extract)
    region = load(tmp_path / extract)
    assert manifest.nodes > junctions
    assert region.tiles_path is not None
    assert region.places.search("rua" if extract == "porto" else "strasse")
    west, south, east, north = manifest.bounds
    nodes = region.travel.network
    assert west <= nodes.node_lon.min() <= nodes.node_lon.max() <= east
    assert south <= nodes.node_lat.min() <= nodes.node_lat.max() <= north


def test_progress_is_told_and_never_goes_back(hamlet: Path, tmp_path: Path) -> None:
    heard: list[tuple[str, float]] = []
    build(str(hamlet), tmp_path / "region", lambda step, share: heard.append((step, share)))
    shares = [share for _, share in heard]
    assert shares == sorted(shares)
    assert heard[-1] == ("Done", 1.0)
    assert {"Reading roads", "Naming places", "Drawing the map"} <= {step for step, _ in heard}


def test_a_region_may_be_named(hamlet: Path, tmp_path: Path) -> None:
    assert build(str(hamlet), tmp_path / "one").name == "Hamlet"
    assert build(str(hamlet), tmp_path / "two", name="Chez nous").name == "Chez nous"


def test_arrays_are_mapped_and_cannot_be_written_to(helsinki: Region) -> None:
    arrays = helsinki.travel.hierarchy.up, helsinki.travel.network.arc_ms
    for array in arrays:
        assert isinstance(array.base, np.memmap)
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_the_same_file_gives_the_same_region(hamlet: Path, tmp_path: Path) -> None:
    build(str(hamlet), tmp_path / "one")
    build(str(hamlet), tmp_path / "two")
    ones = sorted((tmp_path / "one").rglob("*.npy"))
    assert len(ones) > 30
    for one in ones:
        assert one.read_bytes() == (tmp_path / "two" / one.relative_to(tmp_path / "one")).read_bytes()


def test_a_new_build_replaces_the_old_region_and_leaves_nothing_else(hamlet: Path, tmp_path: Path) -> None:
    target = tmp_path / "regions" / "here"
    build(str(hamlet), target, name="Old")
    old = load(target)
    build(str(hamlet), target, name="New")
    assert load(target).manifest.name == "New"
    assert [folder.name for folder in target.parent.iterdir()] == ["here"]
    # Who had the old one open goes on with it.
    corners = old.corners(Place(46.0, 6.0), 2000, 4)
    assert old.travel.matrix([corners[0][0]], [corners[1][0]])[0][0, 0] > 0


def test_a_failed_build_leaves_the_old_region_as_it_was(hamlet: Path, tmp_path: Path) -> None:
    target = tmp_path / "regions" / "here"
    build(str(hamlet), target)
    before = (target / "manifest.json").read_bytes()
    sketch = Sketch()
    sketch.way((0, 0), (500, 0), highway="footway")
    with pytest.raises(BadSource):
        build(str(sketch.save(tmp_path / "park.osm")), target)
    assert (target / "manifest.json").read_bytes() == before
    assert [folder.name for folder in target.parent.iterdir()] == ["here"]


def test_a_folder_of_something_else_is_never_replaced(hamlet: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "to_bo.txt").write_text("Dear Bo")
    with pytest.raises(BadRegion, match="is not a region"):
        build(str(hamlet), tmp_path / "letters")
    assert (tmp_path / "letters" / "to_bo.txt").read_text() == "Dear Bo"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_build_leaves_no_region_and_the_next_one_cleans_up(
    how: signal.Signals, hamlet: Path, tmp_path: Path
) -> None:
    target = tmp_path / "regions" / "here"
    build_it = (
        "import sys, routing.building as building; from routing.__main__ import main\n"
        "building.read_named = lambda path: (print('half built', flush=True), sys.stdin.read())\n"
        "main(sys.argv[1:])"
    )
    with subprocess.Popen(
        [sys.executable, "-c", build_it, "build", str(hamlet), str(target)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        assert process.stdout
        assert process.stdout.readline() == b"half built\n"
        assert list(target.parent.glob(".here.building-*"))
        process.send_signal(how)
        process.wait()
    assert not target.exists()
    if how == signal.SIGTERM:
        assert list(target.parent.iterdir()) == []
    build(str(hamlet), target)
    assert [folder.name for folder in target.parent.iterdir()] == ["here"]


def test_a_region_of_another_format_is_refused(hamlet: Path, tmp_path: Path) -> None:
    build(str(hamlet), tmp_path / "region")
    manifest = json.loads((tmp_path / "region" / "manifest.json").read_text())
    (tmp_path / "region" / "manifest.json").write_text(json.dumps(manifest | {"format": FORMAT + 1}))
    with pytest.raises(BadRegion, match="another format; build it again"):
        load(tmp_path / "region")


def test_no_region_and_a_damaged_one_are_told_apart(hamlet: Path, tmp_path: Path) -> None:
    with pytest.raises(BadRegion, match="There is no region"):
        load(tmp_path / "nowhere")
    build(str(hamlet), tmp_path / "region")
    (tmp_path / "region" / "network" / "arc_ms.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(BadRegion, match="is damaged"):
        load(tmp_path / "region")


def test_corners_are_junctions_within_the_walk_the_nearest_first(helsinki: Region) -> None:
    place = Place(60.1699, 24.9384)
    found = helsinki.corners(place, max_walk_m=400, limit=6)
    walks = [walk_m for _, walk_m in found]
    assert len(found) == 6
    assert walks == sorted(walks)
    assert walks[-1] <= 400
    snaps = helsinki.travel.snap([corner for corner, _ in found])
    assert (snaps.access == 0).all()  # they lie on the road itself
    assert helsinki.corners(place, max_walk_m=0, limit=6) == []
