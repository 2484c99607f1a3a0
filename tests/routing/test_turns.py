"""What a car may do where roads meet, and what it loses there."""

from pathlib import Path

import numpy as np
import pytest

from routing.plan import Place
from routing.streets.joining import build_network
from routing.streets.network import Network
from routing.streets.osm import read_roads
from routing.travel.roads import RoadTravel
from tests.routing.sketch import Sketch, at, street
from tests.routing.test_build_network import metres, travel_on

WEST, EAST, NORTH, SOUTH = (-1000, 0), (1000, 0), (0, 1000), (0, -1000)


def crossing(sketch: Sketch, **tags: str) -> dict[str, int]:
    """Four streets that meet in the middle and are joined outside by a ring, each 1 km long; their ways by name."""
    arms = {"west": WEST, "east": EAST, "north": NORTH, "south": SOUTH}
    ways = {name: sketch.way(end, (0, 0), **street(**tags)) for name, end in arms.items()}
    ends = [WEST, NORTH, EAST, SOUTH]
    for here, there in zip(ends, ends[1:] + ends[:1], strict=True):
        corner = (here[0] + there[0], here[1] + there[1])
        sketch.way(here, corner, there, **street())
    return ways


def seconds(travel: RoadTravel, origin: Place, destination: Place) -> int:
    return int(travel.matrix([origin], [destination])[0][0, 0])


FROM_WEST = at(-500, 0)


@pytest.mark.parametrize(
    ("kind", "start", "to", "allowed"),
    [
        ("no_left_turn", "west", "north", {"east", "south"}),
        ("no_straight_on", "west", "east", {"north", "south"}),
        ("only_straight_on", "west", "east", {"east"}),
        ("only_right_turn", "west", "south", {"south"}),
    ],
)
def test_a_sign_says_where_one_may_go_on(kind: str, start: str, to: str, allowed: set[str], tmp_path: Path) -> None:
    sketch = Sketch()
    ways = crossing(sketch)
    sketch.sign(kind, ways[start], sketch.node(0, 0), ways[to])
    travel = travel_on(sketch, tmp_path)
    goals = {"north": at(0, 500), "east": at(500, 0), "south": at(0, -500)}
    straight = {name for name, goal in goals.items() if metres(travel, FROM_WEST, goal) == pytest.approx(1000, abs=3)}
    assert straight == allowed
    # And from everywhere else nothing is forbidden.
    assert metres(travel, at(0, -500), at(0, 500)) == pytest.approx(1000, abs=3)


@pytest.mark.parametrize(
    "tags",
    [
        {"except": "motorcar"},
        {"restriction": "", "restriction_hgv": "no_left_turn"},
        {"restriction": "", "restriction_conditional": "no_left_turn @ (Mo-Fr 07:00-09:00)"},
    ],
)
def test_signs_that_are_not_for_us_forbid_nothing(tags: dict[str, str], tmp_path: Path) -> None:
    sketch = Sketch()
    ways = crossing(sketch)
    kind = tags.pop("restriction", "no_left_turn")
    sketch.sign(kind, ways["west"], sketch.node(0, 0), ways["north"], **tags)
    assert metres(travel_on(sketch, tmp_path), FROM_WEST, at(0, 500)) == pytest.approx(1000, abs=3)


def test_a_sign_for_motorcars_is_for_us(tmp_path: Path) -> None:
    sketch = Sketch()
    ways = crossing(sketch)
    sketch.sign("", ways["west"], sketch.node(0, 0), ways["north"], restriction_motorcar="no_left_turn")
    assert metres(travel_on(sketch, tmp_path), FROM_WEST, at(0, 500)) > 2000


def test_of_a_way_that_goes_on_at_both_sides_the_sign_means_one(tmp_path: Path) -> None:
    sketch = Sketch()
    west = sketch.way(WEST, (0, 0), **street())
    through = sketch.way(SOUTH, (0, 0), NORTH, **street())
    sketch.way(WEST, (-1000, 1000), NORTH, EAST, SOUTH, (-1000, -1000), WEST, **street())
    sketch.sign("no_left_turn", west, sketch.node(0, 0), through)
    travel = travel_on(sketch, tmp_path)
    assert metres(travel, FROM_WEST, at(0, 500)) > 2000
    assert metres(travel, FROM_WEST, at(0, -500)) == pytest.approx(1000, abs=3)


def dual_carriageway(sketch: Sketch) -> tuple[int, int, int]:
    """Two one-way roads 20 m apart, joined in the middle by a bit of road; the three ways."""
    east = sketch.way((-1000, 0), (0, 0), (1000, 0), highway="secondary", oneway="yes")
    west = sketch.way((1000, 20), (0, 20), (-1000, 20), highway="secondary", oneway="yes")
    joint = sketch.way((0, 0), (0, 20), highway="secondary_link")
    sketch.way((1000, 0), (1400, 10), (1000, 20), highway="secondary", oneway="yes")
    sketch.way((-1000, 20), (-1400, 10), (-1000, 0), highway="secondary", oneway="yes")
    sketch.way((0, 20), (0, 500), **street())
    return east, joint, west


def test_turning_round_over_a_bit_of_road_may_be_forbidden_as_a_whole(tmp_path: Path) -> None:
    free, signed = Sketch(), Sketch()
    dual_carriageway(free)
    east, joint, west = dual_carriageway(signed)
    signed.sign("no_u_turn", east, joint, west, over="way")
    here, back, up = at(-500, 0), at(-500, 20), at(0, 300)
    assert metres(travel_on(free, tmp_path), here, back) == pytest.approx(1020, abs=5)
    travel = travel_on(signed, tmp_path)
    assert metres(travel, here, back) > 1500
    assert metres(travel, here, up) == pytest.approx(800, abs=5)  # straight over the joint is no turning round


def test_only_over_a_bit_of_road(tmp_path: Path) -> None:
    sketch = Sketch()
    east, joint, west = dual_carriageway(sketch)
    sketch.sign("only_u_turn", east, joint, west, over="way")
    travel = travel_on(sketch, tmp_path)
    assert metres(travel, at(-500, 0), at(-500, 20)) == pytest.approx(1020, abs=5)
    assert metres(travel, at(-500, 0), at(0, 300)) > 2000


def test_nobody_turns_round_in_the_middle_of_a_road_but_at_its_end(tmp_path: Path) -> None:
    """Out of a one-way street into a long road: the goal is left of the mouth, and the sign says right only."""
    sketch = Sketch()
    mouth = sketch.way((0, 500), (0, 0), **street(oneway="yes"))
    left, right = (sketch.way((0, 0), (1000 * east, 0), **street()) for east in (1, -1))
    sketch.way((-1000, 0), (-1400, 0), **street())  # another way, so that a node lies in the middle of the road
    sketch.way((1000, 0), (1000, 500), (0, 500), **street())
    sketch.sign("only_right_turn", mouth, sketch.node(0, 0), right)
    travel = travel_on(sketch, tmp_path)
    # Down, right to the very end (1,400 m), round there, and back past the mouth.
    assert metres(travel, at(0, 250), at(500, 0)) == pytest.approx(250 + 1400 + 1400 + 500, abs=5)
    assert left


def test_a_ring_that_meets_no_other_road_is_driven_both_ways(tmp_path: Path) -> None:
    sketch = Sketch()
    sketch.way((0, 0), (1000, 0), (1000, 1000), **street())
    sketch.way((1000, 1000), (0, 1000), (0, 0), **street())
    travel = travel_on(sketch, tmp_path)
    assert metres(travel, at(200, 0), at(700, 0)) == pytest.approx(500, abs=2)
    assert metres(travel, at(700, 0), at(200, 0)) == pytest.approx(500, abs=2)


def test_crossing_those_who_come_costs_more_than_keeping_to_ones_side(tmp_path: Path) -> None:
    sketch = Sketch()
    crossing(sketch, highway="secondary", maxspeed="50")
    sketch.way((0, 0), (400, 400), (1000, 1000), **street())
    travel = travel_on(sketch, tmp_path)
    straight, right, left = (seconds(travel, FROM_WEST, goal) for goal in (at(500, 0), at(0, -500), at(0, 500)))
    assert straight < right < left


def test_where_one_drives_on_the_left_it_is_the_other_way_round(tmp_path: Path) -> None:
    source = Sketch()
    crossing(source, highway="secondary", maxspeed="50")
    path = source.save(tmp_path / "sketch.osm")
    right_hand, left_hand = (build_network(read_roads(path), left_hand=left)[0] for left in (False, True))

    def turn(network: Network, bearing: float) -> int:
        """What turning out of the west by so many degrees costs."""
        middle = np.argmin(np.hypot(network.node_lat - at(0, 0).lat, network.node_lon - at(0, 0).lon))
        west, goal = (np.argmin(np.hypot(network.node_lat - p.lat, network.node_lon - p.lon))
                      for p in (at(*WEST), at(*NORTH) if bearing > 0 else at(*SOUTH)))  # fmt: skip
        chosen = (network.arc_tail[network.turn_from] == west) & (network.arc_head[network.turn_to] == goal)
        chosen &= network.arc_head[network.turn_from] == middle
        return int(network.turn_ms[chosen][0])

    assert turn(right_hand, 90) == turn(left_hand, -90) > turn(right_hand, -90) == turn(left_hand, 90)


def test_coming_out_of_a_lesser_road_one_gives_way(tmp_path: Path) -> None:
    equal, lesser = Sketch(), Sketch()
    for sketch, highway in ((equal, "residential"), (lesser, "secondary")):
        sketch.way((-1000, 0), (0, 0), (1000, 0), highway=highway, maxspeed="40")
        sketch.way((0, -1000), (0, 0), **street(maxspeed="40"))
        sketch.way((-1000, 0), (0, -1000), (1000, 0), **street())
    times = [seconds(travel_on(sketch, tmp_path), at(0, -300), at(0, -30)) for sketch in (equal, lesser)]
    onward = [seconds(travel_on(sketch, tmp_path), at(0, -300), at(30, 0)) for sketch in (equal, lesser)]
    assert times[0] == times[1]
    assert onward[0] < onward[1]


def test_along_a_roundabout_only_the_entry_is_waited_for(tmp_path: Path) -> None:
    sketch = Sketch()
    rim = [(30, 0), (0, 30), (-30, 0), (0, -30), (30, 0)]
    sketch.way(*rim, **street(junction="roundabout"))
    for end in rim[:-1]:
        sketch.way(end, (20 * end[0], 20 * end[1]), **street())
    network = build_network(read_roads(sketch.save(tmp_path / "sketch.osm")))[0]
    on_it = network.piece_roundabout == 1
    inside = on_it[network.arc_piece[network.turn_from]] & on_it[network.arc_piece[network.turn_to]]
    entering = ~on_it[network.arc_piece[network.turn_from]] & on_it[network.arc_piece[network.turn_to]]
    assert (network.turn_ms[inside] == 0).all()
    assert (network.turn_ms[entering] > 0).all()


def test_by_a_wide_road_one_is_fetched_on_ones_own_side(tmp_path: Path) -> None:
    narrow, wide = Sketch(), Sketch()
    for sketch, highway in ((narrow, "residential"), (wide, "primary")):
        sketch.way((-1000, 0), (1000, 0), highway=highway, maxspeed="50")
        sketch.way((1000, 0), (1000, 600), (-1000, 600), (-1000, 0), **street())
    north, south = at(0, 20), at(0, -20)  # of the eastbound lane, the south side is the driver's own
    for sketch, far in ((narrow, False), (wide, True)):
        travel = travel_on(sketch, tmp_path)
        assert metres(travel, at(-500, -5), south) == pytest.approx(500 + 25, abs=3)
        assert (metres(travel, at(-500, -5), north) > 2000) == far


def test_a_ferry_for_cars_takes_what_it_says_and_one_for_people_takes_none(tmp_path: Path) -> None:
    def banks(**tags: str) -> RoadTravel:
        sketch = Sketch()
        for north in (0, 2000):
            sketch.way((-500, north), (500, north), **street())
        sketch.way((-500, 0), (-3000, 0), (-3000, 2000), (-500, 2000), **street())
        sketch.way((500, 0), (500, 2000), route="ferry", **tags)
        return travel_on(sketch, tmp_path)

    here, there = at(400, 0), at(400, 2000)
    assert metres(banks(foot="yes"), here, there) > 8000
    by_ferry = banks(motor_vehicle="yes", duration="00:01")
    assert metres(by_ferry, here, there) > 8000  # being there in time takes longer than the road
    narrow = banks(motor_vehicle="yes", duration="00:30")
    assert seconds(narrow, here, there) == seconds(by_ferry, here, there)


def test_a_gate_is_opened_and_closed(tmp_path: Path) -> None:
    free, gated = Sketch(), Sketch()
    gated.node(500, 0, barrier="gate")
    for sketch in (free, gated):
        sketch.way((0, 0), (500, 0), (1000, 0), **street())
        sketch.way((0, 0), (0, 1000), (1000, 1000), (1000, 0), **street())
    times = [seconds(travel_on(sketch, tmp_path), at(1, 0), at(999, 0)) for sketch in (free, gated)]
    assert times[1] - times[0] == pytest.approx(8, abs=1)


def test_an_arc_behind_oneself_is_reached_round_the_block(tmp_path: Path) -> None:
    """On a one-way street the goal lies a few metres back."""
    sketch = Sketch()
    crossing(sketch)
    sketch.way(WEST, (-500, 300), (0, 0), **street(oneway="yes"))
    travel = travel_on(sketch, tmp_path)
    first, second = at(-600, 240), at(-400, 240)
    ahead, behind = metres(travel, first, second), metres(travel, second, first)
    assert ahead == pytest.approx(215, abs=20)
    assert behind > 1500
    assert travel.reach(second).to(travel.snap([first]))[1][0] == behind
    assert travel.reach(first).back(travel.snap([second]))[1][0] == behind
    assert travel.route([second, first]).distance_m == behind
