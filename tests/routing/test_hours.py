"""Rush hour: a table that an operator may change, and what it does to travel times."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from routing.plan import Place
from routing.region import Region, build, load
from routing.streets.hours import FILE, USUAL, BadHours, hours_of, read_hours
from routing.streets.osm import ROAD_CLASSES
from routing.travel.hierarchy import build_hierarchy
from routing.travel.roads import RoadTravel
from tests.routing.test_travel import plain_ms, scattered

ZONE = "Europe/Lisbon"
MORNING = {"days": ["mon"], "from": 7, "to": 9, "factors": {"primary": 1.5, "other": 1.1}}


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp())


def test_an_hour_has_the_factors_of_its_rule_and_others_none() -> None:
    hours = hours_of([MORNING], ZONE)
    jam = hours.profiles[hours.profile_at(at("2026-12-07T08:59"))]
    assert jam[ROAD_CLASSES.index("primary")] == 1.5
    assert jam[ROAD_CLASSES.index("service")] == 1.1
    for calm in ("2026-12-07T06:59", "2026-12-07T09:00", "2026-12-08T08:00"):
        assert hours.profile_at(at(calm)) == 0
    assert (hours.profiles[0] == 1).all()
    assert len(hours.profiles) == 2


def test_hours_are_those_of_the_regions_clocks_across_the_change_to_summer_time() -> None:
    hours = hours_of([MORNING], ZONE)
    winter, summer = at("2026-03-23T07:30"), at("2026-03-30T07:30")
    assert (summer - winter) % 86_400 != 0
    assert hours.profile_at(winter) == hours.profile_at(summer) != 0


def test_of_two_rules_for_one_hour_the_later_counts() -> None:
    hours = hours_of([MORNING, {**MORNING, "factors": {"primary": 2.0}}], ZONE)
    jam = hours.profiles[hours.profile_at(at("2026-12-07T08:00"))]
    assert (jam[ROAD_CLASSES.index("primary")], jam[ROAD_CLASSES.index("service")]) == (2.0, 1.0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"days": ["monday"]}, "needs days"),
        ({"days": []}, "needs days"),
        ({"from": 9, "to": 9}, "whole hours"),
        ({"to": 25}, "whole hours"),
        ({"from": 7.5}, "whole hours"),
        ({"factors": {}}, "needs factors"),
        ({"factors": {"boulevard": 1.2}}, 'a road class that there is not: "boulevard"'),
        ({"factors": {"primary": 0}}, 'gives "primary" a factor'),
        ({"factors": {"primary": float("nan")}}, 'gives "primary" a factor'),
        ({"factors": {"primary": "slow"}}, 'gives "primary" a factor'),
    ],
)
def test_a_bad_rule_is_named_and_so_is_what_is_wrong_with_it(change: dict[str, object], why: str) -> None:
    with pytest.raises(BadHours, match=f"Rule 2 of the table of hours .*{why}"):
        hours_of([MORNING, {**MORNING, **change}], ZONE)


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    assert len(read_hours(tmp_path, ZONE).profiles) == 1
    for text, why in (("{", "is no JSON"), ("{}", "should be a list")):
        (tmp_path / FILE).write_text(text)
        with pytest.raises(BadHours, match=why):
            read_hours(tmp_path, ZONE)


def test_at_rush_hour_times_are_those_of_a_network_that_is_slow(helsinki: Region) -> None:
    """Customised again, and contracted from nothing: the same; and Dijkstra agrees."""
    factor = np.linspace(1, 2, len(ROAD_CLASSES))
    jam = helsinki.travel.at_pace(factor)
    anew = RoadTravel(jam.network, build_hierarchy(jam.network), helsinki.travel.grid)
    places = scattered(helsinki, 12, 21)
    for found, expected in zip(jam.matrix(places, places), anew.matrix(places, places), strict=True):
        assert np.array_equal(found, expected)
    for origin, destination in zip(places[:6], places[6:], strict=True):
        [[seconds]], _ = jam.matrix([origin], [destination])
        assert seconds == pytest.approx(plain_ms(jam, origin, destination) / 1000, abs=0.51)
    calm, _ = helsinki.travel.matrix(places, places)
    assert (jam.matrix(places, places)[0] >= calm).all()


def test_real_streets_begin_with_the_usual_peaks_and_keep_what_an_operator_wrote(hamlet: Path, tmp_path: Path) -> None:
    folder = tmp_path / "region"
    build(str(hamlet), folder)
    assert json.loads((folder / FILE).read_text()) == list(USUAL)
    (folder / FILE).write_text(json.dumps([MORNING]))
    build(str(hamlet), folder)
    assert json.loads((folder / FILE).read_text()) == [MORNING]
    region = load(folder)
    zone = ZoneInfo(region.manifest.time_zone)
    jam_s = int(datetime(2026, 12, 7, 8, tzinfo=zone).timestamp())
    here, there = (Place(lat, lon) for lon, lat in (region.manifest.bounds[:2], region.manifest.bounds[2:]))
    calm, jam = region.at(jam_s - 86_400), region.at(jam_s)
    assert calm is region
    assert jam.travel.matrix([here], [there])[0][0, 0] > calm.travel.matrix([here], [there])[0][0, 0]
    assert jam is region.at(jam_s + 60) is calm.at(jam_s) is jam.at(jam_s)
    assert jam.at(jam_s - 86_400) is region


def test_a_made_up_region_has_no_rush_hour(valley: Region) -> None:
    assert len(valley.hours.profiles) == 1
    assert valley.at(0) is valley
