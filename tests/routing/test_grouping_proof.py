"""The certificate against brute force that shares no code with the search, and the checker against lies."""

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import pairwise, permutations

import pytest

from routing.grouping import GroupingProblem, broken_promises, group
from routing.grouping.answer import Certificate, LeftOut
from routing.grouping.bound import person_by_person_m
from routing.grouping.groups import all_groups
from routing.grouping.task import task_of
from routing.plan import Load
from tests.routing.grouping_world import random_problem

DIRECTIONS = ("out", "back")


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("seed", range(40))
def test_the_best_grouping_is_the_one_brute_force_finds(seed: int, direction: str) -> None:
    problem = random_problem(seed=seed, drivers=2, riders=3, either=1, direction=direction)
    grouping = group(problem, seed=seed, budget_s=60)
    assert broken_promises(problem, grouping) == []
    assert grouping.certificate.proven
    assert grouping.certificate.value_m == least_m(problem)


@pytest.mark.parametrize("seed", range(25))
def test_the_bound_without_all_groups_is_true(seed: int) -> None:
    problem = random_problem(seed=seed, drivers=3, riders=6, either=2)
    best = group(problem, budget_s=60)
    assert best.certificate.proven
    assert person_by_person_m(task_of(problem)) <= best.certificate.value_m


@pytest.mark.parametrize("seed", range(10))
def test_a_narrow_search_still_answers_and_never_claims_a_proof_it_lacks(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = random_problem(seed=seed, drivers=4, riders=16)
    best = group(problem, budget_s=60)
    task = task_of(problem)
    narrow = all_groups(task, lambda: False, most_routes=40)
    assert not narrow.complete
    assert len(narrow.found) < len(all_groups(task, lambda: False).found)
    monkeypatch.setattr("routing.grouping.solve.all_groups", lambda task, stopped: narrow)
    grouping = group(problem, budget_s=60)
    assert broken_promises(problem, grouping) == []
    assert grouping.certificate.lower_bound_m <= best.certificate.value_m <= grouping.certificate.value_m


def test_the_checker_catches_lies() -> None:
    problem = random_problem(seed=12, drivers=3, riders=6)
    grouping = group(problem)
    car = grouping.cars[0]
    late = replace(car, at_s=(*car.at_s[:-1], car.at_s[-1] + 7200))
    early = replace(car, at_s=(car.at_s[0] + 60, *car.at_s[1:]))
    short = replace(car, distance_m=car.distance_m - 1)
    folded = replace(car, configuration=replace(car.configuration, seats=0))
    for lie in (late, early, short, folded, replace(car, riders=())):
        assert broken_promises(problem, replace(grouping, cars=(lie, *grouping.cars[1:]))), lie
    assert broken_promises(problem, replace(grouping, cars=grouping.cars[1:]))
    assert broken_promises(problem, replace(grouping, left_out=(*grouping.left_out, LeftOut(0, "no_seat", ""))))
    assert broken_promises(problem, replace(grouping, certificate=Certificate(1, 1)))
    aboard = (car.driver, car.riders[0])
    assert broken_promises(replace(problem, apart=(aboard,)), grouping)


@pytest.mark.parametrize("kind", [field.name for field in fields(Load)])
def test_the_checker_weighs_every_kind(kind: str) -> None:
    problem = random_problem(seed=12, drivers=3, riders=6)
    grouping = group(problem)
    assert broken_promises(problem, grouping) == []
    people, rider = list(problem.people), grouping.cars[0].riders[0]
    people[rider] = replace(people[rider], load=Load(**{kind: 5000}))
    assert broken_promises(replace(problem, people=tuple(people)), grouping)


def least_m(problem: GroupingProblem) -> int:
    """Try everything: each person drives, rides with one of the drivers, or is left, in every order of each car."""
    return min(_count_m(problem, cars) for cars in _all_ways(problem, 0, {}, ()) if _kept(problem, cars))


Cars = dict[int, tuple[int, ...]]


def _all_ways(problem: GroupingProblem, person: int, cars: Cars, riders: tuple[int, ...]) -> Iterator[Cars]:
    """Who drives first, then where each rider goes."""
    people = problem.people
    if person < len(people):
        if people[person].role != "ride":
            yield from _all_ways(problem, person + 1, {**cars, person: ()}, riders)
        if people[person].role != "drive":
            yield from _all_ways(problem, person + 1, cars, (*riders, person))
    elif riders:
        for driver in cars:
            yield from _all_ways(problem, person, {**cars, driver: (*cars[driver], riders[0])}, riders[1:])
        if people[riders[0]].role == "ride":
            yield from _all_ways(problem, person, cars, riders[1:])
    else:
        yield cars


def _kept(problem: GroupingProblem, cars: Cars) -> bool:
    aboard = [{driver, *riders} for driver, riders in cars.items() if riders]
    return (
        not any({*pair} <= members for pair in problem.apart for members in aboard)
        and all(len({*pair} & members) != 1 for pair in problem.together for members in aboard)
        and all(_car_m(problem, driver, riders) is not None for driver, riders in cars.items())
    )


def _count_m(problem: GroupingProblem, cars: Cars) -> int:
    in_cars = {driver for driver in cars} | {rider for riders in cars.values() for rider in riders}
    left = [person for person in range(len(problem.people)) if person not in in_cars]
    pairs = {frozenset(pair) for pair in problem.prefer}
    liked = sum(pair <= {driver, *riders} for pair in pairs for driver, riders in cars.items())
    driven_m = sum(_car_m(problem, driver, riders) or 0 for driver, riders in cars.items())
    return driven_m + sum(_road(problem, person)[1] + problem.stranded_m for person in left) - 500 * liked


def _road(problem: GroupingProblem, *people: int) -> tuple[int, int]:
    """Seconds without stops, and metres, through the homes of these people to the destination, or back."""
    places = [*(problem.people[person].origin for person in people), problem.destination]
    places = places[::-1] if problem.direction == "back" else places
    ways = list(pairwise(places))
    return sum(int(problem.seconds[way]) for way in ways), sum(int(problem.metres[way]) for way in ways)


def _car_m(problem: GroupingProblem, driver: int, riders: tuple[int, ...]) -> int | None:
    """The least metres over all orders that keep every promise; None when none does."""
    if not riders:
        return _road(problem, driver)[1]
    people = [problem.people[person] for person in (driver, *riders)]
    fits = any(
        sum(person.party for person in people) - 1 <= way.seats
        and sum(person.load.litres for person in people) <= way.litres
        and max(person.load.length_cm for person in people) <= way.length_cm
        and sum(person.load.child_seats for person in people) <= way.child_seats
        and sum(person.load.wheelchairs for person in people) <= way.wheelchairs
        and sum(person.load.roof_kg for person in people) <= way.roof_kg
        for way in people[0].configurations
    )
    orders = permutations(riders) if fits else ()
    return min(
        (_road(problem, driver, *order)[1] for order in orders if _in_time(problem, driver, order)), default=None
    )


def _in_time(problem: GroupingProblem, driver: int, order: tuple[int, ...]) -> bool:
    """Try every second at which the car could be let go, and wait wherever it is too early."""
    who = [problem.people[person] for person in (driver, *order)]
    back = problem.direction == "back"
    places = [*(person.origin for person in who), problem.destination]
    windows = [person.at_origin for person in who]
    common = (max(p.at_destination.earliest_s for p in who), min(p.at_destination.latest_s for p in who))
    stops = [(windows[0][0], windows[0][1]), *((w[0], w[1]) for w in windows[1:]), common]
    if back:
        places, stops = places[::-1], stops[::-1]
    limit_s = _road(problem, driver)[0] + who[0].max_detour_s
    candidates = _starts(problem, places, stops)
    return any(_duration(problem, places, stops, start_s) <= limit_s for start_s in candidates)


def _starts(problem: GroupingProblem, places: list[int], stops: list[tuple[int, int]]) -> list[int]:
    """The least duration is reached where the start, or some visit without waiting before it, is at a window's end."""
    starts, way_s = [*stops[0]], 0
    for visit in range(1, len(places)):
        way_s += int(problem.seconds[places[visit - 1], places[visit]]) + (problem.dwell_s if visit > 1 else 0)
        starts += [stops[visit][0] - way_s, stops[visit][1] - way_s]
    return starts


def _duration(problem: GroupingProblem, places: list[int], stops: list[tuple[int, int]], start_s: int) -> float:
    if not stops[0][0] <= start_s <= stops[0][1]:
        return float("inf")
    now_s = start_s
    for visit in range(1, len(places)):
        stands_s = problem.dwell_s if visit > 1 else 0
        now_s += stands_s + int(problem.seconds[places[visit - 1], places[visit]])
        now_s = max(now_s, stops[visit][0])
        if now_s > stops[visit][1]:
            return float("inf")
    return now_s - start_s
