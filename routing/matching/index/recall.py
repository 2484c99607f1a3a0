"""A stored offer as the plan it was, as far as the equations want to know it."""

from routing.capacity import KINDS
from routing.matching.fleet import (
    AT,
    COUNT,
    DEPARTS,
    DWELL,
    EMPTY_M,
    EMPTY_S,
    FIRST,
    FLEXIBILITY,
    LATE,
    LEG_M,
    LEG_S,
    LIMIT_M,
    LIMIT_S,
    OFFER_ID,
    WAY_FIRST,
    WAYS,
)
from routing.matching.index.store import Rows
from routing.plan import Configuration, Place, PlannedLeg, PlannedStop, VehiclePlan


def plan_at(rows: Rows, slot: int) -> VehiclePlan:
    """Hours are those at which the car is there as planned; labels are not kept."""
    fleet = rows.fleet
    offer = fleet.offer[slot].tolist()
    first, last = offer[FIRST], offer[FIRST] + offer[COUNT]
    stops, taken = fleet.stop[first:last].tolist(), fleet.taken[first:last].tolist()
    ways = fleet.ways[offer[WAY_FIRST] : offer[WAY_FIRST] + offer[WAYS]].tolist()
    planned_s = stops[-1][AT]
    planned_m = sum(stop[LEG_M] for stop in stops[:-1])
    return VehiclePlan(
        offer_id=offer[OFFER_ID],
        stops=tuple(
            PlannedStop(Place(*point), at_s := offer[DEPARTS] + stop[AT], stop[DWELL], at_s + stop[LATE])
            for stop, point in zip(stops, rows.point[first:last].tolist(), strict=True)
        ),
        legs=tuple(
            PlannedLeg(stop[LEG_S], stop[LEG_M], **{f"taken_{kind}": n for kind, n in zip(KINDS, on_it, strict=True)})
            for stop, on_it in zip(stops[:-1], taken, strict=False)
        ),
        configurations=tuple(Configuration("", **dict(zip(KINDS, way, strict=True))) for way in ways),
        empty_s=offer[EMPTY_S],
        empty_m=offer[EMPTY_M],
        max_detour_s=offer[LIMIT_S] + planned_s - offer[EMPTY_S],
        max_detour_m=offer[LIMIT_M] + planned_m - offer[EMPTY_M],
        flexibility_s=offer[FLEXIBILITY],
    )
