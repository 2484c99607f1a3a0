"""A region that is not as it was built: found at the start or on request, and never in the middle of a question."""

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from routing.__main__ import main
from routing.errors import BadRegion
from routing.region import FORMAT, build, load
from tests.routing.sketch import SOUTH_WEST, at, draw_hamlet


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A region that nobody damages."""
    folder = tmp_path_factory.mktemp("verify")
    build(str(draw_hamlet(folder)), folder / "region")
    return folder / "region"


@pytest.fixture
def region(built: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(built, tmp_path / "region")


def flip(path: Path, position: int) -> None:
    content = bytearray(path.read_bytes())
    content[position] ^= 0xFF
    path.write_bytes(content)


def test_every_file_has_its_seal(region: Path) -> None:
    sealed = set(load(region, verify=True).manifest.files)
    there = {path.relative_to(region).as_posix() for path in region.rglob("*") if path.is_file()}
    assert there - sealed == {"manifest.json", "hours.json"}
    assert "map.pmtiles" in sealed
    assert "walking/grid/cell_bit.npy" in sealed


def test_verify_says_that_a_region_is_whole(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(region)]) == 0
    assert "Hamlet is whole" in capsys.readouterr().out
    assert main(["verify", str(region), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["files"] == len(load(region).manifest.files)
    assert told["bytes"] > 1000


def test_one_changed_byte_is_found_when_asked(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flip(region / "places" / "name_blob.npy", -1)
    assert load(region).manifest.name == "Hamlet"
    with pytest.raises(BadRegion, match=r"is damaged: places/name_blob\.npy changed; build it again"):
        load(region, verify=True)
    assert main(["verify", str(region), "--json"]) == 2
    error = json.loads(capsys.readouterr().err)["error"]
    assert error["code"] == "bad_region"
    assert "places/name_blob.npy" in error["message"]
    assert main(["route", str(region), "46.0,6.0", "46.001,6.001", "--verify"]) == 2


@pytest.mark.parametrize("name", ["network/arc_ms.npy", "walking/edge_dm.npy", "map.pmtiles", "grid/cell_bit.npy"])
@pytest.mark.parametrize("how", ["cut off", "longer", "gone"])
def test_a_file_that_is_cut_off_is_found_at_the_start(name: str, how: str, region: Path) -> None:
    path = region / name
    content = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-4] if how == "cut off" else content + b"four")
    with pytest.raises(BadRegion, match=name):
        load(region)


def test_the_table_of_hours_may_be_changed(region: Path) -> None:
    (region / "hours.json").write_text("[]")
    load(region, verify=True)


def test_a_region_of_another_format_asks_for_a_rebuild(region: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = json.loads((region / "manifest.json").read_text())
    for other in (FORMAT - 1, FORMAT + 1, None):
        (region / "manifest.json").write_text(json.dumps(manifest | {"format": other}))
        assert main(["verify", str(region)]) == 2
        assert "has another format; build it again" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'{"format": FORMAT}', b'{"format": FORMAT, "bounds": 3, "files": {}}', b"\xe9"],
)
def test_a_damaged_manifest_is_a_sentence(content: bytes, region: Path) -> None:
    (region / "manifest.json").write_bytes(content.replace(b"FORMAT", str(FORMAT).encode()))
    with pytest.raises(BadRegion, match="build it again"):
        load(region)


def test_a_header_that_announces_another_array_is_found(region: Path) -> None:
    """A changed header can name a shorter array in a file of the right size, and kernels look at no lengths."""
    path = region / "network" / "arc_ms.npy"
    whole = np.load(path)
    shorter = path.with_suffix(".short.npy")
    np.save(shorter, whole[:-1])
    path.write_bytes(shorter.read_bytes() + b"\0\0\0\0")
    shorter.unlink()
    with pytest.raises(BadRegion, match="arc_ms"):
        load(region)


@pytest.mark.parametrize(
    "name",
    [
        "network/arc_head", "network/turn_to", "network/piece_start", "hierarchy/above", "hierarchy/parent",
        "hierarchy/start", "grid/cell_bit", "walking/edge_node", "walking/hook_start", "public/point",
        "places/posting_place", "network/piece_name",
    ],
)  # fmt: skip
def test_numbers_that_would_lead_a_loop_astray_are_found(name: str, region: Path) -> None:
    path = region / f"{name}.npy"
    array = np.load(path)
    array[0] = 2**30
    np.save(path, array)
    with pytest.raises(BadRegion, match=name):
        load(region)


def test_damage_never_kills_the_process(region: Path, tmp_path: Path) -> None:
    """A byte changed anywhere, unnoticed or not: the answer may be wrong, but there is one, or a sentence."""
    seed = 11
    dice = random.Random(seed)
    files = sorted(path for path in region.rglob("*.npy") if path.stat().st_size > 130)
    survivor = (
        "import sys\n"
        "from pathlib import Path\n"
        "from routing.errors import RoutingError\n"
        "from routing.plan import Place\n"
        "from routing.region import load\n"
        "places = Place(46.0005, 6.0), Place(46.004, 6.003)\n"
        "for folder in sys.argv[1:]:\n"
        "    try:\n"
        "        region = load(Path(folder))\n"
        "        region.travel.matrix(places, places)\n"
        "        region.travel.reach(places[0])\n"
        "        region.corners(places[0], 2000)\n"
        "        region.walk_m(*places)\n"
        "        region.places.search('rue du tour')\n"
        "        region.route(places)\n"
        "    except RoutingError:\n"
        "        pass\n"
    )
    damaged = []
    for number in range(12):
        copy = shutil.copytree(region, tmp_path / f"copy-{number}")
        path = copy / dice.choice(files).relative_to(region)
        flip(path, dice.randrange(128, path.stat().st_size))
        damaged.append(str(copy))
    done = subprocess.run([sys.executable, "-c", survivor, *damaged], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (seed, done.stderr)


def test_a_running_process_keeps_the_region_it_has_open(region: Path, tmp_path: Path) -> None:
    opened = load(region)
    before = opened.travel.matrix([SOUTH_WEST], [at(400, 300)])[0].tolist()
    build(str(draw_hamlet(tmp_path)), region)
    elsewhere = at(300, 400)  # not the pair whose answer may be kept
    assert opened.travel.matrix([SOUTH_WEST], [at(400, 300)])[0].tolist() == before
    assert opened.travel.matrix([SOUTH_WEST], [elsewhere])[0][0, 0] > 0
