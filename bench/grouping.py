"""How far the grouping gets on random outings of growing size; prints JSON.

python -m bench.grouping [--budget 10] [--seeds 3] [--sizes 8 20 40 80]
"""

import argparse
import json
import time

import numpy as np

from routing.grouping import GroupingProblem, Person, Window, broken_promises, group
from routing.plan import Configuration

CAR = (Configuration("4 seats", 4, 400, 110),)
HALF_AN_HOUR_S = 1800


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", type=float, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="+", default=[8, 20, 40, 80])
    given = parser.parse_args()
    runs = [
        run(people, share, direction, seed, given.budget)
        for people in given.sizes
        for share in ("drivers and riders", "either role")
        for direction in ("out", "back")
        for seed in range(given.seeds)
    ]
    print(json.dumps(runs, indent=2))


def run(people: int, share: str, direction: str, seed: int, budget_s: float) -> dict[str, object]:
    problem = outing(people, share, direction, seed)
    began = time.perf_counter()
    grouping = group(problem, seed=seed, budget_s=budget_s)
    took_s = time.perf_counter() - began
    return {
        "people": people,
        "share": share,
        "direction": direction,
        "seed": seed,
        "seconds": round(took_s, 2),
        "proven": grouping.certificate.proven,
        "gap_percent": round(100 * grouping.certificate.gap, 2),
        "cars": len(grouping.cars),
        "left_out": len(grouping.left_out),
        "saved_km": grouping.saved.km,
        "replay": "ok" if not broken_promises(problem, grouping) else "BROKEN",
    }


def outing(people: int, share: str, direction: str, seed: int) -> GroupingProblem:
    """People in 15 towns in 50 × 50 km who want to be at one store within 45 minutes of their own hour.

    A quarter drive and the rest ride, or two fifths could do either.
    """
    dice = np.random.default_rng(seed)
    towns = dice.uniform(-25, 25, (15, 2))
    homes_km = towns[dice.integers(0, 15, people)] + dice.normal(0, 3, (people, 2))
    places_km = np.vstack([homes_km, [[6, -4]]])
    km = 1.3 * np.hypot(*(places_km[:, None] - places_km[None]).transpose(2, 0, 1))
    # 30 km/h for the first 5 km, then 60 km/h: concave, so that the triangle inequality holds
    seconds = np.ceil(np.where(km < 5, km / 30, 5 / 30 + (km - 5) / 60) * 3600).astype(np.int64)
    if share == "either role":
        roles = np.where(dice.random(people) < 0.4, "either", np.where(dice.random(people) < 0.3, "drive", "ride"))
    else:
        roles = np.where(np.arange(people) < people / 4, "drive", "ride")
    hours_s = dice.integers(0, 2 * HALF_AN_HOUR_S, people)
    return GroupingProblem(
        people=tuple(
            Person(
                origin=number,
                role=str(roles[number]),  # type: ignore[arg-type]
                at_destination=Window(int(hours_s[number]), int(hours_s[number]) + 2700),
                party=1 if roles[number] != "ride" or dice.random() < 0.85 else 2,
                configurations=CAR if roles[number] != "ride" else (),
            )
            for number in range(people)
        ),
        destination=people,
        seconds=seconds,
        metres=np.ceil(km * 1000).astype(np.int64),
        direction=direction,  # type: ignore[arg-type]
    )


if __name__ == "__main__":
    main()
