"""The live index finds what trying everything finds."""

import random

import pytest

from routing.index.live import LiveIndex
from routing.region import Region
from routing.terms import Terms
from tests.routing.live_world import best_by_hand, random_ask, random_row, random_who, spots, told

NOBODY_WALKS = Terms(corners=0)


@pytest.fixture(scope="module")
def an_index(valley: Region) -> LiveIndex:
    return LiveIndex(valley)


@pytest.mark.parametrize("seed", range(40))
def test_the_index_finds_what_trying_everything_finds(seed: int, valley: Region) -> None:
    dice = random.Random(seed)
    index = LiveIndex(valley)
    places = spots(valley, dice, 40)
    rows = {number: random_row(valley, dice, places, number) for number in range(30)}
    index.put_many(rows.values())
    for _ in range(6):
        terms = dice.choice(
            (NOBODY_WALKS, Terms(corners=0, weight_ride=0, weight_wait=1.7), Terms(corners=0, max_wait_s=60))
        )
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
