"""A small flat world for tests: a grid town whose roads are the Manhattan metric, slower than the crow."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from routing.plan import (
    NEVER_S,
    Configuration,
    Load,
    Place,
    PlannedLeg,
    PlannedStop,
    Route,
    Table,
    TripRequest,
    VehiclePlan,
)

METRES_PER_DEGREE = 111_195
MORNING_S = 1_800_000_000
FOUR_SEATS = Configuration("4 seats", seats=4, litres=300, length_cm=100, child_seats=2, roof_kg=50)
REAR_FOLDED = Configuration("2 seats, rear folded", seats=2, litres=1000, length_cm=205, roof_kg=50)
RAMP_DOWN = Configuration("2 seats, ramp down", seats=2, litres=200, length_cm=100, child_seats=1, wheelchairs=1)
CARS = ((FOUR_SEATS, REAR_FOLDED), (FOUR_SEATS, REAR_FOLDED, RAMP_DOWN), (FOUR_SEATS, RAMP_DOWN), (REAR_FOLDED,))
LOADS = (
    Load(),
    Load(),
    Load(litres=200, length_cm=180),
    Load(child_seats=1),
    Load(wheelchairs=1),
    Load(litres=60, roof_kg=40),
)


def at(east_km: float, north_km: float) -> Place:
    """A place in the flat world, near the equator so that a degree is the same both ways."""
    return Place(lat=north_km * 1000 / METRES_PER_DEGREE, lon=east_km * 1000 / METRES_PER_DEGREE)


@dataclass
class Town:
    """Roads along the grid at 10 m/s; `asked` counts the entries of all matrices."""

    speed_m_per_s: float = 10
    asked: int = 0
    corner_steps_m: Sequence[int] = field(default=(300, 600))

    @property
    def travel(self) -> "Town":
        return self

    def matrix(self, origins: Sequence[Place], destinations: Sequence[Place]) -> tuple[Table, Table]:
        self.asked += len(origins) * len(destinations)
        lat, lon = np.array([[place.lat, place.lon] for place in origins]).T
        to_lat, to_lon = np.array([[place.lat, place.lon] for place in destinations]).T
        degrees = np.abs(lat[:, None] - to_lat) + np.abs(lon[:, None] - to_lon)
        metres = np.ceil(degrees * METRES_PER_DEGREE - 1e-3)
        return np.ceil(metres / self.speed_m_per_s).astype(np.int32), metres.astype(np.int32)

    def route(self, places: Sequence[Place]) -> Route:
        seconds, metres = self.matrix(places, places)
        return Route(int(np.trace(seconds, 1)), int(np.trace(metres, 1)))

    def named(self, place: Place) -> Place:
        return place

    def corners(self, place: Place, max_walk_m: int, limit: int | None) -> list[tuple[Place, int]]:
        """Corners to the four winds."""
        winds = ((0, 1), (1, 0), (0, -1), (-1, 0))
        around = [
            (
                Place(place.lat + north * step / METRES_PER_DEGREE, place.lon + east * step / METRES_PER_DEGREE),
                round(1.3 * step),
            )
            for step in self.corner_steps_m
            for north, east in winds
        ]
        return [(corner, walk_m) for corner, walk_m in around if walk_m <= max_walk_m][:limit]


def trip(town: Town, *places: Place, leaves_s: int = MORNING_S, offer_id: int = 1, **changes: object) -> VehiclePlan:
    """An offer that visits `places` without waiting; nobody is aboard, and the detour may be 15 minutes and 15 km."""
    seconds, metres = town.matrix(places, places)
    legs = [PlannedLeg(int(seconds[here, here + 1]), int(metres[here, here + 1])) for here in range(len(places) - 1)]
    stops, at_s = [], leaves_s
    for index, place in enumerate(places):
        stops.append(PlannedStop(place, at_s))
        at_s += legs[index].duration_s if index < len(legs) else 0
    plan: dict[str, object] = {
        "offer_id": offer_id,
        "stops": tuple(stops),
        "legs": tuple(legs),
        "configurations": (FOUR_SEATS, REAR_FOLDED),
        "empty_s": sum(leg.duration_s for leg in legs),
        "empty_m": sum(leg.distance_m for leg in legs),
        "max_detour_s": 900,
        "max_detour_m": 15_000,
        **changes,
    }
    return VehiclePlan(**plan)  # type: ignore[arg-type]


def random_trip(dice: random.Random, town: Town, offer_id: int = 1) -> VehiclePlan:
    """An offer in the middle of its life: two to six stops, some people aboard, some waiting, some slack."""
    places = [at(dice.uniform(0, 12), dice.uniform(0, 12)) for _ in range(dice.randint(2, 6))]
    direct = town.route([places[0], places[-1]])
    plan = trip(town, *places, leaves_s=MORNING_S + dice.randint(-1800, 1800), offer_id=offer_id)
    late_s, stops = 0, []
    for stop in plan.stops:
        late_s += dice.choice((0, 0, 0, 45, 200))
        dwell_s = dice.choice((0, 60)) if 0 < len(stops) < len(places) - 1 else 0
        latest_s = stop.at_s + late_s + dice.choice((-60, 200, 900, NEVER_S, NEVER_S)) if stops else NEVER_S
        stops.append(PlannedStop(stop.place, stop.at_s + late_s, dwell_s, latest_s))
        late_s += dwell_s
    booked = dice.random() < 0.6
    legs = [
        PlannedLeg(
            leg.duration_s,
            leg.distance_m,
            taken_seats=dice.randint(0, 3) if booked else 0,
            taken_litres=dice.choice((0, 0, 150)) if booked else 0,
            taken_length_cm=dice.choice((0, 0, 0, 80)) if booked else 0,
            taken_child_seats=dice.choice((0, 0, 0, 1)) if booked else 0,
            taken_wheelchairs=dice.choice((0, 0, 0, 0, 1)) if booked else 0,
            taken_roof_kg=dice.choice((0, 0, 0, 20)) if booked else 0,
        )
        for leg in plan.legs
    ]
    return VehiclePlan(
        offer_id=offer_id,
        stops=tuple(stops),
        legs=tuple(legs),
        configurations=dice.choice(CARS),
        empty_s=direct.duration_s,
        empty_m=direct.distance_m,
        max_detour_s=dice.choice((300, 1500, 4000)),
        max_detour_m=dice.choice((3000, 12_000, 60_000)),
        flexibility_s=dice.choice((0, 0, 300, 1200)),
    )


def random_request(dice: random.Random, plan: VehiclePlan | None = None) -> TripRequest:
    """Someone who wants to go somewhere about then, sometimes from a stop of `plan`."""
    ends = [at(dice.uniform(0, 12), dice.uniform(0, 12)) for _ in range(2)]
    for end in range(2):
        if plan and dice.random() < 0.3:
            ends[end] = dice.choice(plan.stops).place
    earliest_s = MORNING_S + dice.randint(-1200, 2400)
    arrives: dict[str, int] = {}
    if dice.random() < 0.3:
        arrives = {"arrive_latest_s": earliest_s + dice.choice((1500, 3000))}
        if dice.random() < 0.5:
            arrives["arrive_earliest_s"] = arrives["arrive_latest_s"] - 900
    return TripRequest(
        origin=ends[0],
        destination=ends[1],
        earliest_s=earliest_s,
        latest_s=earliest_s + dice.choice((300, 1800, 5400)),
        seats=dice.choice((1, 1, 2)),
        load=dice.choice(LOADS),
        max_walk_m=dice.choice((0, 500, 1000)),
        **arrives,
    )
