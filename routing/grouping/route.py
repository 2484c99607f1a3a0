"""One car on its way: riders added one by one, and each time checked against every promise in constant time."""

from typing import NamedTuple

from routing import capacity
from routing.grouping.problem import Window
from routing.grouping.task import Task
from routing.plan import Configuration

ROUNDING_S = 5
"""Rounded times may miss the triangle inequality by a little: a route that is late by less may still be extended."""


class Route(NamedTuple):
    """A driver and riders in order, before the last stretch to the destination. Equations in docs/matching.md."""

    driver: int
    riders: tuple[int, ...]
    way_s: int
    """Driving and stops so far, without any waiting."""
    now_s: int
    """The earliest hour at the last visit."""
    latest_start_s: int
    """The latest start that is late nowhere so far."""
    late_s: int
    """By how much even the earliest start is late somewhere."""
    metres: int
    target: Window
    """The hours at the destination that suit everybody aboard."""
    taken: capacity.Needs
    configuration: Configuration


class Arrival(NamedTuple):
    """The route driven on to the destination."""

    metres: int
    duration_s: int
    """With the waiting that no later start avoids."""
    first_start_s: int
    """The earliest start that waits no longer than that."""
    last_start_s: int
    late_s: int
    """By how much a window is broken; negative or 0 keeps all."""
    over_s: int
    """By how much the driver's limit is broken; negative or 0 keeps it."""

    @property
    def kept(self) -> bool:
        """Whether every promise is kept."""
        return self.late_s <= 0 and self.over_s <= 0

    @property
    def nearly_kept(self) -> bool:
        """Whether a longer route could still keep them, for all that rounding hides."""
        return self.late_s <= ROUNDING_S and self.over_s <= ROUNDING_S


def start(task: Task, driver: int) -> Route | None:
    """The driver alone, or None when not even the own things fit."""
    person, window = task.problem.people[driver], task.at_start[driver]
    taken = capacity.wanted(person.party - 1, person.load)
    configuration = capacity.covering(person.configurations, taken)
    if configuration is None:
        return None
    return Route(
        driver=driver,
        riders=(),
        way_s=0,
        now_s=window.earliest_s,
        latest_start_s=window.latest_s,
        late_s=window.earliest_s - window.latest_s,
        metres=0,
        target=task.at_destination[driver],
        taken=taken,
        configuration=configuration,
    )


def pick_up(task: Task, route: Route, rider: int) -> Route | None:
    """The route with one more stop at its end; None when the rider and the load do not fit in."""
    taken = capacity.together(route.taken, task.wants[rider])
    configuration = capacity.covering(task.problem.people[route.driver].configurations, taken)
    if configuration is None:
        return None
    step_s, step_m = _step(task, route, rider)
    window, target = task.at_stop[rider], task.at_destination[rider]
    way_s, now_s = route.way_s + step_s, max(route.now_s + step_s, window.earliest_s)
    return Route(
        driver=route.driver,
        riders=(*route.riders, rider),
        way_s=way_s,
        now_s=now_s,
        latest_start_s=min(route.latest_start_s, window.latest_s - way_s),
        late_s=max(route.late_s, now_s - window.latest_s),
        metres=route.metres + step_m,
        target=Window(max(route.target.earliest_s, target.earliest_s), min(route.target.latest_s, target.latest_s)),
        taken=taken,
        configuration=configuration,
    )


def arrive(task: Task, route: Route) -> Arrival:
    """Drive on to the destination; what a later start saves in waiting is not waited."""
    step_s, step_m = _step(task, route, task.destination)
    way_s, end_s = route.way_s + step_s, max(route.now_s + step_s, route.target.earliest_s)
    latest_start_s = min(route.latest_start_s, route.target.latest_s - way_s)
    duration_s = max(way_s, end_s - latest_start_s)
    detour_s = duration_s - task.seconds[route.driver][task.destination]
    return Arrival(
        metres=route.metres + step_m,
        duration_s=duration_s,
        first_start_s=min(end_s - way_s, latest_start_s),
        last_start_s=latest_start_s,
        late_s=max(route.late_s, end_s - route.target.latest_s),
        over_s=detour_s - task.problem.people[route.driver].max_detour_s,
    )


def times(task: Task, route: Route, start_s: int) -> list[int]:
    """When the car is at each visit, from the start to the destination, if it leaves at `start_s`."""
    at, here = [start_s], route.driver
    for visit in (*route.riders, task.destination):
        stands_s = task.problem.dwell_s if here != route.driver else 0
        window = route.target if visit == task.destination else task.at_stop[visit]
        at.append(max(at[-1] + stands_s + task.seconds[here][visit], window.earliest_s))
        here = visit
    return at


def _step(task: Task, route: Route, visit: int) -> tuple[int, int]:
    """Seconds, with the stop before it, and metres from the last visit to the next."""
    if not route.riders:
        return task.seconds[route.driver][visit], task.metres[route.driver][visit]
    here = route.riders[-1]
    return task.problem.dwell_s + task.seconds[here][visit], task.metres[here][visit]
