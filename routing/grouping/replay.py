"""Check a grouping from the problem alone, driving every car again: it shares no code with the search."""

from collections import Counter
from collections.abc import Iterator

from routing.grouping.answer import GroupedCar, Grouping
from routing.grouping.problem import GroupingProblem, Window


def broken_promises(problem: GroupingProblem, grouping: Grouping) -> list[str]:
    """A sentence for each promise that `grouping` breaks and each number in it that is wrong; empty when it stands."""
    return [
        *_everyone_once(problem, grouping),
        *(sentence for car in grouping.cars for sentence in _car(problem, car)),
        *_numbers(problem, grouping),
    ]


def _everyone_once(problem: GroupingProblem, grouping: Grouping) -> Iterator[str]:
    places = Counter(person for car in grouping.cars for person in (car.driver, *car.riders))
    places.update(grouping.alone)
    places.update(left.person for left in grouping.left_out)
    for person, who in enumerate(problem.people):
        if places[person] != 1:
            yield f"Person {person} is in {places[person]} places."
        if person in grouping.alone and who.role == "ride":
            yield f"Person {person} only rides and cannot travel alone."
    for person in places.keys() - set(range(len(problem.people))):
        yield f"Person {person} is not of this problem."


def _car(problem: GroupingProblem, car: GroupedCar) -> Iterator[str]:
    name, people = f"The car of person {car.driver}", problem.people
    aboard = [car.driver, *car.riders]
    if people[car.driver].role == "ride" or any(people[rider].role == "drive" for rider in car.riders):
        yield f"{name} has somebody in the wrong seat."
    if not car.riders:
        yield f"{name} has no rider."
    for one, other in problem.apart:
        if one in aboard and other in aboard:
            yield f"{name} has {one} and {other} aboard, who keep apart."
    for one, other in problem.together:
        if (one in aboard) != (other in aboard):
            yield f"{name} separates {one} and {other}."
    yield from _room(problem, car, aboard, name)
    yield from _hours(problem, car, aboard, name)


def _room(problem: GroupingProblem, car: GroupedCar, aboard: list[int], name: str) -> Iterator[str]:
    people, way = [problem.people[person] for person in aboard], car.configuration
    if way not in problem.people[car.driver].configurations:
        yield f"{name} has no configuration {way.name}."
    if sum(person.party for person in people) - 1 > way.seats:
        yield f"{name} has too few seats."
    for kind in ("child_seats", "wheelchairs", "litres", "roof_kg"):
        if sum(getattr(person.load, kind) for person in people) > getattr(way, kind):
            yield f"{name} has too little room: {kind}."
    if max(person.load.length_cm for person in people) > way.length_cm:
        yield f"{name} is too short for the longest item."


def _hours(problem: GroupingProblem, car: GroupedCar, aboard: list[int], name: str) -> Iterator[str]:
    """Drive from visit to visit with the matrices of the problem."""
    back = problem.direction == "back"
    homes = [problem.people[person].origin for person in aboard]
    places = [problem.destination, *homes[1:], homes[0]] if back else [*homes, problem.destination]
    if len(car.at_s) != len(places):
        yield f"{name} has {len(car.at_s)} hours for {len(places)} visits."
        return
    metres = 0
    for visit in range(len(places) - 1):
        stands_s = problem.dwell_s if visit > 0 else 0
        here, there = places[visit], places[visit + 1]
        metres += int(problem.metres[here, there])
        if car.at_s[visit] + stands_s + int(problem.seconds[here, there]) > car.at_s[visit + 1]:
            yield f"{name} cannot be at visit {visit + 1} in time."
    if metres != car.distance_m:
        yield f"{name} drives {metres} m, not {car.distance_m} m."

    at_destination_s = car.at_s[0] if back else car.at_s[-1]
    home_s = [car.at_s[-1], *car.at_s[1:-1]] if back else list(car.at_s[:-1])
    for person, at_s in zip(aboard, home_s, strict=True):
        if not _in(problem.people[person].at_origin, at_s):
            yield f"{name} is at the door of person {person} at the wrong hour."
        if not _in(problem.people[person].at_destination, at_destination_s):
            yield f"{name} is at the destination at an hour that does not suit person {person}."

    driver = problem.people[car.driver]
    ends = (problem.destination, driver.origin) if back else (driver.origin, problem.destination)
    detour_s = car.at_s[-1] - car.at_s[0] - int(problem.seconds[ends])
    if detour_s > driver.max_detour_s:
        yield f"{name} makes a detour of {detour_s} s, and {driver.max_detour_s} s are allowed."
    if detour_s != car.detour_s or car.duration_s != car.at_s[-1] - car.at_s[0]:
        yield f"{name} says that its detour is {car.detour_s} s in {car.duration_s} s."
    if car.detour_m != metres - int(problem.metres[ends]):
        yield f"{name} says that its detour is {car.detour_m} m."


def _numbers(problem: GroupingProblem, grouping: Grouping) -> Iterator[str]:
    def alone_m(person: int) -> int:
        origin = problem.people[person].origin
        back = problem.direction == "back"
        return int(problem.metres[problem.destination, origin] if back else problem.metres[origin, problem.destination])

    left = [left.person for left in grouping.left_out]
    driven_m = sum(car.distance_m for car in grouping.cars) + sum(map(alone_m, [*grouping.alone, *left]))
    aboard = [{car.driver, *car.riders} for car in grouping.cars]
    liked = sum(any(pair <= members for members in aboard) for pair in set(map(frozenset, problem.prefer)))
    counts_m = driven_m + problem.stranded_m * len(left) - problem.prefer_m * liked
    if counts_m != grouping.certificate.value_m:
        yield f"The grouping counts {counts_m} m, not {grouping.certificate.value_m} m."
    if grouping.certificate.lower_bound_m > counts_m:
        yield f"The grouping counts {counts_m} m, less than its own lower bound."
    everyone_m = sum(alone_m(person) for person in range(len(problem.people)))
    if grouping.saved.distance_m != everyone_m - driven_m:
        yield f"The grouping saves {everyone_m - driven_m} m, not {grouping.saved.distance_m} m."


def _in(window: Window, at_s: int) -> bool:
    return window.earliest_s <= at_s <= window.latest_s
