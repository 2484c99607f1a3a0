"""Why a person is left out, in a code and a sentence; who keeps apart from whom is never told."""

from collections.abc import Sequence

from routing.capacity import covering, together, wanted
from routing.grouping.answer import LeftOut, Reason
from routing.grouping.groups import Group
from routing.grouping.route import Route, arrive, pick_up, start
from routing.grouping.task import Task
from routing.plan import Load

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
    if person in task.apart[alone.driver] or not _has_places(task, alone.driver, person):
        return "no_seat"
    route = pick_up(task, alone, person)
    if route is None:
        return "load"
    arrival = arrive(task, route)
    if arrival.late_s > 0:
        return "window"
    return "too_far" if arrival.over_s > 0 or pick_up(task, full, person) else "no_seat"


def _has_places(task: Task, driver: int, rider: int) -> bool:
    """Whether the people could share the car if they left their things at home."""
    drives, rides = task.problem.people[driver], task.problem.people[rider]
    needed = together(wanted(drives.party - 1, _people(drives.load)), wanted(rides.party, _people(rides.load)))
    return covering(drives.configurations, needed) is not None


def _people(load: Load) -> Load:
    return Load(child_seats=load.child_seats, wheelchairs=load.wheelchairs)
