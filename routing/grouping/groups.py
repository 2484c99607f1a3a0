"""All groups that fit in one car, each in its shortest order: a depth-first search over pickup orders."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

from routing.grouping.route import Arrival, Route, arrive, pick_up, start
from routing.grouping.task import Task

MOST_ROUTES = 600_000
"""Routes looked at, all drivers together, before the search keeps to each driver's nearest riders."""


@dataclass(frozen=True, slots=True)
class Group:
    """A driver with riders in their best order, and what that counts: metres, minus preferred pairs."""

    route: Route
    arrival: Arrival
    counts_m: int

    @property
    def people(self) -> tuple[int, ...]:
        return (self.route.driver, *self.route.riders)


@dataclass(frozen=True, slots=True)
class Groups:
    """What was found; `complete` when no possible group is missing."""

    found: list[Group]
    complete: bool


def all_groups(task: Task, stopped: Callable[[], bool], most_routes: int = MOST_ROUTES) -> Groups:
    """The groups of every driver, or of each with the nearest riders where all would be too many."""
    people = task.problem.people
    drivers = [number for number, person in enumerate(people) if person.may_drive]
    found: list[Group] = []
    complete = True
    for place, driver in enumerate(drivers):
        share = max(1, most_routes // (len(drivers) - place))
        near = nearest_riders(task, driver)
        width = len(near)
        groups, routes = _groups_of(task, driver, near, share, stopped)
        while groups is None and width > 1:
            complete, width = False, width * 2 // 3
            groups, routes = _groups_of(task, driver, near[:width], share, stopped)
        found += groups or []
        most_routes -= min(routes, share)
    return Groups(found, complete and not stopped())


def nearest_riders(task: Task, driver: int) -> list[int]:
    """Whom the driver could take alone, the smallest detour first; nobody else fits into a fuller car either."""
    alone = start(task, driver)
    people = task.problem.people
    detours = []
    for rider, person in enumerate(people):
        if alone is None or rider == driver or not person.may_ride or rider in task.apart[driver]:
            continue
        route = pick_up(task, alone, rider)
        if route and (arrival := arrive(task, route)).nearly_kept:
            detours.append((arrival.metres - task.alone_m(driver), rider))
    return [rider for _, rider in sorted(detours)]


def _groups_of(
    task: Task, driver: int, riders: list[int], most_routes: int, stopped: Callable[[], bool]
) -> tuple[list[Group] | None, int]:
    """Every group of `driver` and some of `riders` that keeps all promises, or None beyond `most_routes`; routes seen.

    Leaving a rider out never makes a car later. So only routes that are in time themselves are extended, and only by
    riders who could have been the next stop before.
    """
    best: dict[frozenset[int], Group] = {}
    alone = start(task, driver)
    open_routes = [(alone, riders)] if alone else []
    seen = 0
    while open_routes and not stopped():
        route, next_riders = open_routes.pop()
        aboard = frozenset((driver, *route.riders))
        longer_routes = []
        for rider in next_riders:
            longer = None if task.apart[rider] & aboard else pick_up(task, route, rider)
            if longer is None or not (arrival := arrive(task, longer)).nearly_kept:
                continue
            longer_routes.append((longer, rider))
            members = aboard | {rider}
            if arrival.kept and (members not in best or arrival.metres < best[members].arrival.metres):
                best[members] = Group(longer, arrival, arrival.metres - _liked_m(task, members))
        able = [rider for _, rider in longer_routes]
        open_routes += [(longer, [other for other in able if other != rider]) for longer, rider in longer_routes]
        seen += len(next_riders)
        if seen > most_routes:
            return None, seen
    return [group for members, group in best.items() if _whole(task, members)], seen


def _whole(task: Task, members: frozenset[int]) -> bool:
    """Nobody is without the ones to travel with."""
    return all(task.together[person] <= members for person in members)


def _liked_m(task: Task, members: frozenset[int]) -> int:
    """What the preferred pairs aboard are worth."""
    pairs = sum(pair in task.prefer for pair in combinations(sorted(members), 2)) if task.prefer else 0
    return pairs * task.problem.prefer_m
