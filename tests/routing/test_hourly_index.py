"""Offers of different hours are judged by the travel times of their own hour."""

import random
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from routing.matching.index import HourlyIndex, LiveIndex
from routing.matching.terms import Terms
from routing.plan import Insertion
from routing.region import Region
from routing.streets.hours import DAYS, hours_of
from tests.routing.live_world import best_by_hand, random_ask, random_row, random_who, spots, told
from tests.routing.world import MORNING_S

TERMS = Terms(corners=0)


@pytest.fixture(scope="module")
def busy(valley: Region) -> Region:
    """The valley, where everything is slow in the hour that begins in the middle of the tests' morning."""
    zone = valley.manifest.time_zone
    jam = datetime.fromtimestamp(MORNING_S, ZoneInfo(zone)) + timedelta(minutes=30)
    rule = {"days": list(DAYS), "from": jam.hour, "to": jam.hour + 1, "factors": {"other": 2.5}}
    return replace(valley, hours=hours_of([rule], zone), _paces={})


@pytest.mark.parametrize("seed", range(12))
def test_each_offer_is_judged_by_its_own_hour(seed: int, busy: Region) -> None:
    print(f"seed {seed}")  # noqa: T201
    dice = random.Random(seed)
    places = spots(busy, dice, 40)
    rows = {number: random_row(busy, dice, places, number) for number in range(24)}
    index = HourlyIndex(busy)
    index.put_many(rows.values())
    for _ in range(8):
        request, who, k = random_ask(dice, places, list(rows.values())), random_who(dice), dice.choice((1, 3, 24))
        by_hand: list[Insertion] = []
        for row in rows.values():
            then = busy.at(row[0].stops[0].at_s)
            by_hand += best_by_hand(then, [row], request, who, 1, TERMS)
        by_hand.sort(key=lambda one: (one.score_s, one.offer_id))
        assert told(index.search(request, who, k, terms=TERMS)) == told(by_hand[:k])
        number = dice.randrange(24)  # it may move to another hour
        rows[number] = random_row(busy, dice, places, number)
        plan, driver_id, public, version, flags = rows[number]
        index.put(plan, driver_id=driver_id, public=public, version=version, flags=flags)
    assert len(index) == 24
    assert index.version(number) == version


def test_control_without_rush_hour_the_answers_are_others(busy: Region) -> None:
    """The hours matter: somewhere in these worlds an index with one hour for all finds something else."""
    dice = random.Random(5)
    places = spots(busy, dice, 40)
    rows = [random_row(busy, dice, places, number) for number in range(40)]
    hourly, calm = HourlyIndex(busy), LiveIndex(busy)
    for index in (hourly, calm):
        index.put_many(rows)
    asked = [(random_ask(dice, places, rows), random_who(dice)) for _ in range(12)]
    found = [[told(index.search(*one, 40, terms=TERMS)) for one in asked] for index in (hourly, calm)]
    assert found[0] != found[1]


def test_an_offer_that_moves_to_another_hour_is_there_once(busy: Region) -> None:
    dice = random.Random(1)
    places = spots(busy, dice, 40)
    index = HourlyIndex(busy)
    for version in range(30):
        plan, driver_id, public, _version, flags = random_row(busy, dice, places, 7)
        index.put(plan, driver_id=driver_id, public=public, version=version, flags=flags)
        assert (len(index), index.version(7)) == (1, version)
        assert sum(len(one) for one in index._indexes.values()) == 1
    index.remove(7)
    index.remove(7)
    assert (len(index), index.version(7)) == (0, None)
    assert index.search(random_ask(dice, places, []), random_who(dice), 5, terms=TERMS) == []
