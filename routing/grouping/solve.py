"""Group people into cars: all groups that fit, then the best choice among them, with a bound that proves it."""

import time
from collections.abc import Callable

from routing.grouping.answer import Certificate, GroupedCar, Grouping, Saved
from routing.grouping.bound import person_by_person_m
from routing.grouping.choose import choose
from routing.grouping.groups import Group, all_groups
from routing.grouping.problem import GroupingProblem
from routing.grouping.reasons import left_out
from routing.grouping.route import times
from routing.grouping.task import Task, task_of

Progress = Callable[[float, str], None]


def group(
    problem: GroupingProblem,
    *,
    seed: int = 0,
    budget_s: float = 10,
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Grouping:
    """The cars with the fewest driven metres that can be found in `budget_s` seconds of wall time.

    The same problem and seed give the same answer unless the budget cuts the search short. When `cancelled` says so,
    the best so far comes back, at worst with everyone alone; a true bound comes with it either way.
    """
    tell, is_cancelled = progress or _nobody_listens, cancelled or _never
    ends_at = time.monotonic() + budget_s

    def stopped() -> bool:
        return is_cancelled() or time.monotonic() > ends_at - budget_s / 2

    task = task_of(problem)
    tell(0.0, "Looking for groups that fit in one car.")
    groups = all_groups(task, stopped)
    tell(0.5, f"Choosing among {len(groups.found)} possible groups.")
    left_s = ends_at - time.monotonic()
    chosen = choose(task, groups.found, seed=seed, budget_s=left_s, cancelled=is_cancelled)
    at_least_m = person_by_person_m(task)
    if groups.complete:
        at_least_m = max(at_least_m, chosen.at_least_m)
    answer = _answer(task, chosen.groups, Certificate(chosen.counts_m, min(at_least_m, chosen.counts_m)))
    tell(1.0, f"{len(answer.cars)} cars, {answer.saved.km} km saved.")
    return answer


def _answer(task: Task, chosen: list[Group], certificate: Certificate) -> Grouping:
    """The chosen groups in words of the problem, in the order of their drivers."""
    in_cars = {person for group in chosen for person in group.people}
    others = [person for person in range(task.destination) if person not in in_cars]
    alone = tuple(person for person in others if task.problem.people[person].role != "ride")
    cars = tuple(_car(task, group) for group in sorted(chosen, key=lambda group: group.route.driver))
    everyone_alone_m = sum(task.alone_m(person) for person in range(task.destination))
    driven_m = sum(car.distance_m for car in cars) + sum(task.alone_m(person) for person in others)
    return Grouping(
        cars=cars,
        alone=alone,
        left_out=tuple(left_out(task, chosen, person) for person in others if person not in alone),
        certificate=certificate,
        saved=Saved(distance_m=everyone_alone_m - driven_m, cars=sum(len(car.riders) for car in cars)),
    )


def _car(task: Task, group: Group) -> GroupedCar:
    """Out, the car leaves as early as it can without needless waiting; back, it leaves the destination so."""
    route, arrival = group.route, group.arrival
    at_s, riders = times(task, route, arrival.first_start_s), route.riders
    if task.problem.direction == "back":
        # out of the mirror: the last start there is the first departure here, and a stop ends where it began
        mirror = times(task, route, arrival.last_start_s)
        stands = [0, *(task.problem.dwell_s for _ in riders), 0]
        at_s = [-(at + dwell_s) for at, dwell_s in zip(mirror, stands, strict=True)][::-1]
        riders = riders[::-1]
    return GroupedCar(
        driver=route.driver,
        riders=riders,
        at_s=tuple(at_s),
        duration_s=at_s[-1] - at_s[0],
        detour_s=at_s[-1] - at_s[0] - task.seconds[route.driver][task.destination],
        distance_m=arrival.metres,
        detour_m=arrival.metres - task.alone_m(route.driver),
        configuration=route.configuration,
    )


def _nobody_listens(fraction: float, sentence: str) -> None:
    """The progress of a caller who does not ask."""


def _never() -> bool:
    return False
