"""What becomes of OpenStreetMap's ways: one-ways, barriers, holes, dead ends."""

from pathlib import Path

import numpy as np
import pytest

from routing.errors import BadSource
from routing.plan import UNREACHABLE, Place
from routing.streets.joining import build_network
from routing.streets.network import Network
from routing.streets.osm import read_roads
from routing.streets.restrictions import read_restrictions
from routing.travel.hierarchy import arc_ranks, build_hierarchy
from routing.travel.roads import RoadTravel
from routing.travel.snapping import build_grid
from tests.routing.sketch import Sketch, at, street


def travel_on(sketch: Sketch, tmp_path: Path, **how: bool) -> RoadTravel:
    network = network_of(sketch, tmp_path, **how)
    network = network.renumbered(arc_ranks(network))
    return RoadTravel(network, build_hierarchy(network), build_grid(network))


def network_of(sketch: Sketch, tmp_path: Path, **how: bool) -> Network:
    source = sketch.save(tmp_path / "sketch.osm", **how)
    return build_network(read_roads(source), read_restrictions(source))[0]


def metres(travel: RoadTravel, origin: Place, destination: Place) -> int:
    return int(travel.matrix([origin], [destination])[1][0, 0])


def ring(sketch: Sketch, **tags: str) -> None:
    """A square of streets, 1 km a side."""
    corners = [(0, 0), (1000, 0), (1000, 1000), (0, 1000)]
    for here, there in zip(corners, corners[1:] + corners[:1], strict=True):
        sketch.way(here, there, **street(**tags))


def test_a_two_way_street_is_driven_both_ways(tmp_path: Path) -> None:
    sketch = Sketch()
    ring(sketch)
    travel = travel_on(sketch, tmp_path)
    assert metres(travel, at(200, 0), at(700, 0)) == pytest.approx(500, abs=2)
    assert metres(travel, at(700, 0), at(200, 0)) == pytest.approx(500, abs=2)


@pytest.mark.parametrize(("tags", "against_m"), [({"oneway": "yes"}, 3500), ({"junction": "roundabout"}, 3500)])
def test_a_one_way_street_is_left_at_its_end(tags: dict[str, str], against_m: int, tmp_path: Path) -> None:
    sketch = Sketch()
    ring(sketch, **tags)
    travel = travel_on(sketch, tmp_path)
    assert metres(travel, at(200, 0), at(700, 0)) == pytest.approx(500, abs=2)
    assert metres(travel, at(700, 0), at(200, 0)) == pytest.approx(against_m, abs=5)


def test_minus_one_means_against_the_way(tmp_path: Path) -> None:
    sketch = Sketch()
    ring(sketch, oneway="-1")
    travel = travel_on(sketch, tmp_path)
    assert metres(travel, at(200, 0), at(700, 0)) == pytest.approx(3500, abs=5)


@pytest.mark.parametrize(
    "tags", [{"access": "private"}, {"motor_vehicle": "no"}, {"highway": "footway"}, {"service": "driveway"}]
)
def test_nobody_drives_where_cars_may_not(tags: dict[str, str], tmp_path: Path) -> None:
    sketch = Sketch()
    ring(sketch)
    sketch.way((0, 500), (1000, 500), **street(**tags))
    assert metres(travel_on(sketch, tmp_path), at(0, 500), at(1000, 500)) == pytest.approx(2000, abs=5)


def test_the_most_specific_word_decides(tmp_path: Path) -> None:
    sketch = Sketch()
    ring(sketch)
    sketch.way((0, 0), (1000, 1000), **street(access="no", motorcar="yes"))
    assert metres(travel_on(sketch, tmp_path), at(0, 0), at(1000, 1000)) == pytest.approx(1414, abs=3)


def test_a_bollard_shuts_a_street_but_both_its_ends_are_still_served(tmp_path: Path) -> None:
    sketch = Sketch()
    ring(sketch)
    sketch.node(500, 0, barrier="bollard")
    sketch.way((0, 0), (500, 0), (1000, 0), **street())
    sketch.way((0, -400), (0, 0), **street())
    travel = travel_on(sketch, tmp_path)
    # The first ring street runs straight past the bollard; only the way through it is shut.
    assert metres(travel, at(0, -400), at(0, 0)) == pytest.approx(400, abs=2)
    assert metres(travel, at(300, 0), at(0, 0)) == pytest.approx(300, abs=2)


def test_a_street_with_a_bollard_is_no_way_through(tmp_path: Path) -> None:
    sketch = Sketch()
    sketch.node(500, 0, barrier="bollard")
    sketch.way((0, 0), (500, 0), (1000, 0), **street())
    sketch.way((0, 0), (0, 1000), (1000, 1000), (1000, 0), **street())
    travel = travel_on(sketch, tmp_path)
    assert metres(travel, at(400, 0), at(600, 0)) == pytest.approx(3800, abs=8)


def test_a_way_with_a_missing_node_is_cut_there_and_used_on_both_sides(tmp_path: Path) -> None:
    sketch = Sketch()
    ring(sketch)
    sketch.way((0, 0), (-300, 0), 999_999, (-300, 600), (0, 600), **street())
    sketch.way((0, 600), (0, 1000), **street())
    travel = travel_on(sketch, tmp_path)
    assert metres(travel, at(-300, 0), at(0, 0)) == pytest.approx(300, abs=2)
    assert metres(travel, at(0, 600), at(0, 1000)) == pytest.approx(400, abs=2)


def test_roads_that_lead_nowhere_are_left_out(tmp_path: Path) -> None:
    sketch = Sketch()
    ring(sketch)
    sketch.way((1000, 1000), (2000, 1000), **street(oneway="yes"))  # in, and never out again
    sketch.way((5000, 5000), (6000, 5000), **street())  # an island
    network = network_of(sketch, tmp_path)
    assert network.nodes == 4
    assert network.node_lon.max() == pytest.approx(at(1000, 0).lon, abs=1e-6)


def test_nobody_is_picked_up_on_a_motorway(tmp_path: Path) -> None:
    sketch = Sketch()
    ring(sketch)
    sketch.way((0, 0), (0, -100), (1000, -100), (1000, 0), highway="motorway", oneway="no")
    travel = travel_on(sketch, tmp_path)
    assert travel.snap([at(500, -90)]).access[0] > travel.snap([at(500, -10)]).access[0]


def test_a_place_far_from_any_road_is_not_reached(tmp_path: Path) -> None:
    sketch = Sketch()
    ring(sketch)
    seconds, _ = travel_on(sketch, tmp_path).matrix([at(0, 0)], [at(1000, 1000), at(9000, 0)])
    assert seconds[0, 0] < UNREACHABLE
    assert seconds[0, 1] == UNREACHABLE


def test_the_file_may_carry_its_ways_before_its_nodes(tmp_path: Path) -> None:
    sketch = Sketch()
    ring(sketch)
    assert network_of(sketch, tmp_path, ways_first=True).nodes == 4


def test_traffic_signals_cost_time_and_no_metres(tmp_path: Path) -> None:
    free, lit = Sketch(), Sketch()
    lit.node(500, 0, highway="traffic_signals")
    for sketch in (free, lit):
        sketch.way((0, 0), (500, 0), (1000, 0), **street())
        sketch.way((0, 0), (0, 1000), (1000, 1000), (1000, 0), **street())
    (free_s, free_m), (lit_s, lit_m) = (
        travel_on(sketch, tmp_path).matrix([at(0, 0)], [at(1000, 0)]) for sketch in (free, lit)
    )
    assert lit_s[0, 0] > free_s[0, 0]
    assert lit_m[0, 0] == free_m[0, 0]


def test_a_sketch_of_footpaths_is_refused(tmp_path: Path) -> None:
    sketch = Sketch()
    sketch.way((0, 0), (500, 0), highway="footway")
    with pytest.raises(BadSource, match="no road that a car may drive on"):
        network_of(sketch, tmp_path)


def test_the_shape_of_each_piece_begins_and_ends_at_its_nodes(tmp_path: Path) -> None:
    sketch = Sketch()
    ring(sketch)
    sketch.way((0, 0), (300, 300), (400, 700), (1000, 1000), **street())
    network = network_of(sketch, tmp_path)
    begin, end = network.piece_start[:-1], network.piece_start[1:] - 1
    assert np.allclose(network.shape_lat[begin] / 1e7, network.node_lat[network.piece_from], atol=1e-7)
    assert np.allclose(network.shape_lon[end] / 1e7, network.node_lon[network.piece_to], atol=1e-7)
