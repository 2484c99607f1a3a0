"""Many plans as arrays in a row, for the compiled scan; kinds of room are in the order of `capacity.KINDS`."""

from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing import capacity
from routing.insertion import free_flexibility_s, planned_times
from routing.plan import PlannedLeg, VehiclePlan

_END = PlannedLeg(duration_s=0, distance_m=0)
"""Stands at a plan's last stop, where no leg starts, so that stops and legs share their numbers."""


class Fleet(NamedTuple):
    """Plans laid end to end; plan `o` owns stops `first[o]` to `first[o + 1] - 1`. All int64."""

    first: NDArray[np.int64]
    """[plans + 1]"""
    at_s: NDArray[np.int64]
    """[stops] epoch seconds"""
    dwell_s: NDArray[np.int64]
    """[stops]"""
    may_be_late_s: NDArray[np.int64]
    """[stops] how much later than planned the car may still come"""
    leg: NDArray[np.int64]
    """[stops, 2] of the leg that starts here: seconds, metres"""
    taken: NDArray[np.int64]
    """[stops, kinds] what is taken on the leg that starts here"""
    first_way: NDArray[np.int64]
    """[plans + 1]"""
    ways: NDArray[np.int64]
    """[configurations, kinds] room"""
    limits: NDArray[np.int64]
    """[plans, 3] how many seconds and metres may still be added, and how much later the driver may leave"""


def line_up(plans: Sequence[VehiclePlan]) -> Fleet:
    """Lay `plans` end to end, in their order."""
    times = [planned_times(plan) for plan in plans]
    stops = [stop for plan in plans for stop in plan.stops]
    legs = [leg for plan in plans for leg in (*plan.legs, _END)]
    ways = [way for plan in plans for way in plan.configurations]
    at_s = _column(chain.from_iterable(times))
    return Fleet(
        first=_starts(len(plan.stops) for plan in plans),
        at_s=at_s,
        dwell_s=_column(stop.dwell_s for stop in stops),
        may_be_late_s=np.maximum(_column(stop.latest_s for stop in stops) - at_s, 0),
        leg=_rows(((leg.duration_s, leg.distance_m) for leg in legs), width=2),
        taken=_rows(map(capacity.taken, legs), width=len(capacity.KINDS)),
        first_way=_starts(len(plan.configurations) for plan in plans),
        ways=_rows(map(capacity.room, ways), width=len(capacity.KINDS)),
        limits=_rows((_limits(plan, time[-1] - time[0]) for plan, time in zip(plans, times, strict=True)), width=3),
    )


def _limits(plan: VehiclePlan, planned_s: int) -> tuple[int, int, int]:
    planned_m = sum(leg.distance_m for leg in plan.legs)
    return (
        plan.max_detour_s - (planned_s - plan.empty_s),
        plan.max_detour_m - (planned_m - plan.empty_m),
        free_flexibility_s(plan),
    )


def _starts(lengths: Iterable[int]) -> NDArray[np.int64]:
    return _column(accumulate(lengths, initial=0))


def _column(values: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(values, np.int64)


def _rows(rows: Iterable[tuple[int, ...]], *, width: int) -> NDArray[np.int64]:
    return _column(chain.from_iterable(rows)).reshape(-1, width)
