"""All six kinds of room at once: brute force, the equations and the compiled scan agree on who fits in, and where."""

import random
from dataclasses import asdict, replace
from itertools import combinations_with_replacement

import pytest

from routing.capacity import KINDS, boarded, fits, seats_left
from routing.matching.insertion import insertions
from routing.matching.ranking import rank, rank_requests
from routing.matching.screen import may_serve
from routing.matching.terms import USUAL
from routing.plan import Configuration, Load, PlannedLeg, TripRequest, VehiclePlan
from tests.routing.world import MORNING_S, Town, at, trip

TOWN = Town()
SEEDS = range(150)
Carried = dict[str, int]
NOTHING: Carried = dict.fromkeys(KINDS, 0)


def some(dice: random.Random, most: int) -> Carried:
    """A little of a kind or two: the numbers are so small that the last place matters often."""
    return NOTHING | {kind: dice.randint(0, most) for kind in dice.sample(KINDS, 2)}


def random_plan(dice: random.Random) -> VehiclePlan:
    """A car with some of everything, some of it taken; its driver has all the time in the world."""
    plan = trip(TOWN, *(at(dice.uniform(0, 9), dice.uniform(0, 9)) for _ in range(dice.randint(2, 5))))
    legs = [PlannedLeg(leg.duration_s, leg.distance_m, **columns(some(dice, 2))) for leg in plan.legs]
    ways = [
        Configuration(f"way {n}", **{kind: dice.randint(1, 4) for kind in KINDS}) for n in range(dice.randint(1, 3))
    ]
    return replace(plan, legs=tuple(legs), configurations=tuple(ways), max_detour_s=10**6, max_detour_m=10**7)


def random_wish(dice: random.Random) -> TripRequest:
    """Somebody with something, at any hour and from door to door."""
    while not any((wants := some(dice, 3)).values()):
        pass  # who wants nothing is refused before
    origin, destination = (at(dice.uniform(0, 9), dice.uniform(0, 9)) for _ in range(2))
    request = TripRequest(origin, destination, MORNING_S - 10**6, MORNING_S + 10**6, max_walk_m=0)
    return carrying(request, wants)


def carrying(request: TripRequest, wants: Carried) -> TripRequest:
    return replace(request, seats=wants["seats"], load=Load(**{kind: wants[kind] for kind in KINDS if kind != "seats"}))


def carried(request: TripRequest) -> Carried:
    return {"seats": request.seats, **asdict(request.load)}


def columns(taken: Carried) -> Carried:
    return {f"taken_{kind}": number for kind, number in taken.items()}


def runs_by_hand(plan: VehiclePlan, wants: Carried) -> set[tuple[int, int]]:
    """The first and last of the old legs that somebody may ride on: every run, every way to set up the car."""
    runs = combinations_with_replacement(range(len(plan.legs)), 2)
    return {(on, off) for on, off in runs if any(takes(way, plan, wants, on, off) for way in plan.configurations)}


def takes(way: Configuration, plan: VehiclePlan, wants: Carried, on: int, off: int) -> bool:
    for number, leg in enumerate(plan.legs):
        taken, more = asdict(leg), wants if on <= number <= off else NOTHING
        for kind in ("seats", "child_seats", "wheelchairs", "litres", "roof_kg"):
            if taken[f"taken_{kind}"] + more[kind] > getattr(way, kind):
                return False
        if taken["taken_length_cm"] > way.length_cm or more["length_cm"] > way.length_cm:
            return False
    return True


@pytest.mark.parametrize("seed", SEEDS)
def test_somebody_gets_on_exactly_where_there_is_room(seed: int) -> None:
    dice = random.Random(seed)
    plan = random_plan(dice)
    requests = [random_wish(dice) for _ in range(8)]
    best = {}
    for number, request in enumerate(requests):
        by_hand = runs_by_hand(plan, carried(request))
        by_equations = insertions(plan, request, TOWN)
        assert {(ride.pickup_sequence - 1, ride.dropoff_sequence - 2) for ride in by_equations} == by_hand
        by_scan = rank([plan], request, TOWN, 1)
        assert [ride.score_s for ride in by_scan] == [ride.score_s for ride in by_equations[:1]]
        assert may_serve(plan, request, USUAL) or not by_hand
        best.update({number: by_scan[0].score_s} if by_scan else {})
    assert {number: ride.score_s for number, ride in rank_requests(plan, requests, TOWN, 8)} == best


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_alone_decides_sometimes(kind: str) -> None:
    """Without it the answers would be other ones: a search that forgot this kind would not pass the test above."""
    decided = 0
    for seed in SEEDS:
        dice = random.Random(seed)
        plan = random_plan(dice)
        wants = [carried(random_wish(dice)) for _ in range(8)]
        decided += sum(runs_by_hand(plan, want) != runs_by_hand(plan, {**want, kind: 0}) for want in wants)
    assert decided > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_as_many_people_as_it_says_still_get_on_each_leg(seed: int) -> None:
    plan = random_plan(random.Random(seed))
    for number, left in enumerate(seats_left(plan.configurations, plan.legs)):
        full, overfull = (
            [boarded(leg, more, Load()) if place == number else leg for place, leg in enumerate(plan.legs)]
            for more in (left, left + 1)
        )
        assert fits(plan.configurations, overfull) is None
        assert fits(plan.configurations, full) or not fits(plan.configurations, plan.legs)


def test_the_cheap_no_knows_every_kind() -> None:
    """Each kind alone is a reason not to ask for roads, and what is free on one leg is no reason."""
    usual = dict.fromkeys(KINDS, 2)
    first, last = (PlannedLeg(600, 5000, **columns(usual)), PlannedLeg(600, 5000))
    plan = trip(TOWN, at(0, 0), at(5, 0), at(9, 0), configurations=(Configuration("two of each", **usual),))
    plan = replace(plan, legs=(first, last))
    bo = TripRequest(at(1, 0), at(8, 0), MORNING_S, MORNING_S + 3600, seats=0)
    for kind in KINDS:
        assert may_serve(plan, carrying(bo, {**NOTHING, kind: 2}), USUAL)
        assert not may_serve(plan, carrying(bo, {**NOTHING, kind: 3}), USUAL)
