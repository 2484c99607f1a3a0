"""A made-up day: people live where streets are, work in a few centres, and drive there and back at the usual hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from routing.benchmark.labels import Pool
from routing.plan import UNREACHABLE, Configuration, Load, Place, PlannedLeg, PlannedStop, TripRequest, VehiclePlan
from routing.region import Region
from routing.streets.network import UNITS_PER_DEGREE

MIDNIGHT_S = 1_800_000_000 - 1_800_000_000 % 86_400
PLACES, CENTRES = 12_000, 24
PEAKS_H = ((8.0, 0.9, 0.38), (17.5, 1.2, 0.37), (13.0, 4.0, 0.25))
"""Hour, spread, and share of the cars that leave then."""
CARS = (
    (Configuration("4 seats", 4, 400, 110), Configuration("rear folded", 2, 1200, 205)),
    (Configuration("3 seats", 3, 300, 100),),
    (Configuration("6 seats", 6, 200, 90, child_seats=2), Configuration("4 seats, boot", 4, 900, 160, child_seats=2)),
)
_KM = 1 / 111.2
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Town:
    """A pool of places with the ways between them; `centre` are the rows of those near each centre."""

    places: list[Place]
    point: NDArray[np.float64]
    centre: list[NDArray[np.int64]]
    weight: NDArray[np.float64]
    pool: Pool


def town_of(region: Region, seed: int) -> Town:
    """Places drawn from all streets where a car may stop, so that there are many where streets are dense."""
    dice = np.random.default_rng(seed)
    net = region.travel.network
    pieces = np.flatnonzero(net.piece_stoppable == 1)
    count = min(PLACES, 4 * len(pieces))
    drawn = dice.choice(pieces, count, replace=count > len(pieces))
    first, points = net.piece_start[drawn], net.piece_start[drawn + 1] - net.piece_start[drawn]
    at = first + (points * dice.random(count)).astype(np.int64)
    point = np.stack([net.shape_lat[at], net.shape_lon[at]], 1) / UNITS_PER_DEGREE
    point += dice.normal(0, 0.02 * _KM, point.shape)  # doors stand beside the road
    middle = point[dice.choice(count, min(CENTRES, count), replace=False)]
    away = np.hypot(*(point[None] - middle[:, None]).T).T / _KM
    near = [np.argsort(row, kind="stable")[: max(20, count // 40)] for row in away]
    weight = 1 / np.arange(1, len(near) + 1)
    snaps = region.travel.snap_points(point[:, 0], point[:, 1])
    places = [Place(*one) for one in point.tolist()]
    return Town(places, point, near, weight / weight.sum(), Pool(region.travel.hierarchy, snaps))


def offers(town: Town, count: int, seed: int) -> Iterator[VehiclePlan]:
    """A day's departures: from home to a centre in the morning, back in the evening, with two to six stops."""
    dice = np.random.default_rng((seed, 1))
    made = 0
    while made < count:
        for plan in _some(town, dice, made):
            yield plan
            made += 1
            if made == count:
                return


def requests(town: Town, count: int, walk_m: int, seed: int) -> list[TripRequest]:
    """People who go where others drive, at the hours at which they do, each with a window of an hour."""
    dice = np.random.default_rng((seed, 2))
    origin, destination, leaves_s = _journeys(town, dice, count)
    return [
        TripRequest(
            town.places[o], town.places[d], at_s, at_s + 3600, seats=int(dice.choice((1, 1, 1, 2))), load=Load(),
            max_walk_m=walk_m,
        )
        for o, d, at_s in zip(origin.tolist(), destination.tolist(), leaves_s.tolist(), strict=True)
    ]  # fmt: skip


def _journeys(
    town: Town, dice: np.random.Generator, count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Rows of places from and to, and hours of departure (epoch seconds)."""
    home = dice.integers(len(town.places), size=count)
    centre = dice.choice(len(town.centre), count, p=town.weight)
    work = np.array([dice.choice(town.centre[one]) for one in centre])
    work = np.where(work == home, (work + 1) % len(town.places), work)
    peak = dice.choice(len(PEAKS_H), count, p=[share for _, _, share in PEAKS_H])
    hour = dice.normal(*np.array([(at, spread) for at, spread, _ in PEAKS_H]).T[:, peak]) % 24
    back = (hour > 12.5) ^ (dice.random(count) < 0.1)
    return np.where(back, work, home), np.where(back, home, work), (MIDNIGHT_S + hour * 3600).astype(np.int64)


def _some(town: Town, dice: np.random.Generator, first_id: int) -> Iterator[VehiclePlan]:
    origin, destination, leaves_s = _journeys(town, dice, _AT_ONCE)
    between = dice.choice(5, _AT_ONCE, p=(0.5, 0.1, 0.25, 0.05, 0.1))
    rows = [origin]
    for _ in range(4):  # whoever is taken along lives near the way
        share = dice.random(_AT_ONCE)[:, None]
        wish = town.point[origin] * (1 - share) + town.point[destination] * share
        rows.append(_nearest_of_some(town, dice, wish))
    rows.append(destination)
    visits = [_in_order(town, [row[k] for row in rows], int(between[k])) for k in range(_AT_ONCE)]
    pairs = [(a, b) for stops in visits for a, b in pairwise(stops)]
    pairs += [(stops[0], stops[-1]) for stops in visits]
    seconds, metres = (row.tolist() for row in town.pool.roads(*np.array(pairs).T))
    leg = 0
    for k, stops in enumerate(visits):
        legs = range(leg, leg + len(stops) - 1)
        leg += len(stops) - 1
        whole = len(pairs) - _AT_ONCE + k
        if max(seconds[whole], *(seconds[one] for one in legs)) < UNREACHABLE:
            roads = [(seconds[one], metres[one]) for one in legs]
            empty = seconds[whole], metres[whole]
            yield _plan(town, dice, first_id, [town.places[stop] for stop in stops], roads, empty, int(leaves_s[k]))
            first_id += 1


def _nearest_of_some(town: Town, dice: np.random.Generator, wish: NDArray[np.float64]) -> NDArray[np.int64]:
    """Of some places drawn for each wish, the nearest."""
    some = dice.integers(len(town.places), size=(len(wish), 200))
    away = ((town.point[some] - wish[:, None]) ** 2).sum(axis=2)
    return np.asarray(some[np.arange(len(wish)), away.argmin(axis=1)])


def _in_order(town: Town, rows: list[int], between: int) -> list[int]:
    """Origin, some stops in the order in which they lie, destination."""
    start, end = town.point[rows[0]], town.point[rows[-1]]
    stops = sorted(rows[1 : 1 + between], key=lambda row: float((town.point[row] - start) @ (end - start)))
    return [int(row) for row in (rows[0], *stops, rows[-1])]


def _plan(
    town: Town, dice: np.random.Generator, offer_id: int, places: list[Place], roads: list[tuple[int, int]],
    empty: tuple[int, int], leaves_s: int,
) -> VehiclePlan:  # fmt: skip
    """Who is aboard between the stops was promised the car within ten minutes of the plan."""
    stops, legs, at_s = [], [], leaves_s
    booked = len(places) > 2
    for k, place in enumerate(places):
        dwell_s = 60 if 0 < k < len(places) - 1 else 0
        stops.append(PlannedStop(place, at_s, dwell_s, at_s + 600 if dwell_s else 2**60))
        if k < len(roads):
            seats, litres = (int(dice.integers(0, 3)), int(dice.choice((0, 0, 0, 60)))) if booked else (0, 0)
            legs.append(PlannedLeg(*roads[k], taken_seats=seats, taken_litres=litres))
            at_s += dwell_s + roads[k][0]
    planned_s, planned_m = at_s - leaves_s, sum(m for _, m in roads)
    empty_s, empty_m = empty
    may_s = max(planned_s - empty_s + 120, int(dice.choice((480, 600, 900, 1200))))
    may_m = max(planned_m - empty_m + 500, int(dice.choice((4_000, 8_000, 15_000))))
    return VehiclePlan(
        offer_id, tuple(stops), tuple(legs), CARS[int(dice.integers(len(CARS)))], empty_s, empty_m, may_s, may_m,
        flexibility_s=int(dice.choice((0, 300, 900))),
    )  # fmt: skip
