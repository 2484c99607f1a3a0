"""The cheap no: which offers a search need not look at, and which of their stops. Certain bounds only, compiled."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernel import kernel
from routing.matching.fleet import (
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
    FREE,
    LEEWAY,
    LEG_S,
    PLOT,
    REST,
    ROOM,
    SLACK,
)
from routing.travel.sweeps import FROM_DROPOFF, FROM_PICKUP, LANES, LOST_MS, TO_DROPOFF, TO_PICKUP

PUBLIC = 1 << 62
"""Among an offer's flags: everybody may see it."""
ALL_STOPS = -1
"""A plan of more stops than a number has bits is looked at whole."""
BITS = 62
NEVER_S = 2**31


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
    # Arrays are named once: to fetch one out of a tuple in a loop costs more than what is done with it.
    offers, stops = fleet.offer, fleet.stop
    hidden, neighbours, only = sight.hidden, sight.neighbours, sight.only
    from_pickup_s, from_dropoff_s = near.from_pickup_s, near.from_dropoff_s
    to_pickup_s, to_dropoff_s = near.to_pickup_s, near.to_dropoff_s
    on_the_way_s, due_s, seats, dwell_s = window.on_the_way_s, window.due_s, window.seats, window.dwell_s
    pickup_box, dropoff_box, direct_s = near.pickup, near.dropoff, np.int64(near.direct_s)
    person, required, all_drivers = sight.person_id, sight.required, sight.all_drivers
    left, needs, kept = np.empty(len(slots), np.int32), np.empty(len(slots), np.int64), 0
    least, open_s = np.empty((LANES, BITS), np.int64), np.empty((2, BITS), np.int64)
    for slot in slots:
        driver, flags = offers[slot, DRIVER], offers[slot, FLAGS]
        if offers[slot, ENDS] < on_the_way_s or offers[slot, ROOM] < seats:
            continue
        if driver == person or flags & required != required:
            continue
        if (len(hidden) and _is_in(hidden, driver)) or not (all_drivers or _is_in(only, driver)):
            continue
        if flags & PUBLIC == 0 and not _is_in(neighbours, driver):
            continue
        needed, n = np.int64(ALL_STOPS), offers[slot, COUNT]
        if n <= BITS:
            first = offers[slot, FIRST]
            for k in range(n):
                cell = stops[first + k, CELL]
                least[FROM_PICKUP, k], least[FROM_DROPOFF, k] = from_pickup_s[cell], from_dropoff_s[cell]
                least[TO_PICKUP, k], least[TO_DROPOFF, k] = to_pickup_s[cell], to_dropoff_s[cell]
                open_s[0, k] = 0 if inside(stops[first + k, PLOT], pickup_box) else NEVER_S
                open_s[1, k] = 0 if inside(stops[first + k, PLOT], dropoff_box) else NEVER_S
            # as LIMIT_S + FLEXIBILITY, out of what has been read already
            may_add_s = offers[slot, ENDS] - offers[slot, DEPARTS] - stops[first + n - 1, AT]
            needed = stops_in_reach(
                stops, first, n, due_s - offers[slot, DEPARTS], may_add_s, seats, dwell_s, least, direct_s, open_s
            )  # fmt: skip
        if needed:
            left[kept], needs[kept] = slot, needed
            kept += 1
    return left[:kept], needs[:kept]


@kernel
def want_stops(parent: Any, swept: Any, fleet: Any, slots: Any, needs: Any) -> None:
    """Ask for the times of all stops that matter."""
    offers, stops, wanted, turn = fleet.offer, fleet.stop, swept.wanted, swept.turn[0]
    for row in range(len(slots)):
        first, need = offers[slots[row], FIRST], needs[row]
        for k in range(offers[slots[row], COUNT]):
            if need == ALL_STOPS or need >> k & 1:
                for side in range(2):
                    if stops[first + k, REST + side] < LOST_MS:
                        v = stops[first + k, ARC + side]
                        while v >= 0 and wanted[v] != turn:
                            wanted[v] = turn
                            v = parent[v]


@kernel
def _is_in(row: Any, number: Any) -> Any:
    at = np.searchsorted(row, number)
    return at < len(row) and row[at] == number


@kernel
def stops_in_reach(
    stops: Any, first: Any, n: Any, due_s: Any, may_add_s: Any, seats: Any, dwell_s: Any, least: Any, direct_s: Any,
    open_s: Any,
) -> Any:  # fmt: skip
    """Which stops are next to a place where the rider may get on or off, as bits; none when the car cannot serve.

    `least` are the seconds in each lane that the roads take at least, [lanes, stops]; `open_s` is 0 where a stop may
    be used as it is for the pickup or for the dropoff, [2, stops]. It is changed.
    """
    may_add_s += stops[first + n - 1, SLACK]
    needed = np.int64(0)
    for k in range(n):
        if stops[first + k, AT] > due_s:
            open_s[0, k] = NEVER_S
    run = -1  # the first stop from which there is room on all legs up to this one
    for j in range(n - 1):
        here, then = first + j, first + j + 1
        if stops[here, FREE] < seats:
            run = -1
            continue
        if run < 0:
            run = j
        may_be_late_s = np.int64(stops[then, LEEWAY]) + stops[then, SLACK] - stops[here, SLACK]
        stop_s = dwell_s - stops[here, LEG_S]
        out_s = least[TO_DROPOFF, j] + least[FROM_DROPOFF, j + 1] + stop_s
        if out_s > may_be_late_s:
            out_s = NEVER_S
        to_s = least[TO_PICKUP, j]
        comes = np.int64(stops[here, AT]) + stops[here, DWELL] + to_s <= due_s
        on_s = to_s + least[FROM_PICKUP, j + 1] + stop_s
        if not comes or on_s > may_be_late_s:
            on_s = NEVER_S
        through_s = to_s + direct_s + least[FROM_DROPOFF, j + 1] + dwell_s + stop_s
        if comes and through_s <= may_be_late_s and through_s <= may_add_s:
            needed |= 3 << j
        off_s = min(out_s, open_s[1, j + 1])
        for i in range(run, j + 1):  # on at stop i or on leg i, off on leg j or at stop j + 1
            if open_s[0, i] + off_s <= may_add_s:
                needed |= 3 << i | 3 << j
        if on_s + open_s[1, j + 1] <= may_add_s:
            needed |= 3 << j
        open_s[0, j] = min(open_s[0, j], on_s)
    return needed


@kernel
def inside(plot: Any, box: Any) -> Any:
    north, east = plot >> 16 & 0xFFFF, plot & 0xFFFF
    return box[0] <= north <= box[2] and box[1] <= east <= box[3]
