"""Ranking plans for a request and requests for a plan: nothing better is overlooked, and little is asked."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from routing.matching.insertion import insertions
from routing.matching.meeting import meeting_points
from routing.matching.ranking import rank, rank_requests, warm_up
from routing.matching.scan import best_choices
from routing.matching.screen import may_serve
from routing.matching.terms import USUAL, Terms
from routing.plan import Configuration, Insertion, Load, TripRequest, VehiclePlan
from tests.routing.world import MORNING_S, Town, at, random_request, random_trip, trip

HOUR_S = 3600


def best_by_hand(plan: VehiclePlan, request: TripRequest, town: Town, terms: Terms) -> Insertion | None:
    """The best of all insertions over all meeting points, without screen, scan or bound."""
    ends = [
        meeting_points(place, request.max_walk_m, town, terms.corners)
        for place in (request.origin, request.destination)
    ]
    return next(iter(insertions(plan, request, town, pickups=ends[0], dropoffs=ends[1], terms=terms)), None)


def scores(rides: Sequence[Insertion]) -> list[tuple[int, int]]:
    return [(ride.score_s, ride.offer_id) for ride in rides]


@pytest.mark.parametrize("seed", range(50))
def test_ranking_finds_what_trying_everything_finds(seed: int) -> None:
    dice, town = random.Random(seed), Town()
    plans = [random_trip(dice, town, offer_id) for offer_id in range(6)]
    request = random_request(dice, plans[0])
    terms = dice.choice(
        (USUAL, Terms(weight_ride=0, weight_wait=1.7), Terms(dwell_s=0, corners=3), Terms(max_wait_s=100))
    )
    k = dice.choice((1, 4))
    by_hand = [ride for plan in plans if (ride := best_by_hand(plan, request, town, terms))]
    assert scores(rank(plans, request, town, k, terms=terms)) == sorted(scores(by_hand))[:k]


@pytest.mark.parametrize("seed", range(15))
def test_ranking_requests_finds_what_trying_everything_finds(seed: int) -> None:
    dice, town = random.Random(seed), Town()
    plan = random_trip(dice, town)
    requests = [random_request(dice, plan) for _ in range(25)]
    by_hand = [
        (ride.score_s, number)
        for number, request in enumerate(requests)
        if (ride := best_by_hand(plan, request, town, USUAL))
    ]
    found = rank_requests(plan, requests, town, 3)
    assert [(ride.score_s, number) for number, ride in found] == sorted(by_hand)[:3]


@pytest.mark.parametrize("seed", range(30))
def test_the_cheap_no_is_never_wrong(seed: int) -> None:
    dice, town = random.Random(seed), Town()
    plan = random_trip(dice, town)
    for _ in range(10):
        request = random_request(dice, plan)
        if not may_serve(plan, request, USUAL):
            assert best_by_hand(plan, request, town, USUAL) is None


def test_the_cheap_no_is_worth_having() -> None:
    town = Town()
    request = TripRequest(at(3, 0), at(7, 0), MORNING_S, MORNING_S + HOUR_S)
    plan = trip(town, at(0, 0), at(10, 0))
    assert may_serve(plan, request, USUAL)
    assert not may_serve(replace(plan, configurations=(Configuration("none", 0, 0, 0),)), request, USUAL)
    assert not may_serve(plan, replace(request, load=Load(length_cm=300)), USUAL)
    assert not may_serve(trip(town, at(0, 0), at(10, 0), leaves_s=MORNING_S + 3 * HOUR_S), request, USUAL)
    assert not may_serve(trip(town, at(0, 0), at(10, 0), leaves_s=MORNING_S - 3 * HOUR_S), request, USUAL)
    town.asked = 0
    assert rank([plan], replace(request, load=Load(length_cm=300)), town, 5) == []
    assert town.asked == 0


def test_bo_walks_to_the_corner_when_that_spares_ana_the_detour() -> None:
    """Bo lives 600 m off Ana's road; without the walk her detour would be more than she allows."""
    town = Town(corner_steps_m=(600,))
    plan = trip(town, at(0, 0), at(10, 0), max_detour_s=130)
    bo = TripRequest(at(3, 0.6), at(7, 0), MORNING_S - HOUR_S, MORNING_S + HOUR_S, max_walk_m=800)
    (ride,) = rank([plan], bo, town, 5)
    assert (ride.pickup, ride.walk_to_m, ride.detour_s) == (at(3, 0), 780, 120)
    assert rank([plan], replace(bo, max_walk_m=700), town, 5) == []


def test_the_walk_is_part_of_the_window() -> None:
    """Bo is at the corner 650 s after leaving home, so the car that comes by after 300 s is gone or has to wait."""
    town = Town(corner_steps_m=(600,))
    plan = trip(town, at(0, 0), at(10, 0), max_detour_s=470)
    bo = TripRequest(at(3, 0.6), at(7, 0), MORNING_S, MORNING_S + HOUR_S, max_walk_m=800)
    only_walk = Terms(weight_walk=0, weight_ride=0, weight_wait=0)
    (ride,) = rank([replace(plan, flexibility_s=HOUR_S)], bo, town, 5, terms=only_walk)
    assert ride.pickup_s == MORNING_S + 650
    assert ride.detour_s == 120


def test_a_tie_goes_to_the_older_offer() -> None:
    town = Town()
    twins = [trip(town, at(0, 0), at(10, 0), offer_id=offer_id) for offer_id in (9, 4, 7)]
    bo = TripRequest(at(3, 0), at(7, 0), MORNING_S, MORNING_S + HOUR_S)
    assert [ride.offer_id for ride in rank(twins, bo, town, 2)] == [4, 7]


def test_nobody_drives_is_an_ordinary_answer() -> None:
    bo = TripRequest(at(3, 0), at(7, 0), MORNING_S, MORNING_S + HOUR_S)
    assert rank([], bo, Town(), 5) == []
    assert rank_requests(trip(Town(), at(0, 0), at(10, 0)), [], Town(), 5) == []


def test_a_place_beyond_the_roads_is_no_ride_and_no_error() -> None:
    class Island(Town):
        def matrix(self, origins, destinations):  # type: ignore[no-untyped-def]
            seconds, metres = super().matrix(origins, destinations)
            cut = [[(a.lon > 0.05) != (b.lon > 0.05) for b in destinations] for a in origins]
            seconds[cut] = metres[cut] = 2**30
            return seconds, metres

    town = Island()
    plan = trip(town, at(0, 0), at(4, 0))
    to_the_island = TripRequest(at(1, 0), at(9, 0), MORNING_S, MORNING_S + HOUR_S)
    assert rank([plan], to_the_island, town, 5) == []
    assert rank([plan], replace(to_the_island, destination=at(3, 0)), town, 5)


def test_many_requests_are_ranked_without_asking_all_their_roads() -> None:
    """The bound spares the matrices from pickup to dropoff of requests that cannot be among the best."""
    dice, town = random.Random(5), Town()
    plan = trip(town, at(0, 0), at(12, 12), max_detour_s=4000, max_detour_m=60_000)
    requests = [replace(random_request(dice), load=Load(), max_walk_m=1000) for _ in range(200)]
    town.asked = 0
    assert len(rank_requests(plan, requests, town, 3)) == 3
    to_and_from_stops = 200 * 2 * (2 * 2 * 9)
    each_direct = 9 * 9
    assert town.asked - to_and_from_stops < 60 * each_direct


def test_after_warming_up_nothing_is_left_to_compile() -> None:
    town = Town()
    warm_up(town, at(0, 0))
    compiled = len(best_choices.signatures)
    bo = TripRequest(at(3, 0), at(7, 0), MORNING_S, MORNING_S + HOUR_S)
    rank([trip(town, at(0, 0), at(10, 0), offer_id=number) for number in range(60)], bo, town, 3)
    rank_requests(trip(town, at(0, 0), at(10, 0)), [bo] * 3, town, 2)
    assert len(best_choices.signatures) == compiled
