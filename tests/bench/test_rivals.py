"""The other methods that ours is held against: what they find, and how that is counted."""

from pathlib import Path

import numpy as np
import pytest

from bench.rivals import dijkstra
from bench.rivals.funnel import Lines, nearest
from bench.rivals.recall import recall, summary
from bench.rivals.world import World
from routing.matching.index import Who
from routing.plan import Place
from routing.region import load
from routing.travel.hierarchy import unpack


def lines(*offers: list[tuple[float, float]]) -> Lines:
    points = [point for offer in offers for point in offer]
    first = np.concatenate([[0], np.cumsum([len(offer) for offer in offers])])
    return Lines(first.astype(np.int64), np.array([lat for lat, _ in points]), np.array([lon for _, lon in points]))


def test_the_offer_whose_line_passes_by_comes_before_one_that_is_far_and_one_that_comes_back_is_none() -> None:
    far = [(41.2, -8.6), (41.2, -8.5)]
    by = [(41.001, -8.7), (41.001, -8.4)]
    back = [(41.0, -8.4), (41.0, -8.7)]
    origin, destination = Place(41.0, -8.6), Place(41.0, -8.5)
    everyone = np.ones(3, np.bool_)
    assert nearest(lines(far, by, back), everyone, origin, destination, 50) == [1, 0]
    assert nearest(lines(far, by, back), everyone, origin, destination, 1) == [1]
    assert nearest(lines(far, by, back), np.array([True, False, True]), origin, destination, 50) == [0]
    assert nearest(lines(far, by, back), ~everyone, origin, destination, 50) == []


def test_who_gets_on_by_one_line_may_get_off_by_the_next() -> None:
    around_the_corner = [(41.0, -8.7), (41.0, -8.5), (41.3, -8.5)]
    straight = [(41.0, -8.7), (41.05, -8.4)]
    order = nearest(lines(straight, around_the_corner), np.ones(2, np.bool_), Place(41.0, -8.6), Place(41.2, -8.5), 2)
    assert order == [1, 0]


def test_a_tie_is_as_good_as_what_it_ties_with() -> None:
    assert recall([10, 20, 30], [10, 30, 30]) == 1
    assert recall([10, 20, 30], [10, 40]) == pytest.approx(1 / 3)
    assert recall([10, 20, 30], []) == 0
    assert recall([], []) is None


def test_requests_that_nobody_can_serve_do_not_count() -> None:
    told = summary([[10, 20], [], [5]], [[20], [], [5]])
    assert told == {"recall": 0.75, "best_found": 0.5, "worse_by_s": 5.0, "nothing_found": 0}


def test_dijkstra_over_turns_is_what_our_sweeps_find(valley_region: Path) -> None:
    travel = load(valley_region).travel
    onward, homeward = dijkstra.arcs(travel.network).around(7)
    start = np.array([7], np.int32), np.zeros(1, np.int64)
    assert np.allclose(onward, unpack(travel.hierarchy.sweep(*start))[0] / 1000)
    assert np.allclose(homeward, unpack(travel.hierarchy.sweep(*start, backward=True))[0] / 1000)


def test_dijkstra_over_junctions_goes_with_the_arcs_and_against_them(valley_region: Path) -> None:
    network = load(valley_region).travel.network
    onward, homeward = dijkstra.junctions(network).around(0)
    away, towards = network.arc_tail == 0, network.arc_head == 0
    assert onward[network.arc_head[away]].max() <= network.arc_ms[away].max() / 1000
    assert homeward[network.arc_tail[towards]].max() <= network.arc_ms[towards].max() / 1000
    assert not np.allclose(onward, homeward)


def test_the_funnel_starts_from_all_that_can_serve_and_finds_nothing_better_than_the_exact_search(
    valley_region: Path,
) -> None:
    world = World(load(valley_region), count=3_000, requests=6, seed=1)
    for request in world.requests:
        exact = world.exact(request, 10)
        possible = np.flatnonzero(world.possible(request)).tolist()
        assert [ride.score_s for ride in world.index.search(request, Who(), 10, only=possible)] == exact
        found = world.funnel(request, 10, 20)
        assert all(best <= score for best, score in zip(exact, found, strict=False)) and len(found) <= len(exact)
    assert any(world.exact(request, 10) for request in world.requests)
    assert any(world.funnel(request, 10, 20) for request in world.requests)
