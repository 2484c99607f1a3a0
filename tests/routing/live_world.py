"""Offers and requests on the roads of a region, for tests of the live index; and what trying everything finds."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

from routing.distance import metres_between
from routing.matching.index.who import Who
from routing.matching.insertion import insertions
from routing.matching.meeting import meeting_points
from routing.matching.terms import Terms
from routing.plan import UNREACHABLE, Insertion, Load, Place, PlannedLeg, PlannedStop, TripRequest, VehiclePlan
from routing.region import Region
from routing.streets.network import UNITS_PER_DEGREE
from tests.routing.world import CARS, LOADS, MORNING_S

Row = tuple[VehiclePlan, int, bool, int, int]


def spots(region: Region, dice: random.Random, count: int) -> list[Place]:
    """Places on roads and beside them, some at the very same point, some on the same stretch of road."""
    net = region.travel.network
    found: list[Place] = []
    while len(found) < count:
        point = dice.randrange(len(net.shape_lat))
        lat, lon = net.shape_lat[point] / UNITS_PER_DEGREE, net.shape_lon[point] / UNITS_PER_DEGREE
        for _ in range(dice.choice((1, 1, 2, 3))):
            off = dice.choice((0.0, 0.0, 2e-4, 1e-3))
            found.append(Place(float(lat) + dice.uniform(-off, off), float(lon) + dice.uniform(-off, off)))
    return found[:count]


def random_row(region: Region, dice: random.Random, places: Sequence[Place], offer_id: int) -> Row:
    """An offer in the middle of its life: two to twelve stops, people aboard, promises, slack, and a driver."""
    visits = [dice.choice(places) for _ in range(dice.choice((2, 2, 3, 4, 5, 6, 8, 12)))]
    seconds, metres = region.travel.matrix(visits, visits)
    roads = [(int(seconds[i, i + 1]), int(metres[i, i + 1])) for i in range(len(visits) - 1)]
    if any(s >= UNREACHABLE for s, _ in roads):
        return random_row(region, dice, places, offer_id)
    booked, at_s = dice.random() < 0.6, MORNING_S + dice.randint(-1800, 1800)
    stops, legs = [], []
    for k, place in enumerate(visits):
        at_s += dice.choice((0, 0, 0, 45, 200))
        dwell_s = dice.choice((0, 60)) if 0 < k < len(visits) - 1 else 0
        latest_s = at_s + dice.choice((-60, 100, 400, 900, 2**40)) if k else 2**60
        stops.append(PlannedStop(place, at_s, dwell_s, latest_s))
        if k < len(roads):
            legs.append(
                PlannedLeg(
                    *roads[k],
                    taken_seats=dice.randint(0, 3) if booked else 0,
                    taken_litres=dice.choice((0, 0, 150)) if booked else 0,
                    taken_length_cm=dice.choice((0, 0, 0, 80)) if booked else 0,
                    taken_child_seats=dice.choice((0, 0, 0, 1)) if booked else 0,
                    taken_wheelchairs=dice.choice((0, 0, 0, 0, 1)) if booked else 0,
                    taken_roof_kg=dice.choice((0, 0, 0, 20)) if booked else 0,
                )
            )
            at_s += dwell_s + roads[k][0]
    empty_s, empty_m = int(seconds[0, -1]), int(metres[0, -1])
    plan = VehiclePlan(
        offer_id=offer_id,
        stops=tuple(stops),
        legs=tuple(legs),
        configurations=dice.choice(CARS),
        empty_s=empty_s,
        empty_m=empty_m,
        max_detour_s=max(0, at_s - stops[0].at_s - empty_s) + dice.choice((60, 400, 900, 3000, 6000)),
        max_detour_m=max(0, sum(m for _, m in roads) - empty_m) + dice.choice((500, 2000, 8000, 60_000, 60_000)),
        flexibility_s=dice.choice((0, 0, 300, 1200)),
    )
    return plan, dice.randint(1, 6), dice.random() < 0.7, dice.randint(0, 9), dice.choice((0, 1, 3))


def random_ask(dice: random.Random, places: Sequence[Place], rows: Sequence[Row]) -> TripRequest:
    """Someone who wants to go somewhere about then, mostly as some car does, often from or to where it stops anyway."""
    origin, destination = (dice.choice(places) for _ in range(2))
    earliest_s = MORNING_S + dice.randint(-1200, 2400)
    if rows and dice.random() < 0.8:
        stops = dice.choice(rows)[0].stops
        on = dice.randrange(len(stops) - 1)
        off = dice.randrange(on + 1, len(stops))
        origin, destination = (
            stop.place if dice.random() < 0.3 else _near(dice, places, stop.place) for stop in (stops[on], stops[off])
        )
        earliest_s = stops[on].at_s + dice.choice((-1800, -600, -60, 0, 300))
    request = TripRequest(
        origin,
        destination,
        earliest_s=earliest_s,
        latest_s=earliest_s + dice.choice((0, 900, 1800, 5400)),
        seats=dice.choice((1, 1, 1, 2)),
        load=dice.choice((Load(), Load(), *LOADS)),
        max_walk_m=dice.choice((0, 0, 300, 600)),
    )
    if dice.random() < 0.2:
        latest_s = earliest_s + dice.choice((600, 1800))
        request = replace(request, arrive_latest_s=latest_s, arrive_earliest_s=dice.choice((0, latest_s - 600)))
    return request


def _near(dice: random.Random, places: Sequence[Place], place: Place) -> Place:
    """One of the three next to a place."""
    return dice.choice(sorted(places, key=lambda one: metres_between(one, place))[:3])


def random_who(dice: random.Random) -> Who:
    """Anybody, or someone with neighbours and people she does not want to meet."""
    drivers = range(1, 7)
    if dice.random() < 0.6:
        return Who(neighbours=frozenset(drivers))
    return Who(
        person_id=dice.choice((None, 1, 2, 99)),
        hidden=frozenset(dice.sample(drivers, dice.choice((0, 0, 1, 2)))),
        neighbours=frozenset(dice.sample(drivers, dice.choice((0, 2, 4)))),
        required=dice.choice((0, 0, 0, 1, 2)),
    )


def best_by_hand(
    region: Region, rows: Iterable[Row], request: TripRequest, who: Who, k: int, terms: Terms
) -> list[Insertion]:
    """All offers, all positions, all meeting points, one after the other: the equations, and nothing else."""
    pickups, dropoffs = (
        meeting_points(place, request.max_walk_m, region, terms.corners)
        for place in (request.origin, request.destination)
    )
    found = []
    for plan, driver, public, _version, flags in rows:
        if driver == who.person_id or driver in who.hidden or flags & who.required != who.required:
            continue
        if public or driver in who.neighbours:
            found += insertions(plan, request, region.travel, pickups=pickups, dropoffs=dropoffs, terms=terms)[:1]
    return sorted(found, key=lambda one: (one.score_s, one.offer_id))[:k]


def told(found: Iterable[Insertion]) -> list[tuple[int, int]]:
    """What has to be the same however it was found; equally good ways in one plan are equally good."""
    return [(one.score_s, one.offer_id) for one in found]
