"""Why a person is left out, in a code and a sentence; who keeps apart from whom is never told."""

from collections.abc import Sequence

from routing.grouping.answer import LeftOut, Reason
from routing.grouping.groups import Group
from routing.grouping.route import Route, arrive, pick_up, start
from routing.grouping.task import Task

SENTENCES: dict[Reason, str] = {
    "no_seat": "Every seat within reach is taken.",
    "too_far": "Every car with a free seat would make too long a detour.",
    "window": "No car travels at an hour that suits.",
    "load": "No car has room for this load.",
}
"""The nearest miss first."""


def left_out(task: Task, chosen: Sequence[Group], person: int) -> LeftOut:
    """The nearest miss over all drivers who drive."""
    routes = {group.route.driver: group.route for group in chosen}
    riding = {rider for group in chosen for rider in group.route.riders}
    misses: list[Reason] = []
    for driver, other in enumerate(task.problem.people):
        drives = driver != person and driver not in riding and other.may_drive
        if drives and (alone := start(task, driver)):
            misses.append(_miss(task, alone, routes.get(driver, alone), person))
    reason: Reason = min(misses, key=list(SENTENCES).index, default="no_seat")
    return LeftOut(person, reason, SENTENCES[reason])


def _miss(task: Task, alone: Route, full: Route, person: int) -> Reason:
    """Why the driver who is alone in one route does not take the person into the other."""
    party = task.problem.people[person]
    seats = max(way.seats for way in task.problem.people[alone.driver].configurations)
    if person in task.apart[alone.driver] or party.party > seats - alone.taken.taken_seats:
        return "no_seat"
    route = pick_up(task, alone, person)
    if route is None:
        return "load"
    arrival = arrive(task, route)
    if arrival.late_s > 0:
        return "window"
    return "too_far" if arrival.over_s > 0 or pick_up(task, full, person) else "no_seat"
