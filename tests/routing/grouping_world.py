"""Grouping problems for tests, on the grid town of `world`."""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from routing.grouping import GroupingProblem, Person, Window
from routing.plan import Configuration, Load
from tests.routing.world import Town, at

NOON_S = 1_800_000_000
MINUTE_S = 60

CARS = (
    (Configuration("4 seats", 4, 300, 100, child_seats=1, roof_kg=50), Configuration("rear folded", 2, 1000, 205)),
    (Configuration("3 seats", 3, 200, 80),),
    (Configuration("2 seats", 2, 100, 60),),
    (
        Configuration("child seats in", 3, 200, 80, child_seats=2, roof_kg=60),
        Configuration("ramp down", 1, 100, 60, wheelchairs=2),
    ),
)
ON_WHEELS = Load(wheelchairs=1)
LOADS = (Load(), Load(), Load(), Load(60), Load(80, 150), Load(child_seats=1), Load(roof_kg=40), ON_WHEELS)


def town_problem(
    homes_km: Sequence[tuple[float, float]], destination_km: tuple[float, float], people: Sequence[Person]
) -> GroupingProblem:
    """The people live at `homes_km`; the destination is the last place."""
    places = [at(*home) for home in (*homes_km, destination_km)]
    seconds, metres = Town().matrix(places, places)
    return GroupingProblem(tuple(people), len(homes_km), seconds, metres)


def random_problem(*, seed: int, drivers: int, riders: int, either: int = 0, direction: str = "out") -> GroupingProblem:
    """People around a town, with all that can be asked for, on roads that differ by direction (a hill)."""
    dice = random.Random(seed)
    count = drivers + riders + either
    homes = [(dice.uniform(0, 15), dice.uniform(0, 15)) for _ in range(count)]
    roles = ["drive"] * drivers + ["ride"] * riders + ["either"] * either
    people = []
    for origin, role in enumerate(roles):
        earliest_s = NOON_S + dice.randint(0, 20) * MINUTE_S
        at_origin = Window()
        if dice.random() < 0.3:
            leaves_s = earliest_s + dice.randint(-40, 10) * MINUTE_S * (-1 if direction == "back" else 1)
            at_origin = Window(leaves_s, leaves_s + 30 * MINUTE_S)
        load = dice.choice(LOADS) if role == "ride" else Load()
        people.append(
            Person(
                origin=origin,
                role=role,  # type: ignore[arg-type]
                at_destination=Window(earliest_s, earliest_s + dice.choice((20, 60)) * MINUTE_S),
                party=dice.choice((0, 1)) if load == ON_WHEELS else dice.choice((1, 1, 1, 2)),
                load=load,
                configurations=dice.choice(CARS) if role != "ride" else (),
                max_detour_s=dice.choice((600, 1200, 2400)),
                at_origin=at_origin,
            )
        )
    problem = town_problem(homes, (8, 7), people)
    height = np.array([dice.uniform(0, 90) for _ in range(count + 1)])
    climb = np.maximum(0, np.ceil(height[None, :] - height[:, None])).astype(int)  # keeps the triangle inequality
    pairs = [(one, other) for one in range(count) for other in range(one)]
    return replace(
        problem,
        direction=direction,
        seconds=problem.seconds + climb,
        apart=tuple(dice.sample(pairs, min(2, len(pairs)))),
        together=tuple(dice.sample(pairs, 1)) if pairs and dice.random() < 0.4 else (),
        prefer=tuple(dice.sample(pairs, min(2, len(pairs)))),
        stranded_m=dice.choice((0, 5000, 20_000)),
    )
