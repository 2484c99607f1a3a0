"""Walking: over bridges and steps, not over the river; all corners within the walk, as SciPy finds them."""

import random
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from routing.distance import metres_between
from routing.places.public_points import corners
from routing.plan import Place
from routing.region import Region, build, load
from routing.streets.joining import build_network
from routing.streets.osm import read_roads
from routing.walking.building import build_walking, is_walkable
from routing.walking.network import Walking
from tests.routing.sketch import Sketch, at, street
from tests.shared_data import shared_data


def walking_on(osm_file: Path) -> Walking:
    network, _ = build_network(read_roads(osm_file))
    return Walking(*build_walking(osm_file, *corners(network)))


def sketched(sketch: Sketch, tmp_path: Path) -> Walking:
    return walking_on(sketch.save(tmp_path / "sketch.osm"))


def two_banks(sketch: Sketch) -> None:
    """A block of streets on each side of a river 100 m wide, and a bridge 2 km to the east."""
    for south in (0, 200):
        for side in (south, south + 100):
            sketch.way((0, side), (200, side), (2000, side), **street())
        for east in (0, 200, 2000):
            sketch.way((east, south), (east, south + 100), **street())
    sketch.way((2000, 100), (2000, 200), highway="secondary", bridge="yes")


@pytest.fixture
def banks(tmp_path: Path) -> Walking:
    sketch = Sketch()
    two_banks(sketch)
    return sketched(sketch, tmp_path)


def test_the_other_bank_is_near_by_air_and_far_on_foot(banks: Walking) -> None:
    assert banks.metres(at(0, 100), at(0, 200)) == pytest.approx(4100, abs=5)
    assert banks.metres(at(0, 200), at(0, 100)) == banks.metres(at(0, 100), at(0, 200))
    corner, walk_m = banks.corners_near(at(0, 100), 600)
    north = banks.network.corner_lat[corner]
    assert len(corner) > 0
    assert (north < at(0, 150).lat).all()
    assert walk_m.tolist() == sorted(walk_m.tolist())


def test_a_footbridge_joins_the_banks(tmp_path: Path) -> None:
    sketch = Sketch()
    two_banks(sketch)
    sketch.way((200, 100), (200, 200), highway="footway", bridge="yes")
    walking = sketched(sketch, tmp_path)
    assert walking.metres(at(0, 100), at(0, 200)) == pytest.approx(500, abs=3)


def test_the_metres_to_the_way_count_at_both_ends(banks: Walking) -> None:
    """From a door 40 m south of the street to one 30 m north of it, 500 m farther."""
    assert banks.metres(at(400, -40), at(900, 30)) == pytest.approx(570, abs=2)


def test_two_doors_of_one_yard_do_not_walk_round_by_the_street(banks: Walking) -> None:
    assert banks.metres(at(500, -300), at(520, -300)) == pytest.approx(26, abs=1)
    assert banks.metres(at(500, -300), at(500, -300)) == 0


def test_nobody_is_told_a_walk_of_more_than_five_kilometres(banks: Walking) -> None:
    assert banks.metres(at(0, 0), at(0, -5200)) is None


@pytest.mark.parametrize(
    ("tags", "walked"),
    [
        ({"highway": "steps"}, True),
        ({"highway": "primary"}, True),
        ({"highway": "cycleway"}, False),
        ({"highway": "cycleway", "foot": "designated"}, True),
        ({"highway": "cycleway", "sidewalk": "right"}, True),
        ({"highway": "motorway"}, False),
        ({"highway": "trunk"}, False),
        ({"highway": "trunk", "sidewalk": "both"}, True),
        ({"highway": "trunk", "foot": "yes"}, True),
        ({"highway": "trunk", "sidewalk": "separate"}, False),
        ({"highway": "primary", "motorroad": "yes"}, False),
        ({"highway": "primary", "foot": "use_sidepath"}, False),
        ({"highway": "footway", "foot": "no"}, False),
        ({"highway": "service", "access": "private"}, False),
        ({"highway": "service", "access": "private", "foot": "yes"}, True),
        ({"highway": "track", "access": "destination"}, True),
        ({"highway": "proposed", "foot": "yes"}, False),
        ({"highway": "construction"}, False),
        ({"highway": "pedestrian", "area": "yes"}, True),
    ],
)
def test_where_a_person_may_walk(tags: dict[str, str], walked: bool) -> None:
    assert is_walkable(tags) is walked


@pytest.mark.parametrize(
    ("gate", "round_m"), [({}, 100), ({"access": "private"}, 700), ({"access": "private", "foot": "yes"}, 100)]
)
def test_a_gate_stops_whom_it_is_shut_for(gate: dict[str, str], round_m: int, tmp_path: Path) -> None:
    sketch = Sketch()
    corner_nodes = [(0, 0), (100, 0), (100, 300), (0, 300)]
    for here, there in pairwise([*corner_nodes[1:], corner_nodes[0]]):
        sketch.way(here, there, **street())
    sketch.node(50, 0, barrier="gate", **gate)
    sketch.way((0, 0), (50, 0), (100, 0), highway="footway")
    sketch.way((0, 300), (0, 500), **street())
    assert sketched(sketch, tmp_path).metres(at(0, 0), at(100, 0)) == pytest.approx(round_m, abs=2)


def test_a_walled_garden_is_not_where_a_walk_begins(tmp_path: Path) -> None:
    """Its paths lead to no corner, so who is there is taken to the street outside."""
    sketch = Sketch()
    two_banks(sketch)
    sketch.way((50, 30), (150, 30), (150, 70), (50, 70), (50, 30), highway="footway")
    walking = sketched(sketch, tmp_path)
    _, walk_m = walking.corners_near(at(60, 30), 250)
    assert walk_m[0] == pytest.approx(170, abs=2)


def test_no_way_to_walk_is_no_corner(tmp_path: Path) -> None:
    sketch = Sketch()
    for here, there in pairwise([(0, 0), (1000, 0), (1000, 1000), (0, 0)]):
        sketch.way(here, there, highway="primary", motorroad="yes")
    sketch.way((0, 0), (-500, 0), highway="primary", motorroad="yes")
    walking = sketched(sketch, tmp_path)
    assert walking.network.nodes == 0
    assert walking.corners_near(at(10, 0), 600)[0].tolist() == []
    assert walking.metres(at(10, 0), at(20, 0)) is None


def slow_corners(walking: Walking, place: Place, max_walk_m: int) -> dict[int, int]:
    """The same by SciPy: the place and every corner are nodes on the pieces they lie on."""
    net = walking.network
    foothold = walking.foothold(place)
    assert foothold
    me = net.nodes
    corner_node = me + 1 + np.arange(len(net.corner_lat))
    rows, columns, lengths_dm = [net.piece_from], [net.piece_to], [net.piece_dm]

    def link(one: Any, other: Any, length_dm: Any) -> None:
        rows.append(np.atleast_1d(one))
        columns.append(np.atleast_1d(other))
        lengths_dm.append(np.atleast_1d(length_dm))

    on = np.flatnonzero(net.corner_piece >= 0)
    piece = net.corner_piece[on]
    before_dm = np.rint(net.corner_along[on] * net.piece_dm[piece])
    link(corner_node[on], net.piece_from[piece], net.corner_off_dm[on] + before_dm)
    link(corner_node[on], net.piece_to[piece], net.corner_off_dm[on] + net.piece_dm[piece] - before_dm)
    mine = piece == foothold.piece
    link(
        np.full(mine.sum(), me),
        corner_node[on[mine]],
        foothold.off_dm + np.abs(before_dm[mine] - foothold.before_dm) + net.corner_off_dm[on[mine]],
    )
    link(me, net.piece_from[foothold.piece], foothold.off_dm + foothold.before_dm)
    link(me, net.piece_to[foothold.piece], foothold.off_dm + net.piece_dm[foothold.piece] - foothold.before_dm)
    one, other = np.concatenate(rows), np.concatenate(columns)
    length = np.concatenate(lengths_dm) + 1e-6  # SciPy takes a length of 0 for no road
    tail, head = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((length, head, tail))
    tail, head, length = tail[order], head[order], length[order]
    first = np.ones(len(tail), bool)  # SciPy adds parallel roads up
    first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
    first &= tail != head
    size = me + 1 + len(net.corner_lat)
    graph = coo_array((length[first], (tail[first], head[first])), shape=(size, size)).tocsr()
    # Corners are dead ends only as far as anybody knows: no walk goes through one that is off the way.
    away_dm = np.rint(dijkstra(graph, directed=False, indices=me, limit=10 * max_walk_m + 0.5)[corner_node])
    near = np.flatnonzero(away_dm <= 10 * max_walk_m)
    return {int(corner): int(away_dm[corner] + 5) // 10 for corner in near}


@pytest.mark.parametrize(("extract", "max_walk_m"), [("porto-centre", 600), ("liechtenstein", 1500)])
def test_corners_are_those_that_scipy_finds(extract: str, max_walk_m: int) -> None:
    walking = walking_on(shared_data(f"osm/{extract}.osm.pbf"))
    seed = 4
    dice = random.Random(seed)
    net = walking.network
    for _ in range(25):
        i = dice.randrange(len(net.corner_lat))
        place = Place(
            float(net.corner_lat[i]) + dice.uniform(-2e-3, 2e-3), float(net.corner_lon[i]) + dice.uniform(-2e-3, 2e-3)
        )
        corner, walk_m = walking.corners_near(place, max_walk_m)
        found = dict(zip(corner.tolist(), walk_m.tolist(), strict=True))
        assert found == slow_corners(walking, place, max_walk_m), (seed, place)
        for number in corner[-2:].tolist():
            there = Place(float(net.corner_lat[number]), float(net.corner_lon[number]))
            assert walking.metres(place, there) == found[number]
            assert metres_between(place, there) <= found[number] + 2


def test_threads_do_not_write_into_each_other_s_desks(banks: Walking) -> None:
    places = [at(east, 100) for east in range(0, 2000, 50)]
    alone = [banks.corners_near(place, 900)[1].tolist() for place in places]
    wrong: list[Place] = []

    def ask() -> None:
        for _ in range(20):
            for place, walks in zip(places, alone, strict=True):
                if banks.corners_near(place, 900)[1].tolist() != walks:
                    wrong.append(place)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.fixture(scope="module")
def village(tmp_path_factory: pytest.TempPathFactory) -> Region:
    folder = tmp_path_factory.mktemp("village")
    sketch = Sketch()
    two_banks(sketch)
    sketch.way((0, 0), (-300, 0), **street("Rue du Port"))
    build(str(sketch.save(folder / "village.osm")), folder / "region")
    return load(folder / "region")


def test_a_region_keeps_its_ways_on_foot(village: Region) -> None:
    found = village.corners(at(0, 0), 250)
    assert [walk_m for _, walk_m in found] == [0, 200]
    assert village.corners(at(0, 0), 250, 1) == found[:1]
    assert village.walk_m(at(0, 100), at(0, 200)) == pytest.approx(4100, abs=5)


def test_a_corner_is_named_when_somebody_asks(village: Region) -> None:
    corner = village.corners(at(0, 0), 250)[0][0]
    assert corner.label == ""
    assert village.named(corner).label == "Rue du Port"
    home = Place(corner.lat, corner.lon)
    assert village.named(home) is home
    assert village.named(replace(corner, label="At the mill")).label == "At the mill"


def test_the_straight_line_counts_where_no_way_is_known(village: Region) -> None:
    far = Place(at(0, 0).lat + 1, at(0, 0).lon)
    assert village.walk_m(at(0, 0), far) == pytest.approx(1.3 * metres_between(at(0, 0), far), abs=1)
