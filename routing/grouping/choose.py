"""Choose among the groups so that nobody is in two cars and the metres are least: set packing, solved by HiGHS."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import highspy
import numpy as np

from routing.grouping.groups import Group
from routing.grouping.task import Task


@dataclass(frozen=True, slots=True)
class Chosen:
    """The groups that stand; everybody else travels alone."""

    groups: list[Group]
    counts_m: int
    at_least_m: int
    """No choice among the same groups counts less."""


class _QuietHighs(highspy.Highs):
    """HiGHS greets on the standard output as soon as callbacks are on, which would spoil what a command prints."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]

    def enableCallbacks(self) -> None:
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


def choose(task: Task, groups: Sequence[Group], *, seed: int, budget_s: float, cancelled: Callable[[], bool]) -> Chosen:
    """The best choice, or the best found when the budget runs out.

    A group is chosen for what it gains over everyone in it travelling alone; one that gains nothing is never needed.
    """
    gains = [(_gain_m(task, group), group) for group in groups]
    useful = sorted((pair for pair in gains if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].people))
    chosen, most_m = _greedy(useful), _easy_bound_m(useful)
    if useful and budget_s > 0 and not cancelled():
        chosen, most_m = _solve(task.destination, useful, chosen, most_m, seed, budget_s, cancelled)
    alone_m = sum(task.alone_counts_m(person) for person in range(task.destination))
    gained_m = sum(useful[index][0] for index in chosen)
    return Chosen(
        groups=[useful[index][1] for index in chosen],
        counts_m=alone_m - gained_m,
        at_least_m=alone_m - max(most_m, gained_m),
    )


def _gain_m(task: Task, group: Group) -> int:
    return sum(task.alone_counts_m(person) for person in group.people) - group.counts_m


def _greedy(useful: Sequence[tuple[int, Group]]) -> list[int]:
    """The most gainful group, then the next whose people are all still free."""
    chosen, taken = [], set[int]()
    for index, (_, group) in enumerate(useful):
        if taken.isdisjoint(group.people):
            chosen.append(index)
            taken.update(group.people)
    return chosen


def _easy_bound_m(useful: Sequence[tuple[int, Group]]) -> int:
    """Each driver's most gainful group, even if they share riders."""
    best: dict[int, int] = {}
    for gain_m, group in useful:
        best.setdefault(group.route.driver, gain_m)
    return sum(best.values())


def _solve(
    people: int,
    useful: Sequence[tuple[int, Group]],
    start: list[int],
    most_m: int,
    seed: int,
    budget_s: float,
    cancelled: Callable[[], bool],
) -> tuple[list[int], int]:
    """The chosen groups by index, and the most that any choice can gain; never less than `start` gains."""
    solver = _solver(people, useful, seed, budget_s)
    solver.setSolution(len(start), np.array(start, np.int32), np.ones(len(start)))
    solver.cbMipInterrupt.subscribe(lambda event: event.interrupt(cancelled()))
    solver.run()
    info = solver.getInfo()
    if math.isfinite(info.mip_dual_bound):
        most_m = min(most_m, math.floor(info.mip_dual_bound + 1e-4))
    if not math.isfinite(info.objective_function_value) or not solver.getSolution().value_valid:
        return start, most_m
    chosen = [index for index, part in enumerate(solver.getSolution().col_value) if part > 0.5]
    return max(chosen, start, key=lambda choice: sum(useful[index][0] for index in choice)), most_m


def _solver(people: int, useful: Sequence[tuple[int, Group]], seed: int, budget_s: float) -> highspy.Highs:
    """One column a group, one row a person: at most one of the groups that a person is in."""
    sizes = [len(group.people) for _, group in useful]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(useful), people
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.array([gain_m for gain_m, _ in useful], float)
    lp.col_lower_, lp.col_upper_ = np.zeros(len(useful)), np.ones(len(useful))
    lp.row_lower_, lp.row_upper_ = np.zeros(people), np.ones(people)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = np.concatenate(([0], np.cumsum(sizes))).astype(np.int32)
    lp.a_matrix_.index_ = np.array([person for _, group in useful for person in group.people], np.int32)
    lp.a_matrix_.value_ = np.ones(sum(sizes))
    lp.integrality_ = [highspy.HighsVarType.kInteger] * len(useful)
    solver = _QuietHighs()
    for option, value in {
        "random_seed": seed % 2**31,
        "threads": 1,
        "time_limit": float(budget_s),
        "mip_rel_gap": 0.0,
        "mip_abs_gap": 0.9,  # gains are whole metres
    }.items():
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    return solver
