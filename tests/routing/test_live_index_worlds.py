"""Hypothesis chooses worlds, requests and weights; the live index ranks them as a slow search over everything does."""

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from routing.matching.index.live import LiveIndex
from routing.matching.index.who import Who
from routing.matching.ranking import rank_by_matrices
from routing.matching.terms import Terms
from routing.region import Region
from tests.routing.live_world import best_by_hand, random_ask, random_row, spots, told

EVERYBODY_S = Who(neighbours=frozenset(range(10)))
WEIGHTS = some.sampled_from((0.0, 0.2, 0.5, 1.0, 1.7, 4.0)) | some.floats(0, 5)
TERMS = some.builds(
    Terms,
    dwell_s=some.sampled_from((0, 30, 60)),
    walk_m_per_s=some.sampled_from((0.8, 1.2, 2.0)),
    same_place_m=some.sampled_from((0, 30, 100)),
    corners=some.sampled_from((0, 2, 6, None)),
    max_wait_s=some.sampled_from((0, 120, 900, 2**30)),
    weight_driver=WEIGHTS,
    weight_walk=WEIGHTS,
    weight_wait=WEIGHTS,
    weight_ride=WEIGHTS,
)
WORLD = {
    "seed": some.integers(0, 2**32),
    "offers": some.integers(1, 60),
    "k": some.sampled_from((1, 2, 5, 60)),
    "terms": TERMS,
}
REUSED = settings(deadline=None, suppress_health_check=list(HealthCheck))


def _compare(region: Region, seed: int, offers: int, k: int, terms: Terms) -> None:
    dice = random.Random(seed)
    places = spots(region, dice, 30)
    rows = [random_row(region, dice, places, number) for number in range(offers)]
    index = LiveIndex(region)
    index.put_many(rows)
    for _ in range(4):
        request = random_ask(dice, places, rows)
        found = told(index.search(request, EVERYBODY_S, k, terms=terms))
        assert found == told(rank_by_matrices([row[0] for row in rows], request, region, k, terms=terms))
        if (terms.corners or 99) * offers <= 60 or request.max_walk_m == 0:
            assert found == told(best_by_hand(region, rows, request, EVERYBODY_S, k, terms))


@given(**WORLD)
@settings(REUSED, max_examples=60)
def test_the_valley(valley: Region, **world: Any) -> None:
    _compare(valley, **world)


@given(**WORLD)
@settings(REUSED, max_examples=30)
def test_helsinki(helsinki: Region, **world: Any) -> None:
    """A real town: one-way streets, forbidden turns, and roads on which a place may lie behind another."""
    _compare(helsinki, **world)


@pytest.mark.long
@given(**WORLD)
@settings(REUSED, max_examples=2000)
def test_thousands_of_worlds(helsinki: Region, **world: Any) -> None:
    _compare(helsinki, **world)
