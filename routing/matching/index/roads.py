"""How long the roads are between a stop of an offer and the ends of a request: the one place where lanes are read."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernel import kernel
from routing.matching.fleet import ACCESS, ARC, REST
from routing.matching.index.store import Rows
from routing.plan import UNREACHABLE
from routing.streets.network import Network
from routing.travel.hierarchy import METRE_BITS, UNREACHED, link_weights, unpack
from routing.travel.snaps import Snaps
from routing.travel.sweeps import FROM_DROPOFF, FROM_PICKUP, LANES, LOST, LOST_MS, TO_DROPOFF, TO_PICKUP, want

DOORS = 2
"""The pickup's and the dropoff's, in this order."""


class Turns(NamedTuple):
    """The turns at the end of each arc, and those into it, with the packed weight of turn and next arc."""

    first: NDArray[np.int64]
    to: NDArray[np.int32]
    into_first: NDArray[np.int64]
    by_to: NDArray[np.int32]
    out_of: NDArray[np.int32]
    weight: NDArray[np.int64]


class Doors(NamedTuple):
    """The two ends of a request, each at one place on the road."""

    point: NDArray[np.float64]
    """[2, 2] degrees"""
    arc: NDArray[np.int32]
    """[2, 2]"""
    rest: NDArray[np.int64]
    """[2, 2] packed: to the end of that arc, `LOST` where the arc does not count"""
    access: NDArray[np.int64]
    """[2] packed: between road and door"""


def turns_of(network: Network) -> Turns:
    """As the network has them."""
    return Turns(
        np.asarray(network.turn_first),
        np.asarray(network.turn_to),
        np.asarray(network.into_first),
        np.asarray(network.turn_by_to),
        np.asarray(network.turn_from),
        link_weights(network),
    )


def doors_of(snaps: Snaps) -> Doors:
    """Of a snapped pickup and dropoff."""
    return Doors(snaps.point, snaps.leave_node, snaps.leave_cost, snaps.access)


def write_snaps(rows: Rows, snaps: Snaps) -> None:
    """Into the rows of stops, one for each place: their arcs, the rest of each, and the way between road and door."""
    stop = rows.fleet.stop
    stop[:, ARC : ARC + 2] = snaps.leave_node
    costs = np.concatenate([snaps.leave_cost, snaps.access[:, None]], axis=1)
    rest_ms, rest_dm = unpack(costs)
    stop[:, REST : REST + 3] = np.where(costs >= UNREACHED, LOST_MS, rest_ms)
    rows.dm[:] = rest_dm
    rows.point[:] = snaps.point


@kernel
def sources(doors: Any, packed: Any) -> Any:
    """Arcs [4] at which the doors enter the sweep, and the cost in each lane [4, lanes]."""
    lost = LOST if packed else LOST_MS
    arcs, costs = np.empty(2 * DOORS, np.int32), np.full((2 * DOORS, LANES), lost, np.int64)
    for door in range(DOORS):
        for side in range(2):
            row = 2 * door + side
            arcs[row] = doors.arc[door, side]
            if doors.rest[door, side] < LOST:
                rest = doors.rest[door, side] if packed else doors.rest[door, side] >> METRE_BITS
                costs[row, FROM_PICKUP + door] = rest
                costs[row, TO_PICKUP + door] = -rest
    return arcs, costs


@kernel
def want_around(turns: Any, parent: Any, swept: Any, doors: Any) -> None:
    """Ask for what `_around` may need."""
    for arc in doors.arc.ravel():
        for k in range(turns.into_first[arc], turns.into_first[arc + 1]):
            want(parent, swept, turns.out_of[turns.by_to[k]])
        for turn in range(turns.first[arc], turns.first[arc + 1]):
            want(parent, swept, turns.to[turn])


@kernel
def roads_ms(turns: Any, lanes: Any, access: Any, stops: Any, row: Any) -> Any:
    """Milliseconds between a stop and the doors, in the order of lanes; not when both are one place."""
    a, b, c, d = nearest_ms(lanes, stops, row)
    if min(min(a, b), min(c, d)) < 0:  # a goal lies behind the start on the same arc
        a, b, c, d = _roads_round_ms(turns, lanes, stops, row)
    at_pickup, at_dropoff = access[0] + stops[row, ACCESS], access[1] + stops[row, ACCESS]
    return a + at_pickup, b + at_dropoff, c + at_pickup, d + at_dropoff


@kernel
def nearest_ms(lanes: Any, stops: Any, row: Any) -> Any:
    """The lanes at a stop, over both of its arcs; below zero where a goal lies behind the start."""
    a, b, c, d = np.int64(LOST_MS), np.int64(LOST_MS), np.int64(LOST_MS), np.int64(LOST_MS)
    for side in range(2):
        arc, rest = stops[row, ARC + side], np.int64(stops[row, REST + side])
        if rest < LOST_MS:
            a, b = min(a, lanes[arc, FROM_PICKUP] - rest), min(b, lanes[arc, FROM_DROPOFF] - rest)
            c, d = min(c, lanes[arc, TO_PICKUP] + rest), min(d, lanes[arc, TO_DROPOFF] + rest)
    return a, b, c, d


@kernel
def _roads_round_ms(turns: Any, lanes: Any, stops: Any, row: Any) -> Any:
    """The same where some goal lies behind the start: round some block."""
    best = np.full(LANES, LOST_MS, np.int64)
    for side in range(2):
        arc, rest = stops[row, ARC + side], np.int64(stops[row, REST + side])
        for lane in range(LANES):
            sign = 1 if lane >= TO_PICKUP else -1
            if rest < LOST_MS:
                through = lanes[arc, lane] + sign * rest
                if through < 0:
                    through = _around(turns, lanes, arc, lane, False) + sign * rest
                best[lane] = min(best[lane], through)
    return best[0], best[1], best[2], best[3]


@kernel
def road_packed(turns: Any, swept: Any, doors: Any, stop: Any, dm: Any, lane: Any) -> Any:
    """The same packed, from packed lanes."""
    door = lane - TO_PICKUP if lane >= TO_PICKUP else lane
    sign = 1 if lane >= TO_PICKUP else -1
    best = np.int64(LOST)
    for side in range(2):
        arc, rest = stop[ARC + side], np.int64(stop[REST + side])
        if rest >= LOST_MS:
            continue
        rest = (rest << METRE_BITS) | dm[side]
        through = swept.lanes[arc, lane] + sign * rest
        if through < 0:
            through = _around(turns, swept.lanes, arc, lane, True) + sign * rest
        best = min(best, through)
    return best + doors.access[door] + ((np.int64(stop[ACCESS]) << METRE_BITS) | dm[2])


@kernel
def _around(turns: Any, lanes: Any, arc: Any, lane: Any, packed: Any) -> Any:
    """The way round some block to the end of the arc again, in lanes from a door; or from there, in lanes to a door."""
    shift = 0 if packed else METRE_BITS
    best = np.int64(LOST if packed else LOST_MS)
    if lane < TO_PICKUP:
        for k in range(turns.into_first[arc], turns.into_first[arc + 1]):
            turn = turns.by_to[k]
            best = min(best, lanes[turns.out_of[turn], lane] + (turns.weight[turn] >> shift))
    else:
        for turn in range(turns.first[arc], turns.first[arc + 1]):
            best = min(best, lanes[turns.to[turn], lane] + (turns.weight[turn] >> shift))
    return best


@kernel
def whole_seconds(ms: Any) -> Any:
    """As `travel.matrix` rounds."""
    return UNREACHABLE if ms >= LOST_MS // 2 else (ms + 500) // 1000
