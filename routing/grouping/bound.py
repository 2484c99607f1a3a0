"""What any grouping counts at least, when not all groups could be looked at."""

import numpy as np
from numpy.typing import NDArray

from routing.grouping.problem import Person
from routing.grouping.route import arrive, pick_up, start
from routing.grouping.task import Task


def person_by_person_m(task: Task) -> int:
    """A true lower bound: each person on the cheapest of the own possibilities, as if the others did not matter.

    Alone is the solo drive. A driver drives at least the shortest way to the destination. A car with k riders drives at
    least the detour for the one furthest off, so each of them at least a k-th of the own detour, and k is at most the
    seats and wheelchair places. Each preferred pair is taken as fulfilled.
    """
    shortest = _shortest_ways(np.array(task.metres))
    total_m = sum(_cheapest_m(task, shortest, person) for person in range(task.destination))
    return total_m - task.problem.prefer_m * len(task.prefer)


def _cheapest_m(task: Task, shortest: NDArray[np.int64], person: int) -> int:
    who = task.problem.people[person]
    ways_m = [task.alone_counts_m(person)]
    if who.may_drive:
        ways_m.append(int(shortest[person, -1]))
    if who.may_ride:
        ways_m += [
            int(shortest[driver, person] + shortest[person, -1] - shortest[driver, -1]) // places
            for driver, other in enumerate(task.problem.people)
            if driver != person and other.may_drive and (places := _places(other)) and _can_take(task, driver, person)
        ]
    return min(ways_m)


def _places(driver: Person) -> int:
    return max((way.seats + way.wheelchairs for way in driver.configurations), default=0)


def _can_take(task: Task, driver: int, rider: int) -> bool:
    """Whether the two alone could share the car; with more people aboard it only gets harder."""
    alone = start(task, driver)
    route = pick_up(task, alone, rider) if alone and rider not in task.apart[driver] else None
    return route is not None and arrive(task, route).nearly_kept


def _shortest_ways(metres: NDArray[np.int64]) -> NDArray[np.int64]:
    """The metres of the shortest way by any places (Floyd and Warshall): those of the fastest way may be more."""
    for by in range(len(metres)):
        metres = np.minimum(metres, metres[:, by, None] + metres[by])
    return metres
