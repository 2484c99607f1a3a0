"""The problem as the search sees it: always towards the destination, with the way back as its mirror image."""

from dataclasses import dataclass

import numpy as np

from routing.capacity import Needs, wanted
from routing.grouping.problem import GroupingProblem, Window


@dataclass(frozen=True, eq=False, slots=True)
class Task:
    """Travel between people and the destination in plain lists; person `n` is row `n`, the destination the last row.

    On the way back all ways and times run backwards: a car that leaves the store at noon and drops people off arrives,
    in the mirror, at minus noon after having picked them up.
    """

    problem: GroupingProblem
    seconds: list[list[int]]
    metres: list[list[int]]
    wants: tuple[Needs, ...]
    """What each takes up in a car as a rider."""
    at_start: tuple[Window, ...]
    """When each may start as a driver."""
    at_stop: tuple[Window, ...]
    """When a car may come by for each as a rider."""
    at_destination: tuple[Window, ...]
    apart: tuple[frozenset[int], ...]
    """Of each person, whom not to share a car with."""
    together: tuple[frozenset[int], ...]
    prefer: frozenset[tuple[int, int]]
    """Pairs in order."""

    @property
    def destination(self) -> int:
        return len(self.problem.people)

    def alone_m(self, person: int) -> int:
        """The solo drive."""
        return self.metres[person][self.destination]

    def alone_counts_m(self, person: int) -> int:
        """What it counts when a person is in no shared car."""
        stranded = self.problem.people[person].role == "ride"
        return self.alone_m(person) + (self.problem.stranded_m if stranded else 0)


def task_of(problem: GroupingProblem) -> Task:
    """Turn the problem towards the destination, and look up who goes with whom."""
    people = problem.people
    rows = [*(person.origin for person in people), problem.destination]
    seconds, metres = (table[np.ix_(rows, rows)].astype(np.int64) for table in (problem.seconds, problem.metres))
    at_start = at_stop = tuple(person.at_origin for person in people)
    at_destination = tuple(person.at_destination for person in people)
    if problem.direction == "back":
        seconds, metres = seconds.T, metres.T
        at_start = tuple(mirrored(window, 0) for window in at_start)
        at_stop = tuple(mirrored(window, problem.dwell_s) for window in at_stop)  # it begins, in the mirror, at its end
        at_destination = tuple(mirrored(window, 0) for window in at_destination)
    return Task(
        problem=problem,
        seconds=seconds.tolist(),
        metres=metres.tolist(),
        wants=tuple(wanted(person.party, person.load) for person in people),
        at_start=at_start,
        at_stop=at_stop,
        at_destination=at_destination,
        apart=_partners(len(people), problem.apart),
        together=_partners(len(people), problem.together),
        prefer=frozenset((min(pair), max(pair)) for pair in problem.prefer),
    )


def mirrored(window: Window, dwell_s: int) -> Window:
    """The same window when time runs backwards."""
    return Window(-window.latest_s - dwell_s, -window.earliest_s - dwell_s)


def _partners(people: int, pairs: tuple[tuple[int, int], ...]) -> tuple[frozenset[int], ...]:
    partners: list[set[int]] = [set() for _ in range(people)]
    for one, other in pairs:
        partners[one].add(other)
        partners[other].add(one)
    return tuple(frozenset(others) for others in partners)
