"""The live index finds what trying everything finds."""

import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from routing.matching.fleet import LIMIT_M
from routing.matching.index import corners, searching
from routing.matching.index.live import LiveIndex
from routing.matching.index.store import Rows
from routing.matching.index.who import Who
from routing.matching.ranking import rank_by_matrices, rank_requests
from routing.matching.scan import NO_CHOICE
from routing.matching.terms import Terms
from routing.plan import TripRequest
from routing.region import Region
from tests.routing.live_world import Row, best_by_hand, random_ask, random_row, random_who, spots, told
from tests.routing.world import FOUR_SEATS

ALL = Who(neighbours=frozenset(range(10)))
FEW_CORNERS = Terms(corners=3)
TERMS = (
    Terms(corners=0),
    Terms(corners=0, max_wait_s=60),
    Terms(corners=4),
    Terms(corners=3, weight_ride=0, weight_wait=1.7),
    Terms(corners=3, weight_walk=0.1, weight_wait=0.5),
    Terms(corners=3, weight_driver=3, weight_walk=5, max_wait_s=300),
)


@pytest.mark.parametrize("seed", range(40))
def test_the_index_finds_what_trying_everything_finds(seed: int, valley: Region) -> None:
    dice = random.Random(seed)
    index = LiveIndex(valley)
    places = spots(valley, dice, 40)
    rows = {number: random_row(valley, dice, places, number) for number in range(30)}
    index.put_many(rows.values())
    for _ in range(6):
        terms = dice.choice(TERMS)
        request, who, k = random_ask(dice, places, list(rows.values())), random_who(dice), dice.choice((1, 3, 30))
        by_hand = best_by_hand(valley, rows.values(), request, who, k, terms)
        assert told(index.search(request, who, k, terms=terms)) == told(by_hand)
        changed = dice.randrange(30)
        if dice.random() < 0.3 and changed in rows:
            del rows[changed]
            index.remove(changed)
        else:
            rows[changed] = random_row(valley, dice, places, changed)
            plan, driver_id, public, version, flags = rows[changed]
            index.put(plan, driver_id=driver_id, public=public, version=version, flags=flags)


@pytest.mark.parametrize("seed", range(100, 130))
def test_with_every_corner_within_the_walk_it_finds_what_all_roads_give(seed: int, valley: Region) -> None:
    """The slow search here is `rank_by_matrices`, which the tests of matching hold against the equations."""
    dice = random.Random(seed)
    places = spots(valley, dice, 30)
    rows = [random_row(valley, dice, places, number) for number in range(60)]
    index = LiveIndex(valley)
    index.put_many(rows)
    for _ in range(4):
        request, k = (
            replace(random_ask(dice, places, rows), max_walk_m=dice.choice((300, 600))),
            dice.choice((1, 4, 60)),
        )
        slow = rank_by_matrices([row[0] for row in rows], request, valley, k)
        assert told(index.search(request, ALL, k)) == told(slow)


@pytest.mark.parametrize("seed", range(5))
def test_the_best_requests_for_an_offer_are_found_among_all(seed: int, valley: Region) -> None:
    dice = random.Random(seed)
    places = spots(valley, dice, 30)
    row = random_row(valley, dice, places, 1)
    asks = [random_ask(dice, places, [row]) for _ in range(25)]
    by_hand = [
        (one.score_s, number)
        for number, ask in enumerate(asks)
        for one in best_by_hand(valley, [row], ask, ALL, 1, FEW_CORNERS)
    ]
    found = rank_requests(row[0], asks, valley, 4, terms=FEW_CORNERS)
    assert [(one.score_s, number) for number, one in found] == sorted(by_hand)[:4]


def test_control_an_index_that_looks_at_no_metres_is_caught(valley: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    """These worlds find a fault when there is one: here the driver's limit in metres is forgotten."""
    right = LiveIndex._lined_up

    def forgetful(self: LiveIndex, rows: list[Row]) -> Rows:
        new = right(self, rows)
        new.fleet.offer[:, LIMIT_M] = 2**30
        return new

    monkeypatch.setattr(LiveIndex, "_lined_up", forgetful)
    assert _mismatches(valley, range(8)) > 0


def test_control_a_bound_that_is_none_is_caught(valley: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    right = corners.least_scores

    def upside_down(*given: Any) -> Any:
        bounds, needs = right(*given)
        return np.where(bounds < NO_CHOICE, 10_000 - bounds, bounds), needs

    monkeypatch.setattr(searching, "least_scores", upside_down)
    assert _mismatches(valley, range(8)) > 0


def _mismatches(region: Region, seeds: Iterable[int]) -> int:
    wrong = 0
    for seed in seeds:
        dice = random.Random(seed)
        places = spots(region, dice, 40)
        rows = [random_row(region, dice, places, number) for number in range(30)]
        index = LiveIndex(region)
        index.put_many(rows)
        for _ in range(6):
            request, who = random_ask(dice, places, rows), random_who(dice)
            by_hand = best_by_hand(region, rows, request, who, 2, FEW_CORNERS)
            wrong += told(index.search(request, who, 2, terms=FEW_CORNERS)) != told(by_hand)
    return wrong


def test_whose_offers_are_seen_is_part_of_the_search(valley: Region) -> None:
    """The only car that comes by is hers, or hidden, or for others: then there is none, and no worse one instead."""
    dice = random.Random(11)
    places = spots(valley, dice, 12)
    index, plan = LiveIndex(valley), random_row(valley, dice, places, 1)[0]
    plan = replace(plan, max_detour_s=10_000, max_detour_m=10**6, configurations=(FOUR_SEATS,))
    plan = replace(plan, legs=tuple(replace(leg, taken_seats=0, taken_wheelchairs=0) for leg in plan.legs))
    ends = plan.stops[0].place, plan.stops[-1].place
    asks = TripRequest(*ends, plan.stops[0].at_s - 60, plan.stops[0].at_s + 3600, max_walk_m=0)
    index.put(plan, driver_id=7, public=False, flags=0b10)

    def seen(who: Who, **choice: Any) -> bool:
        return bool(index.search(asks, who, 3, **choice))

    near = frozenset({7})
    assert seen(Who(neighbours=near))
    assert not seen(Who())
    assert not seen(Who(person_id=7, neighbours=near))
    assert not seen(Who(hidden=near, neighbours=near))
    assert not seen(Who(neighbours=near, required=0b01))
    assert seen(Who(neighbours=near, required=0b10))
    assert seen(Who(neighbours=near), only=[7, 9])
    assert not seen(Who(neighbours=near), only=[9])
    assert not seen(Who(neighbours=near), only=[])
    assert not seen(Who(neighbours=near), without=[7])
    assert seen(Who(neighbours=near), departs_from_s=plan.stops[0].at_s)
    assert not seen(Who(neighbours=near), departs_from_s=plan.stops[0].at_s + 1)
    index.put(plan, driver_id=7, public=True, version=4)
    assert seen(Who()) and index.version(1) == 4
    index.remove(1)
    index.remove(1)
    assert not seen(Who()) and index.version(1) is None and len(index) == 0
