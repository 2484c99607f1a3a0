"""Lay an insertion into a plan: the new stops, legs and times that a booking writes down."""

from dataclasses import replace

from routing import capacity
from routing.matching.insertion import free_flexibility_s, later_start_s, planned_times, schedule
from routing.matching.terms import USUAL, Terms
from routing.plan import NEVER_S, Insertion, Place, PlannedStop, TripRequest, VehiclePlan


def lay(plan: VehiclePlan, insertion: Insertion, request: TripRequest, *, terms: Terms = USUAL) -> VehiclePlan:
    """The plan with the request aboard; a stop that was there keeps its time or gets a later one, never an earlier one.

    Nothing is judged here: `insertion` came from `insertions` or `rank` for this very plan. Configurations, limits and
    the empty trip stay; the flexibility shrinks by what the departure was put off.
    """
    before = planned_times(plan)
    line: list[int | None] = list(range(len(plan.stops)))
    places: list[Place] = [stop.place for stop in plan.stops]
    for is_stop, position, place in (
        (insertion.pickup_is_stop, insertion.pickup_sequence, insertion.pickup),
        (insertion.dropoff_is_stop, insertion.dropoff_sequence, insertion.dropoff),
    ):
        if not is_stop:
            line.insert(position, None)
            places.insert(position, place)

    legs, old = [], 0
    for position, (here, (road_s, road_m)) in enumerate(zip(line[:-1], insertion.roads, strict=True)):
        old = old if here is None else here
        leg = plan.legs[old]
        aboard = insertion.pickup_sequence <= position < insertion.dropoff_sequence
        taken = capacity.boarded(leg, request.seats, request.load) if aboard else leg
        legs.append(replace(taken, duration_s=road_s, distance_m=road_m))

    not_before = [before[0] if stop is None else before[stop] for stop in line]
    dwell = [terms.dwell_s if stop is None else plan.stops[stop].dwell_s for stop in line]
    latest = [NEVER_S if stop is None else plan.stops[stop].latest_s for stop in line]
    ways_s = [leg.duration_s for leg in legs]
    on, meet_s = insertion.pickup_sequence, insertion.pickup_s
    later_s = later_start_s(free_flexibility_s(plan), not_before, dwell, ways_s, on, meet_s)
    not_before[0] += later_s
    not_before[on] = max(not_before[on], meet_s)
    at = schedule(not_before, dwell, ways_s)
    return VehiclePlan(
        offer_id=plan.offer_id,
        stops=tuple(PlannedStop(*stop) for stop in zip(places, at, dwell, latest, strict=True)),
        legs=tuple(legs),
        configurations=plan.configurations,
        empty_s=plan.empty_s,
        empty_m=plan.empty_m,
        max_detour_s=plan.max_detour_s,
        max_detour_m=plan.max_detour_m,
        flexibility_s=plan.flexibility_s - later_s,
    )
