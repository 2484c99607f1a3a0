"""What a driver is told on the way, on sketched crossings and on real streets."""

import json
import random
from pathlib import Path

import pytest

from routing.directions.geojson import features
from routing.directions.itinerary import itinerary
from routing.directions.phrases import sentence
from routing.directions.steps import direction
from routing.plan import Place, Route, Step
from routing.region import Region
from routing.streets.joining import build_network
from routing.streets.osm import read_roads
from routing.travel.hierarchy import arc_ranks, build_hierarchy
from routing.travel.roads import RoadTravel
from routing.travel.snapping import build_grid
from tests.routing.sketch import Sketch, at, street


@pytest.fixture
def town(tmp_path: Path) -> "Town":
    return Town(tmp_path)


class Town:
    """A sketch whose streets can all be left again, since each ends in a circle to turn round in."""

    def __init__(self, folder: Path) -> None:
        self.sketch = Sketch()
        self._folder = folder

    def drive(self, *places: Place, language: str = "en") -> Route:
        network, names = build_network(read_roads(self.sketch.save(self._folder / "town.osm")))
        network = network.renumbered(arc_ranks(network))
        return itinerary(RoadTravel(network, build_hierarchy(network), build_grid(network)), names, places, language)

    def told(self, *places: Place, language: str = "en") -> list[str]:
        return [step.text for leg in self.drive(*places, language=language).legs for step in leg.steps]


def crossing(sketch: Sketch, **north: str) -> None:
    """Two streets that cross in (0, 0)."""
    sketch.way((-500, 0), (0, 0), (500, 0), **street("Rua Larga"))
    sketch.way((0, -500), (0, 0), **street("Rua do Sul"))
    sketch.way((0, 0), (0, 500), **(street("Rua de Cedofeita") | north))


def test_left_into_a_street(town: Town) -> None:
    crossing(town.sketch)
    assert town.told(at(-300, 0), at(0, 300)) == [
        "Head east on Rua Larga", "Turn left into Rua de Cedofeita", "You are there"
    ]  # fmt: skip
    assert town.told(at(-300, 0), at(0, 300), language="fr") == [
        "Partez vers l'est sur Rua Larga", "Tournez à gauche dans Rua de Cedofeita", "Vous y êtes"
    ]  # fmt: skip


def test_each_step_says_where_and_how_far(town: Town) -> None:
    crossing(town.sketch)
    route = town.drive(at(-300, 0), at(0, 200))
    depart, turn, arrive = route.legs[0].steps
    assert (depart.distance_m, turn.distance_m, arrive.distance_m) == (300, 200, 0)
    assert (turn.lat, turn.lon) == pytest.approx((at(0, 0).lat, at(0, 0).lon), abs=1e-6)
    assert (turn.kind, turn.direction, turn.street) == ("turn", "left", "Rua de Cedofeita")
    assert depart.duration_s + turn.duration_s + arrive.duration_s == route.duration_s


def test_a_road_that_goes_on_under_its_name_is_no_step(town: Town) -> None:
    crossing(town.sketch)
    assert town.told(at(-300, 0), at(300, 0)) == ["Head east on Rua Larga", "You are there"]


def test_a_road_that_goes_on_under_another_name_is_told(town: Town) -> None:
    crossing(town.sketch)
    assert town.told(at(0, -300), at(0, 300))[1:-1] == ["Continue on Rua de Cedofeita"]


def test_a_stretch_without_a_name_is_not_told_when_the_name_comes_back(town: Town) -> None:
    town.sketch.way((-500, 0), (-20, 0), **street("Rua Larga"))
    town.sketch.way((-20, 0), (20, 0), **street(bridge="yes"))
    town.sketch.way((20, 0), (500, 0), **street("Rua Larga"))
    assert town.told(at(-300, 0), at(300, 0))[1:-1] == []


@pytest.mark.parametrize(
    ("east_m", "north_m", "words"),
    [
        (300, 520, "slightly left"),
        (0, 300, "left"),
        (-300, 300, "sharp left"),
        (300, -520, "slightly right"),
        (0, -300, "right"),
        (-300, -300, "sharp right"),
    ],
)
def test_how_far_one_turns(east_m: int, north_m: int, words: str, town: Town) -> None:
    if words.startswith("slightly"):
        north_m = 210 if north_m > 0 else -210
    town.sketch.way((-900, 0), (0, 0), (900, 0), **street("Rua Larga"))
    town.sketch.way((0, 0), (east_m, north_m), **street("Travessa"))
    share = 0.8
    assert town.told(at(-600, 0), at(share * east_m, share * north_m))[1:-1] == [f"Turn {words} into Travessa"]


def test_a_bend_without_any_other_road_is_no_step(town: Town) -> None:
    town.sketch.way((-500, 0), (0, 0), (0, 500), **street("Rua da Curva"))
    assert town.told(at(-300, 0), at(0, 300))[1:-1] == []


def test_a_bend_into_another_street_is_a_turn_even_without_a_choice(town: Town) -> None:
    town.sketch.way((-500, 0), (0, 0), **street("Rua Larga"))
    town.sketch.way((0, 0), (0, 500), **street("Rua Nova"))
    assert town.told(at(-300, 0), at(0, 300))[1:-1] == ["Turn left into Rua Nova"]


def test_a_yard_beside_the_road_is_no_choice(town: Town) -> None:
    town.sketch.way((-500, 0), (0, 0), (300, 250), **street("Rua da Curva"))
    town.sketch.way((0, 0), (100, 0), highway="service")
    assert town.told(at(-300, 0), at(240, 200))[1:-1] == []


def test_where_a_road_forks_one_keeps_to_a_side(town: Town) -> None:
    town.sketch.way((-500, 0), (0, 0), **street("Rua Velha"))
    town.sketch.way((0, 0), (500, 140), **street("Rua Alta"))
    town.sketch.way((0, 0), (500, -140), **street("Rua Baixa"))
    assert town.told(at(-300, 0), at(400, 112))[1:-1] == ["Keep left on Rua Alta"]
    assert town.told(at(-300, 0), at(400, -112), language="fr")[1:-1] == ["Restez à droite sur Rua Baixa"]


def roundabout(sketch: Sketch, *, way_out_only: bool = False) -> None:
    """Driven anticlockwise; roads from the south, east, north and west, the eastern one perhaps coming in only."""
    ring = [(0, -20), (20, 0), (0, 20), (-20, 0)]
    sketch.way(*ring, ring[0], **street(junction="roundabout"))
    sketch.way((0, -20), (0, -400), **street("Rua do Sul"))
    sketch.way((400, 0), (20, 0), **street("Rua do Leste", **({"oneway": "yes"} if way_out_only else {})))
    sketch.way((0, 20), (0, 400), **street("Rua do Norte"))
    sketch.way((-20, 0), (-400, 0), **street("Rua do Oeste"))
    if way_out_only:
        sketch.way((400, 0), (400, -400), (0, -400), **street("Volta"))


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ((300, 0), "1st exit into Rua do Leste"),
        ((0, 300), "2nd exit into Rua do Norte"),
        ((-300, 0), "3rd exit into Rua do Oeste"),
    ],
)
def test_exits_of_a_roundabout_are_counted(goal: tuple[int, int], said: str, town: Town) -> None:
    roundabout(town.sketch)
    assert town.told(at(0, -300), at(*goal))[1:-1] == [f"At the roundabout take the {said}"]


def test_a_road_that_only_comes_in_is_no_exit(town: Town) -> None:
    roundabout(town.sketch, way_out_only=True)
    route = town.drive(at(0, -300), at(0, 300))
    step = route.legs[0].steps[1]
    assert (step.kind, step.exit, step.street, step.direction) == ("roundabout", 1, "Rua do Norte", "straight")
    assert town.told(at(0, -300), at(0, 300), language="fr")[1] == (
        "Au rond-point, prenez la 1re sortie dans Rua do Norte"
    )


def test_a_trip_may_end_or_begin_in_a_roundabout(town: Town) -> None:
    roundabout(town.sketch)
    assert town.told(at(0, -300), at(10, 10))[1:-1] == ["Enter the roundabout"]
    assert town.told(at(10, 10), at(-300, 0))[1:-1] == ["At the roundabout take the 2nd exit into Rua do Oeste"]


def test_a_roundabout_is_where_one_turns_round(town: Town) -> None:
    """Its southern road has an island where it meets the ring."""
    ring = [(-6, -19), (6, -19), (20, 0), (0, 20), (-20, 0)]
    town.sketch.way(*ring, ring[0], **street(junction="roundabout"))
    town.sketch.way((0, -400), (6, -60), (6, -19), **street("Rua do Sul", oneway="yes"))
    town.sketch.way((-6, -19), (-6, -60), (0, -400), **street("Rua do Sul", oneway="yes"))
    town.sketch.way((0, 20), (0, 400), **street("Rua do Norte"))
    assert town.told(at(4, -200), at(-4, -200))[1:-1] == ["At the roundabout take the 2nd exit into Rua do Sul"]


def test_a_link_between_two_carriageways_is_a_u_turn(town: Town) -> None:
    """From the southern carriageway across the gap to the northern one, on which one drives west."""
    one_way = {"highway": "primary", "name": "Avenida", "oneway": "yes"}
    town.sketch.way((-500, 0), (0, 0), (500, 0), **one_way)
    town.sketch.way((500, 16), (0, 16), (-500, 16), **one_way)
    town.sketch.way((0, 0), (0, 16), highway="primary_link")
    for east in (-500, 500):
        town.sketch.way((east, 0), (east, 16), highway="residential")
    assert town.told(at(-300, -2), at(-300, 18))[1:-1] == ["Make a U-turn into Avenida"]


def test_a_slip_road_is_part_of_the_turn(town: Town) -> None:
    town.sketch.way((-500, 0), (-40, 0), (0, 0), (500, 0), **street("Rua Larga"))
    town.sketch.way((0, -500), (0, -40), (0, 0), (0, 300), **street("Rua do Sul"))
    town.sketch.way((-40, 0), (-10, -10), (0, -40), highway="tertiary_link", oneway="yes")
    assert town.told(at(-300, 0), at(0, -300))[1:-1] == ["Turn right into Rua do Sul"]


def test_a_crossing_that_is_a_little_offset_is_straight_on(town: Town) -> None:
    town.sketch.way((-500, 0), (0, 0), (0, 10), (0, 400), **street("Rua da Fonte"))
    town.sketch.way((0, 0), (0, -400), **street("Rua do Sul"))
    town.sketch.way((0, 10), (500, 10), **street("Rua Nova"))
    told = town.told(at(-300, 0), at(300, 10))
    assert told[1:-1] == ["Turn left into Rua da Fonte", "Turn right into Rua Nova"]


def test_motorways_are_joined_by_merging_and_left_by_exits(town: Town) -> None:
    fast = {"highway": "motorway", "ref": "A 28"}
    town.sketch.way((0, 0), (1200, 0), (3000, 0), (6000, 0), **fast)
    town.sketch.way((1000, -60), (1200, 0), highway="motorway_link", oneway="yes")
    town.sketch.way((500, -60), (1000, -60), **street("Rua da Entrada"))
    town.sketch.way((3000, 0), (3300, -60), highway="motorway_link", oneway="yes")
    town.sketch.way((3300, -60), (3800, -60), **street("Rua da Saída"))
    town.sketch.way((6000, 0), (6000, -2000), (3800, -2000), (500, -2000), (0, -2000), (0, 0), **street("Circular"))
    town.sketch.way((500, -60), (500, -2000), **street("Rua do Sul"))
    town.sketch.way((3800, -60), (3800, -2000), **street("Rua do Sul"))
    assert town.told(at(600, -60), at(3700, -60))[1:-1] == [
        "Merge onto A 28", "Take the exit", "Continue on Rua da Saída"
    ]  # fmt: skip


def test_going_nowhere_has_two_steps(town: Town) -> None:
    crossing(town.sketch)
    route = town.drive(at(-300, 0), at(-300, 0))
    assert [step.kind for step in route.legs[0].steps] == ["depart", "arrive"]
    assert (route.duration_s, route.distance_m) == (0, 0)
    assert len(route.legs[0].geometry) == 2


def test_each_leg_departs_and_arrives(town: Town) -> None:
    crossing(town.sketch)
    route = town.drive(at(-300, 0), at(0, 300), at(0, -300))
    assert [[step.kind for step in leg.steps] for leg in route.legs] == [
        ["depart", "turn", "arrive"],
        ["depart", "continue", "arrive"],
    ]
    assert sum(leg.distance_m for leg in route.legs) == pytest.approx(route.distance_m, abs=1)


@pytest.mark.parametrize(
    ("bend", "word"),
    [
        (0, "straight"),
        (-19, "straight"),
        (30, "slight left"),
        (-90, "right"),
        (121, "sharp left"),
        (-179, "sharp right"),
    ],
)
def test_the_word_for_a_bend(bend: float, word: str) -> None:
    assert direction(bend) == word


def test_numbered_roads_are_driven_on_and_not_into() -> None:
    turn = Step("turn", "right", "N 13", 0, 0, 0, 0)
    assert sentence(turn) == "Turn right onto N 13"
    assert sentence(turn, "fr") == "Tournez à droite sur N 13"
    assert sentence(turn, "nl") == "Turn right onto N 13"


@pytest.mark.parametrize(("number", "en", "fr"), [(2, "2nd", "2e"), (3, "3rd", "3e"), (11, "11th", "11e")])
def test_ordinals(number: int, en: str, fr: str) -> None:
    step = Step("roundabout", "left", "", 0, 0, 0, 0, exit=number)
    assert f" {en} exit" in sentence(step)
    assert f" {fr} sortie" in sentence(step, "fr")


def test_steps_of_random_drives_add_up(helsinki: Region) -> None:
    seed = 7
    dice = random.Random(seed)
    net = helsinki.travel.network
    for _ in range(40):
        places = [
            Place(float(net.node_lat[i]) + 1e-4, float(net.node_lon[i])) for i in dice.choices(range(net.nodes), k=3)
        ]
        route = helsinki.route(places)
        plain = helsinki.travel.route(places)
        assert (route.duration_s, route.distance_m) == (plain.duration_s, plain.distance_m), seed
        for leg in route.legs:
            assert sum(step.duration_s for step in leg.steps) == leg.duration_s, seed
            assert sum(step.distance_m for step in leg.steps) == leg.distance_m, seed
            assert (leg.steps[0].kind, leg.steps[-1].kind) == ("depart", "arrive")
            assert all(step.text and "{" not in step.text for step in leg.steps)


def test_a_route_is_geojson(helsinki: Region) -> None:
    route = helsinki.route([Place(60.1690, 24.9380), Place(60.1702, 24.9522), Place(60.1677, 24.9475)])
    drawn = json.loads(json.dumps(features(route)))
    assert drawn["type"] == "FeatureCollection"
    assert [leg["properties"]["leg"] for leg in drawn["features"]] == [0, 1]
    for leg, feature in zip(route.legs, drawn["features"], strict=True):
        assert feature["geometry"]["type"] == "LineString"
        lon, lat = feature["geometry"]["coordinates"][0]
        assert 24 < lon < 26
        assert 60 < lat < 61
        assert feature["properties"]["duration_s"] == leg.duration_s
        assert feature["properties"]["steps"][0]["kind"] == "depart"
