"""How fast a request is ranked against live offers, beside a loop over single plans; prints JSON.

python -m bench.matching [REGION | SOURCE] [--offers 2000] [--requests 20] [--seed 1]
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from routing.matching.insertion import insertions
from routing.matching.ranking import rank, rank_requests
from routing.plan import Configuration, Insertion, Place, PlannedLeg, PlannedStop, TripRequest, VehiclePlan
from routing.region import Region, build, load

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
MORNING_S = 1_800_000_000
CAR = (Configuration("4 seats", 4, 400, 110), Configuration("rear folded", 2, 1200, 205))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("region", nargs="?", default="helsinki", help="a built region, or a source to build one from")
    parser.add_argument("--offers", type=int, default=2000)
    parser.add_argument("--requests", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        measure(given, opened(given.region, Path(folder)))


def opened(region: str, folder: Path) -> Region:
    """The region in that directory, or one built from that source."""
    if (Path(region) / "manifest.json").exists():
        return load(Path(region))
    build(region, folder / "region")
    return load(folder / "region")


def measure(given: argparse.Namespace, region: Region) -> None:
    """Rank, and print what it took."""
    dice = random.Random(given.seed)
    places = anywhere(region, dice, 1500)
    plans = offers(region, places, dice, given.offers)
    requests = [ask(dice, places) for _ in range(given.requests)]
    rank(plans, requests[0], region, 20)  # compiled before the clock starts
    ranked, rank_ms = clocked(lambda request: rank(plans, request, region, 20), requests)
    doors, doors_ms = clocked(lambda request: rank(plans, request, _Doors(region), 20), requests)
    looped, loop_ms = clocked(lambda request: loop(plans, request, region, 20), requests[:2])
    many = [ask(dice, places) for _ in range(500)]
    rank_requests(plans[0], many[:5], region, 20)
    _, reverse_ms = clocked(lambda plan: rank_requests(plan, many, region, 20), plans[:5])
    print(
        json.dumps(
            {
                "region": region.manifest.name,
                "offers": len(plans),
                "stops": sum(len(plan.stops) for plan in plans),
                "seed": given.seed,
                "found_median": statistics.median(map(len, ranked)),
                "rank_ms": summary(rank_ms),
                "rank_door_to_door_ms": summary(doors_ms),
                "loop_door_to_door_ms": summary(loop_ms),
                "loop_agrees": [scores(one) for one in looped] == [scores(one) for one in doors[: len(looped)]],
                "rank_500_requests_for_an_offer_ms": summary(reverse_ms),
            },
            indent=2,
        )
    )


def loop(plans: Sequence[VehiclePlan], request: TripRequest, region: Region, k: int) -> list[Insertion]:
    """The naive peer: the readable equations, one plan after the other, each with its own matrices."""
    rides = [best for plan in plans for best in insertions(plan, request, region.travel)[:1]]
    return sorted(rides, key=lambda ride: (ride.score_s, ride.offer_id))[:k]


class _Doors:
    """The region without its corners."""

    def __init__(self, region: Region) -> None:
        self.travel = region.travel

    def corners(self, place: Place, max_walk_m: int, limit: int | None) -> list[tuple[Place, int]]:
        return []

    def named(self, place: Place) -> Place:
        return place


def anywhere(region: Region, dice: random.Random, count: int) -> list[Place]:
    """Places all over the region that a car reaches."""
    west, south, east, north = region.manifest.bounds
    places: list[Place] = []
    while len(places) < count:
        place = Place(dice.uniform(south, north), dice.uniform(west, east))
        corners = region.corners(place, 2000, 1)
        places += [corner for corner, _ in corners]
    return places


def offers(region: Region, places: Sequence[Place], dice: random.Random, count: int) -> list[VehiclePlan]:
    """Offers in the next three hours with none to two riders aboard."""
    seconds, metres = region.travel.matrix(places, places)
    plans: list[VehiclePlan] = []
    while len(plans) < count:
        visits = dice.sample(range(len(places)), dice.choice((2, 2, 3, 4, 6)))
        if max(int(seconds[here, there]) for here in visits for there in visits) >= 2**30:
            continue
        at_s, stops, legs = MORNING_S + dice.randint(0, 3 * 3600), [], []
        for here, there in zip(visits, [*visits[1:], None], strict=True):
            stops.append(PlannedStop(places[here], at_s))
            if there is not None:
                legs.append(PlannedLeg(int(seconds[here, there]), int(metres[here, there]), dice.randint(0, 2)))
                at_s += legs[-1].duration_s
        direct = visits[0], visits[-1]
        empty_s, empty_m = int(seconds[direct]), int(metres[direct])
        planned_s, planned_m = at_s - stops[0].at_s, sum(leg.distance_m for leg in legs)
        plans.append(
            VehiclePlan(
                offer_id=len(plans),
                stops=tuple(stops),
                legs=tuple(legs),
                configurations=CAR,
                empty_s=empty_s,
                empty_m=empty_m,
                max_detour_s=planned_s - empty_s + 900,
                max_detour_m=planned_m - empty_m + 12_000,
            )
        )
    return plans


def ask(dice: random.Random, places: Sequence[Place]) -> TripRequest:
    origin, destination = dice.sample(places, 2)
    earliest_s = MORNING_S + dice.randint(0, 2 * 3600)
    return TripRequest(origin, destination, earliest_s, earliest_s + 3600)


def clocked(answer: Callable[[Asked], Answer], asked: Sequence[Asked]) -> tuple[list[Answer], list[float]]:
    """Answers, and the processor time that each took: other work on the machine is not counted."""
    answers, took_ms = [], []
    for one in asked:
        began = time.thread_time()
        answers.append(answer(one))
        took_ms.append(1000 * (time.thread_time() - began))
    return answers, took_ms


def summary(took_ms: Sequence[float]) -> dict[str, float]:
    return {"median": round(statistics.median(took_ms), 1), "most": round(max(took_ms), 1)}


def scores(rides: Sequence[Insertion]) -> list[tuple[int, int]]:
    return [(ride.score_s, ride.offer_id) for ride in rides]


if __name__ == "__main__":
    main()
