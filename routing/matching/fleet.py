"""Many plans as arrays in a row, for the compiled scan; kinds of room are in the order of `capacity.KINDS`."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing import capacity
from routing.kernel import kernel
from routing.plan import PlannedLeg, VehiclePlan

# Columns of `Fleet.offer`, so ordered that what a search looks at first is side by side.
DEPARTS, ENDS, DRIVER, FLAGS, ROOM, FIRST, COUNT, OFFER_ID = range(8)
LIMIT_S, LIMIT_M, FLEXIBILITY, WAY_FIRST, WAYS, VERSION, EMPTY_S, EMPTY_M = range(8, 16)
OFFER_COLUMNS = 16
# Columns of `Fleet.stop`: sixteen of four bytes, so that a stop is one line of the processor's cache.
AT, DWELL, SLACK, LATE, LEEWAY, HEAD, LEG_S, LEG_M, FREE = range(9)
ARC, ARC_BACK, REST, REST_BACK, ACCESS, CELL, PLOT = range(9, 16)
STOP_COLUMNS = 16

FOREVER = 2**30
"""More than any number of seconds or metres in a stop's row."""
_END = PlannedLeg(duration_s=0, distance_m=0)
"""Stands at a plan's last stop, where no leg starts, so that stops and legs share their numbers."""


class Fleet(NamedTuple):
    """Plans as rows; plan `o` owns stops `offer[o, FIRST]` to `offer[o, FIRST] + offer[o, COUNT] - 1`."""

    offer: NDArray[np.int64]
    """[plans, 16]

    DEPARTS: epoch seconds at which the car leaves as planned · ENDS: the latest at which it may still be on its way
    LIMIT_S, LIMIT_M: how much may still be added · FLEXIBILITY: how much later the driver may still leave
    ROOM: the most seats free on any leg · WAY_FIRST, WAYS: its configurations in `ways` · EMPTY_S, EMPTY_M, OFFER_ID
    DRIVER, FLAGS, VERSION: for the index
    """
    stop: NDArray[np.int32]
    """[stops, 16]

    AT: seconds after the departure · DWELL · SLACK: all slack before it · LATE: how late the car may come here
    LEEWAY: how late it may be here for this stop and all that follow · HEAD: how much later it may start for this stop
    and all before it · LEG_S, LEG_M: of the leg that starts here · FREE: seats still free on it, −1 when no
    configuration covers the plan · ARC … PLOT: for the index
    """
    taken: NDArray[np.int32]
    """[stops, kinds] what is taken on the leg that starts here"""
    ways: NDArray[np.int32]
    """[configurations, kinds] room"""


def line_up(plans: Sequence[VehiclePlan]) -> Fleet:
    """Plans laid end to end, in their order."""
    stops = [stop for plan in plans for stop in plan.stops]
    legs = [leg for plan in plans for leg in (*plan.legs, _END)]
    ways = [way for plan in plans for way in plan.configurations]
    offer = np.zeros((len(plans), OFFER_COLUMNS), np.int64)
    offer[:, OFFER_ID] = _column(plan.offer_id for plan in plans)
    offer[:, COUNT] = _column(len(plan.stops) for plan in plans)
    offer[:, FIRST] = np.cumsum(offer[:, COUNT]) - offer[:, COUNT]
    offer[:, WAYS] = _column(len(plan.configurations) for plan in plans)
    offer[:, WAY_FIRST] = np.cumsum(offer[:, WAYS]) - offer[:, WAYS]
    offer[:, EMPTY_S] = _column(plan.empty_s for plan in plans)
    offer[:, EMPTY_M] = _column(plan.empty_m for plan in plans)
    offer[:, LIMIT_S] = _column(plan.empty_s + plan.max_detour_s for plan in plans)
    offer[:, LIMIT_M] = _column(plan.empty_m + plan.max_detour_m for plan in plans)
    offer[:, FLEXIBILITY] = _column(plan.flexibility_s for plan in plans)
    fleet = Fleet(
        offer,
        np.zeros((len(stops), STOP_COLUMNS), np.int32),
        _rows(map(capacity.taken, legs)).astype(np.int32),
        _rows(map(capacity.room, ways)).astype(np.int32),
    )
    fleet.stop[:, DWELL] = _column(stop.dwell_s for stop in stops)
    fleet.stop[:, LEG_S] = _column(leg.duration_s for leg in legs)
    fleet.stop[:, LEG_M] = _column(leg.distance_m for leg in legs)
    _work_out(fleet, _column(stop.at_s for stop in stops), _column(stop.latest_s for stop in stops))
    return fleet


@kernel
def _work_out(fleet: Any, not_before: Any, latest: Any) -> None:
    """The plan as it is, equation (1), and all that follows from it alone. Limits come as those of the whole plan."""
    for plan in range(len(fleet.offer)):
        offer = fleet.offer[plan]
        begin, n = offer[FIRST], offer[COUNT]
        stops, taken = fleet.stop[begin : begin + n], fleet.taken[begin : begin + n]
        departs_s = not_before[begin]
        at_s, slack_s, whole_m, somebody = departs_s, 0, 0, False
        for k in range(n):
            stops[k, AT], stops[k, SLACK] = at_s - departs_s, slack_s
            stops[k, LATE] = min(max(latest[begin + k] - at_s, 0), FOREVER)
            stops[k, HEAD] = min(stops[k, LATE] + slack_s, stops[k - 1, HEAD] if k > 0 else FOREVER, FOREVER)
            if k + 1 < n:
                whole_m += stops[k, LEG_M]
                road_s = at_s + stops[k, DWELL] + stops[k, LEG_S]
                at_s = max(not_before[begin + k + 1], road_s)
                slack_s += at_s - road_s
                for kind in range(taken.shape[1]):
                    somebody |= taken[k, kind] != 0
        stops[n - 1, LEEWAY] = stops[n - 1, LATE]
        for k in range(n - 2, -1, -1):
            stops[k, LEEWAY] = min(stops[k, LATE], stops[k + 1, LEEWAY] + stops[k + 1, SLACK] - stops[k, SLACK])
        offer[DEPARTS] = departs_s
        if somebody:  # from now on the hour is a promise
            offer[FLEXIBILITY] = 0
        offer[ENDS] = departs_s + offer[FLEXIBILITY] + offer[LIMIT_S]
        offer[LIMIT_S] -= at_s - departs_s
        offer[LIMIT_M] -= whole_m
        _count_seats(fleet, offer, stops, taken)


@kernel
def _count_seats(fleet: Any, offer: Any, stops: Any, taken: Any) -> None:
    """Seats free on each leg when the car is set up for all that is booked on the whole trip."""
    n, seats = len(stops), -1
    kinds = taken.shape[1]
    fullest = np.zeros(kinds, np.int64)
    for k in range(n - 1):
        for kind in range(kinds):
            fullest[kind] = max(fullest[kind], taken[k, kind])
    for way in range(offer[WAY_FIRST], offer[WAY_FIRST] + offer[WAYS]):
        covers = True
        for kind in range(kinds):
            covers &= fleet.ways[way, kind] >= fullest[kind]
        if covers:
            seats = max(seats, fleet.ways[way, 0])  # the first kind
    offer[ROOM] = -1
    for k in range(n):
        stops[k, FREE] = seats - taken[k, 0] if seats >= 0 else -1
        if k + 1 < n:
            offer[ROOM] = max(offer[ROOM], stops[k, FREE])


def _column(values: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(values, np.int64)


def _rows(rows: Iterable[tuple[int, ...]]) -> NDArray[np.int64]:
    return _column(chain.from_iterable(rows)).reshape(-1, len(capacity.KINDS))
