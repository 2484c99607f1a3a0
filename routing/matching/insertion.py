"""Where a request fits in one plan and what that costs: the equations of docs/matching.md, line by line."""

from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import NamedTuple

from routing import capacity
from routing.distance import metres_between
from routing.matching.approaches import Roads, measure
from routing.matching.meeting import MeetingPoint
from routing.matching.terms import USUAL, Terms
from routing.plan import UNREACHABLE, Insertion, Place, TravelTimes, TripRequest, VehiclePlan

PICKUP, DROPOFF = -1, -2
"""The two new visits in a line of stop numbers such as [0, PICKUP, 1, DROPOFF, 2]."""


class Slot(NamedTuple):
    """A position in a plan: a new stop after stop `after`, or that stop itself."""

    after: int
    is_stop: bool


class Choice(NamedTuple):
    """One way to serve a request: a slot and a meeting point at either end."""

    p: int
    pickup: Slot
    q: int
    dropoff: Slot


def insertions(
    plan: VehiclePlan,
    request: TripRequest,
    travel: TravelTimes,
    *,
    pickups: Sequence[MeetingPoint] = (),
    dropoffs: Sequence[MeetingPoint] = (),
    terms: Terms = USUAL,
) -> list[Insertion]:
    """Every way to serve `request` that keeps all promises of `plan`, the best first; none is an ordinary answer.

    Without meeting points the car comes to both doors.
    """
    pickups = pickups or [MeetingPoint(request.origin, 0)]
    dropoffs = dropoffs or [MeetingPoint(request.destination, 0)]
    roads = measure(travel, [stop.place for stop in plan.stops], pickups, dropoffs)
    found = (
        weigh(plan, request, choice, pickups[choice.p], dropoffs[choice.q], roads, terms)
        for choice in choices(plan, pickups, dropoffs, terms)
    )
    return sorted((insertion for insertion in found if insertion), key=lambda insertion: insertion.score_s)


def choices(
    plan: VehiclePlan, pickups: Sequence[MeetingPoint], dropoffs: Sequence[MeetingPoint], terms: Terms
) -> Iterator[Choice]:
    """All pairs of positions and meeting points; the driver starts at stop 0 and ends at his own destination."""
    last = len(plan.stops) - 1
    slots_on = [_slots(plan, pickup.place, terms) for pickup in pickups]
    slots_off = [_slots(plan, dropoff.place, terms) for dropoff in dropoffs]
    for (p, ons), (q, offs) in product(enumerate(slots_on), enumerate(slots_off)):
        for on, off in product(ons, offs):
            if on.after < last and (off.after > on.after or (off.after == on.after and not off.is_stop)):
                yield Choice(p, on, q, off)


def _slots(plan: VehiclePlan, place: Place, terms: Terms) -> list[Slot]:
    """A new stop on any leg, or a stop that is there already."""
    here = [
        Slot(index, is_stop=True)
        for index, stop in enumerate(plan.stops)
        if metres_between(stop.place, place) <= terms.same_place_m
    ]
    return here + [Slot(index, is_stop=False) for index in range(len(plan.legs))]


def weigh(
    plan: VehiclePlan,
    request: TripRequest,
    choice: Choice,
    pickup: MeetingPoint,
    dropoff: MeetingPoint,
    roads: Roads,
    terms: Terms,
) -> Insertion | None:
    """What one choice costs, or None when it breaks a promise or finds no road."""
    i, j = choice.pickup, choice.dropoff
    line = list(range(len(plan.stops)))
    if not j.is_stop:
        line.insert(j.after + 1, DROPOFF)
    if not i.is_stop:
        line.insert(i.after + 1, PICKUP)
    on = i.after if i.is_stop else line.index(PICKUP)
    off = line.index(j.after) if j.is_stop else line.index(DROPOFF)
    if not _fits(plan, request, line, on, off):
        return None
    ways = [_way(plan, roads, choice, here, there) for here, there in pairwise(line)]
    ways_s, ways_m = [s for s, _ in ways], [m for _, m in ways]
    if max(ways_s) >= UNREACHABLE:
        return None

    planned = planned_times(plan)
    not_before = [planned[max(stop, 0)] for stop in line]
    dwell = [plan.stops[stop].dwell_s if stop >= 0 else terms.dwell_s for stop in line]
    walk_to_s, walk_from_s = terms.walk_s(pickup.walk_m), terms.walk_s(dropoff.walk_m)
    ready_s, due_s = request.earliest_s + walk_to_s, request.latest_s + walk_to_s
    meet_s = max(ready_s, schedule(not_before, dwell, ways_s)[on])
    if meet_s > due_s:
        return None
    not_before[0] += later_start_s(free_flexibility_s(plan), not_before, dwell, ways_s, on, meet_s)
    wait_s = meet_s - schedule(not_before, dwell, ways_s)[on]
    if wait_s > terms.max_wait_s or (on == 0 and wait_s > 0):
        return None
    not_before[on] = meet_s
    at = schedule(not_before, dwell, ways_s)
    if not request.arrive_earliest_s <= at[off] + walk_from_s <= request.arrive_latest_s:
        return None
    if any(
        stop >= 0 and at_s > max(plan.stops[stop].latest_s, planned[stop]) for stop, at_s in zip(line, at, strict=True)
    ):
        return None

    old_s, old_m = planned[-1] - planned[0], sum(leg.distance_m for leg in plan.legs)
    new_s, new_m = at[-1] - at[0], sum(ways_m)
    detour_s, detour_m = new_s - plan.empty_s, new_m - plan.empty_m
    if detour_s > plan.max_detour_s or detour_m > plan.max_detour_m:
        return None
    ride_s = at[off] - meet_s
    return Insertion(
        offer_id=plan.offer_id,
        pickup_sequence=on,
        dropoff_sequence=off,
        pickup=pickup.place,
        dropoff=dropoff.place,
        pickup_s=meet_s,
        dropoff_s=at[off],
        walk_to_m=pickup.walk_m,
        walk_from_m=dropoff.walk_m,
        ride_s=ride_s,
        ride_m=sum(ways_m[on:off]),
        added_s=new_s - old_s,
        added_m=new_m - old_m,
        detour_s=detour_s,
        detour_m=detour_m,
        score_s=terms.score_s(new_s - old_s, walk_to_s + walk_from_s, meet_s - ready_s, ride_s),
        pickup_is_stop=i.is_stop,
        dropoff_is_stop=j.is_stop,
        wait_s=wait_s,
        rider_wait_s=meet_s - ready_s,
        delays_s=tuple(at_s - planned[stop] for stop, at_s in zip(line, at, strict=True) if stop >= 0),
        roads=tuple(ways),
    )


def planned_times(plan: VehiclePlan) -> list[int]:
    """When the car is at each stop of the plan as it is, in epoch seconds."""
    stops = plan.stops
    return schedule(
        [stop.at_s for stop in stops], [stop.dwell_s for stop in stops], [way.duration_s for way in plan.legs]
    )


def schedule(not_before: Sequence[int], dwell: Sequence[int], ways_s: Sequence[int]) -> list[int]:
    """When the car is at each visit: as soon as the road allows, and never before its time. Equation (1)."""
    at_s = not_before[0]
    at = [at_s]
    for earliest, stands, way in zip(not_before[1:], dwell, ways_s, strict=False):
        at_s = max(earliest, at_s + stands + way)
        at.append(at_s)
    return at


def later_start_s(
    flexibility_s: int, not_before: Sequence[int], dwell: Sequence[int], ways_s: Sequence[int], on: int, meet_s: int
) -> int:
    """How much later the driver leaves instead of waiting at visit `on` until `meet_s`. Equation (4)."""
    if schedule(not_before, dwell, ways_s)[on] >= meet_s:
        return 0
    latest_start_s = meet_s - sum(dwell[:on]) - sum(ways_s[:on])
    return min(flexibility_s, latest_start_s - not_before[0])


def free_flexibility_s(plan: VehiclePlan) -> int:
    """How much later the driver may still leave: nothing once somebody is booked, for then the hour is a promise."""
    booked = any(map(any, map(capacity.taken, plan.legs)))
    return 0 if booked else plan.flexibility_s


def _fits(plan: VehiclePlan, request: TripRequest, line: Sequence[int], on: int, off: int) -> bool:
    """One configuration of the whole trip covers every leg, with the request aboard from visit `on` to visit `off`."""
    leg, legs = 0, []
    for position, stop in enumerate(line[:-1]):
        leg = max(leg, stop)
        taken = plan.legs[leg]
        legs.append(capacity.boarded(taken, request.seats, request.load) if on <= position < off else taken)
    return capacity.fits(plan.configurations, legs) is not None


def _way(plan: VehiclePlan, roads: Roads, choice: Choice, here: int, there: int) -> tuple[int, int]:
    """Seconds and metres from one visit to the next: a stored leg, or a road to or from a new stop."""
    if here >= 0 and there >= 0:
        return plan.legs[here].duration_s, plan.legs[here].distance_m
    if here == PICKUP and there == DROPOFF:
        road, row, column = roads.direct, choice.p, choice.q
    elif there == PICKUP:
        road, row, column = roads.to_pickup, here, choice.p
    elif here == PICKUP:
        road, row, column = roads.from_pickup, there, choice.p
    elif there == DROPOFF:
        road, row, column = roads.to_dropoff, here, choice.q
    else:
        road, row, column = roads.from_dropoff, there, choice.q
    return int(road.s[row, column]), int(road.m[row, column])
