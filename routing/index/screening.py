"""The cheap no: which offers a search need not look at, and which of their stops. Certain bounds only, compiled."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.fleet import (
    ARC,
    AT,
    CELL,
    COUNT,
    DEPARTS,
    DRIVER,
    DWELL,
    ENDS,
    FIRST,
    FLAGS,
    FLEXIBILITY,
    FREE,
    LEEWAY,
    LEG_S,
    LIMIT_S,
    PLOT,
    REST,
    ROOM,
    SLACK,
)
from routing.kernel import kernel
from routing.sweeps import LOST_MS, want

PUBLIC = 1 << 62
"""Among an offer's flags: everybody may see it."""
ALL_STOPS = -1
"""A plan of more stops than a number has bits is looked at whole."""
_BITS = 62
_NEVER = 2**31


class Sight(NamedTuple):
    """What the asker may see; the numbers are drivers', each row sorted."""

    person_id: int
    hidden: NDArray[np.int64]
    neighbours: NDArray[np.int64]
    required: int
    only: NDArray[np.int64]
    all_drivers: bool
    """whether `only` does not count"""


class Window(NamedTuple):
    """When and how a car must come by at least, with any walk that the rider takes. Hours are epoch seconds."""

    on_the_way_s: int
    """the car must still be on its way"""
    due_s: int
    """and have met the rider"""
    seats: int
    dwell_s: int


class Near(NamedTuple):
    """Bounds by cells, and the boxes around all meeting points, by plots."""

    from_pickup_s: NDArray[np.int16]
    """[cells]"""
    from_dropoff_s: NDArray[np.int16]
    to_pickup_s: NDArray[np.int16]
    to_dropoff_s: NDArray[np.int16]
    direct_s: int
    pickup: tuple[int, int, int, int]
    """south, west, north, east: in it, a stop may be used as it is"""
    dropoff: tuple[int, int, int, int]


@kernel
def screen(fleet: Any, slots: Any, sight: Any, window: Any, near: Any) -> Any:
    """The slots that are left, and for each the stops whose roads matter: bit `k` for stop `k`."""
    left, needs, kept = np.empty(len(slots), np.int32), np.empty(len(slots), np.int64), 0
    pickup, dropoff = np.empty(_BITS, np.int64), np.empty(_BITS, np.int64)
    for slot in slots:
        offer = fleet.offer[slot]
        if offer[ENDS] < window.on_the_way_s or offer[ROOM] < window.seats or not _sees(offer, sight):
            continue
        needed = np.int64(ALL_STOPS)
        if offer[COUNT] <= _BITS:
            stops = fleet.stop[offer[FIRST] : offer[FIRST] + offer[COUNT]]
            needed = _stops_in_reach(offer, stops, window, near, pickup, dropoff)
        if needed:
            left[kept], needs[kept] = slot, needed
            kept += 1
    return left[:kept], needs[:kept]


@kernel
def want_stops(parent: Any, swept: Any, fleet: Any, slots: Any, needs: Any) -> None:
    """Ask for the times of all stops that matter."""
    for row in range(len(slots)):
        offer = fleet.offer[slots[row]]
        for k in range(offer[COUNT]):
            if needs[row] == ALL_STOPS or needs[row] >> k & 1:
                stop = fleet.stop[offer[FIRST] + k]
                for side in range(2):
                    if stop[REST + side] < LOST_MS:
                        want(parent, swept, stop[ARC + side])


@kernel
def _sees(offer: Any, sight: Any) -> Any:
    driver = offer[DRIVER]
    if driver == sight.person_id or offer[FLAGS] & sight.required != sight.required:
        return False
    if _is_in(sight.hidden, driver) or not (sight.all_drivers or _is_in(sight.only, driver)):
        return False
    return offer[FLAGS] & PUBLIC != 0 or _is_in(sight.neighbours, driver)


@kernel
def _is_in(row: Any, number: Any) -> Any:
    at = np.searchsorted(row, number)
    return at < len(row) and row[at] == number


@kernel
def _stops_in_reach(offer: Any, stops: Any, window: Any, near: Any, pickup: Any, dropoff: Any) -> Any:
    """Which stops are next to a place where the rider may get on or off; each cost is the least that it can be."""
    n = len(stops)
    due_s = window.due_s - offer[DEPARTS]
    may_add_s = offer[LIMIT_S] + offer[FLEXIBILITY] + stops[n - 1, SLACK]
    needed = np.int64(0)
    for k in range(n):
        here = stops[k]
        if here[AT] > due_s:
            pickup[k] = _NEVER
        elif _inside(here[PLOT], near.pickup):
            pickup[k] = 0
        else:
            pickup[k] = _NEVER
        dropoff[k] = 0 if _inside(here[PLOT], near.dropoff) else _NEVER
    run = -1  # the first stop from which there is room on all legs up to this one
    for j in range(n - 1):
        here, then = stops[j], stops[j + 1]
        if here[FREE] < window.seats:
            run = -1
            continue
        if run < 0:
            run = j
        may_be_late_s = then[LEEWAY] + then[SLACK] - here[SLACK]
        out_s = near.to_dropoff_s[here[CELL]] + near.from_dropoff_s[then[CELL]] + window.dwell_s - here[LEG_S]
        if out_s > may_be_late_s:
            out_s = _NEVER
        to_s = np.int64(near.to_pickup_s[here[CELL]])
        comes = here[AT] + here[DWELL] + to_s <= due_s
        on_s = to_s + near.from_pickup_s[then[CELL]] + window.dwell_s - here[LEG_S]
        if not comes or on_s > may_be_late_s:
            on_s = _NEVER
        through_s = to_s + near.direct_s + near.from_dropoff_s[then[CELL]] + 2 * window.dwell_s - here[LEG_S]
        if comes and through_s <= may_be_late_s and through_s <= may_add_s:
            needed |= 3 << j
        for i in range(
            run, j + 1
        ):  # on at stop i as it is, or on leg i before this one; off on leg j, or at stop j + 1
            off_s = min(out_s, dropoff[j + 1])
            if pickup[i] + off_s <= may_add_s:
                needed |= 3 << i | 3 << j
        if on_s + dropoff[j + 1] <= may_add_s:
            needed |= 3 << j
        pickup[j] = min(pickup[j], on_s)
    return needed


@kernel
def _inside(plot: Any, box: Any) -> Any:
    north, east = plot >> 16 & 0xFFFF, plot & 0xFFFF
    return box[0] <= north <= box[2] and box[1] <= east <= box[3]
