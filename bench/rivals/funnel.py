"""The straight-line funnel: keep the offers whose line passes nearest, and route only those.

This is what carpooling software commonly does before it asks a router: a rider is near an offer when the pickup, and
after it the dropoff, are near the straight lines between its stops.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.distance import EARTH_M
from routing.kernel import kernel
from routing.plan import Place, VehiclePlan

TO_M = EARTH_M * np.pi / 180


class Lines(NamedTuple):
    """The stops of all offers laid end to end; offer `o` owns `first[o]` to `first[o + 1] - 1`."""

    first: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]


def lines_of(plans: Sequence[VehiclePlan]) -> Lines:
    """The straight lines of plans, in their order."""
    stops = [stop.place for plan in plans for stop in plan.stops]
    return Lines(
        np.concatenate([[0], np.cumsum([len(plan.stops) for plan in plans])]).astype(np.int64),
        np.array([place.lat for place in stops]),
        np.array([place.lon for place in stops]),
    )


def nearest(lines: Lines, possible: NDArray[np.bool_], origin: Place, destination: Place, count: int) -> list[int]:
    """The `count` possible offers that pass nearest to origin and then destination, the nearest first."""
    off_m = metres_off(
        lines.first, lines.lat, lines.lon, possible, origin.lat, origin.lon, destination.lat, destination.lon, TO_M
    )
    count = min(count, int(np.isfinite(off_m).sum()))
    kept = np.argpartition(off_m, count - 1)[:count] if count else np.empty(0, np.intp)
    return [int(row) for row in kept[np.argsort(off_m[kept], kind="stable")]]


@kernel
def metres_off(first, lat, lon, possible, on_lat, on_lon, off_lat, off_lon, to_m):  # type: ignore[no-untyped-def]
    """Metres from the pickup and from the dropoff to an offer's line, together; infinite where it may not serve."""
    east_m = to_m * np.cos(np.radians(on_lat))
    ride_x, ride_y = (off_lon - on_lon) * east_m, (off_lat - on_lat) * to_m
    best = np.full(len(first) - 1, np.inf)
    for offer in range(len(best)):
        if not possible[offer]:
            continue
        so_far = np.inf  # the nearest pickup on the lines up to here
        for k in range(first[offer], first[offer + 1] - 1):
            ax, ay = (lon[k] - on_lon) * east_m, (lat[k] - on_lat) * to_m
            dx, dy = (lon[k + 1] - lon[k]) * east_m, (lat[k + 1] - lat[k]) * to_m
            square = dx * dx + dy * dy
            on_at, off_at = 0.0, 0.0
            if square > 0:
                on_at = min(max(-(ax * dx + ay * dy) / square, 0.0), 1.0)
                off_at = min(max(((ride_x - ax) * dx + (ride_y - ay) * dy) / square, 0.0), 1.0)
            on_m = np.hypot(ax + on_at * dx, ay + on_at * dy)
            off_m = np.hypot(ax + off_at * dx - ride_x, ay + off_at * dy - ride_y)
            if on_at <= off_at:
                best[offer] = min(best[offer], on_m + off_m)
            best[offer] = min(best[offer], so_far + off_m)
            so_far = min(so_far, on_m)
    return best
