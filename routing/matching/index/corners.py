"""Offers for riders who walk: a certain bound for each over all meeting points, then all points for the few in front.

The bound of an offer. All points of an end are sources of one sweep, each entered later by a share of what its walk
costs; docs/matching.md says why the score cannot be smaller than what those times give. Compiled.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.kernel import kernel
from routing.matching.approaches import Road, Roads
from routing.matching.ask import SEATS, Ask, Here
from routing.matching.fleet import (
    AT,
    COUNT,
    DEPARTS,
    DWELL,
    FIRST,
    FLEXIBILITY,
    FREE,
    LIMIT_S,
    PLOT,
    SLACK,
)
from routing.matching.index.labels import Climb, Points, forget, label, meet_points, straight_on
from routing.matching.index.roads import nearest_ms
from routing.matching.index.scanning import Map, metres_apart
from routing.matching.index.screening import ALL_STOPS, BITS, NEVER_S, Near, inside, stops_in_reach, want_stops
from routing.matching.index.store import Rows
from routing.matching.scan import NO_CHOICE, best_choice, found_room, nearest_onward
from routing.plan import UNREACHABLE
from routing.travel.hierarchy import METRE_BITS
from routing.travel.sweeps import (
    FROM_DROPOFF,
    FROM_PICKUP,
    LANES,
    LOST,
    LOST_MS,
    TO_DROPOFF,
    TO_PICKUP,
    Swept,
    begin,
    climb,
    sweep,
    want,
)

_ROUNDED_S = 0.5
"""A road may be told shorter by this much."""
_MOST = 4.0


@kernel
def shares(weights: Any) -> Any:
    """What share of a walk may delay each of its ends' roads, at the pickup and at the dropoff; and the wait's weight.

    The score is at least as steep in the walk as in the roads that the walk makes look longer.
    """
    driver, walk, wait, ride = weights
    roads = 2 * driver + ride
    at_dropoff = min(walk / roads, _MOST) if roads > 0 else _MOST
    if walk < wait:
        return at_dropoff, at_dropoff, 0.0
    at_pickup = min((walk - wait) / (roads + wait), _MOST) if roads + wait > 0 else _MOST
    return at_pickup, at_dropoff, wait


@kernel
def least_scores(
    rows: Rows, roads_of: Map, swept: Swept, pickups: Points, dropoffs: Points, near: Near, ask: Ask,
    slots: NDArray[np.int32], needs: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:  # fmt: skip
    """For each offer a score that it cannot fall below, `NO_CHOICE` when it cannot serve; and the stops that matter."""
    straight_s = _sweep_from_all(rows, roads_of, swept, pickups, dropoffs, ask, 0.0, 0.0, slots, needs)
    left = _still_in_reach(rows, swept, near, ask, np.int64(straight_s), slots, needs)
    at_pickup, at_dropoff, wait = shares(ask.weights)
    straight_s = _sweep_from_all(rows, roads_of, swept, pickups, dropoffs, ask, at_pickup, at_dropoff, slots, left)
    offers, stops, lanes = rows.fleet.offer, rows.fleet.stop, swept.lanes
    pickup_box, dropoff_box, seats, dwell_s = near.pickup, near.dropoff, ask.wants[SEATS], ask.dwell_s
    earliest_s, weights = ask.earliest_s, ask.weights
    most = 2
    for slot in slots:
        most = max(most, offers[slot, COUNT])
    times, used = np.empty((LANES, most)), np.empty((2, most), np.bool_)
    bounds = np.full(len(slots), NO_CHOICE, np.int64)
    for number in range(len(slots)):
        slot, need = slots[number], left[number]
        if not need:
            continue
        first, n = offers[slot, FIRST], offers[slot, COUNT]
        for k in range(n):
            used[0, k] = inside(stops[first + k, PLOT], pickup_box)
            used[1, k] = inside(stops[first + k, PLOT], dropoff_box)
            times[0, k] = times[1, k] = times[2, k] = times[3, k] = NEVER_S
            if need == ALL_STOPS or need >> k & 1:
                ms = nearest_ms(lanes, stops, first + k)  # below zero on an arc of some point: there it may be nothing
                times[0, k], times[1, k] = max(ms[0] / 1000 - _ROUNDED_S, 0.0), max(ms[1] / 1000 - _ROUNDED_S, 0.0)
                times[2, k], times[3, k] = max(ms[2] / 1000 - _ROUNDED_S, 0.0), max(ms[3] / 1000 - _ROUNDED_S, 0.0)
        bound = _least_score(
            stops, first, n, np.float64(earliest_s - offers[slot, DEPARTS]), offers[slot, FLEXIBILITY], seats, dwell_s,
            weights, wait, times, max(straight_s - _ROUNDED_S, 0.0), used,
        )  # fmt: skip
        bounds[number] = min(math.floor(bound - 1e-6), NO_CHOICE)
    return bounds, left


@kernel
def _still_in_reach(
    rows: Any, swept: Any, near: Any, ask: Any, straight_s: Any, slots: Any, needs: Any
) -> Any:  # fmt: skip
    """The test of the cheap no again, with the roads to the nearest points: which stops of each offer matter."""
    offers, stops, lanes = rows.fleet.offer, rows.fleet.stop, swept.lanes
    due_s, seats, dwell_s = ask.latest_s + ask.walk_to_s.max(), ask.wants[SEATS], ask.dwell_s
    pickup_box, dropoff_box = near.pickup, near.dropoff
    least, open_s = np.empty((LANES, BITS), np.int64), np.empty((2, BITS), np.int64)
    left = needs.copy()
    for number in range(len(slots)):
        slot, need = slots[number], needs[number]
        first, n = offers[slot, FIRST], offers[slot, COUNT]
        if n > BITS:
            continue
        for k in range(n):
            least[0, k] = least[1, k] = least[2, k] = least[3, k] = NEVER_S
            if need >> k & 1:
                ms = nearest_ms(lanes, stops, first + k)
                least[0, k], least[1, k] = max(ms[0] // 1000, 0), max(ms[1] // 1000, 0)
                least[2, k], least[3, k] = max(ms[2] // 1000, 0), max(ms[3] // 1000, 0)
            open_s[0, k] = 0 if inside(stops[first + k, PLOT], pickup_box) else NEVER_S
            open_s[1, k] = 0 if inside(stops[first + k, PLOT], dropoff_box) else NEVER_S
        may_add_s = offers[slot, LIMIT_S] + offers[slot, FLEXIBILITY]
        left[number] = stops_in_reach(
            stops, first, n, due_s - offers[slot, DEPARTS], may_add_s, seats, dwell_s, least, straight_s, open_s
        )  # fmt: skip
    return left


@kernel
def _sweep_from_all(
    rows: Any, roads_of: Any, swept: Any, pickups: Any, dropoffs: Any, ask: Any, at_pickup: Any, at_dropoff: Any,
    slots: Any, needs: Any,
) -> Any:  # fmt: skip
    """Lanes from and to the nearest point of either end; returns the seconds of the shortest way straight on.

    The last metres to the doors are left out: between a place and itself there are none.
    """
    begin(swept)
    links, ons, offs = roads_of.links, len(pickups.arc), len(dropoffs.arc)
    arcs, costs = np.empty(2 * (ons + offs), np.int32), np.full((2 * (ons + offs), LANES), LOST_MS, np.int64)
    late_ms = np.empty(offs, np.int64)
    for number in range(ons + offs):
        door = 0 if number < ons else 1
        points, p = (pickups, number) if door == 0 else (dropoffs, number - ons)
        walk_s = ask.walk_to_s[p] if door == 0 else ask.walk_from_s[p]
        delay_ms = np.int64(1000 * walk_s * (at_pickup if door == 0 else at_dropoff))
        if door == 1:
            late_ms[p] = delay_ms
        for side in range(2):
            row = 2 * number + side
            arcs[row] = points.arc[p, side]
            if points.rest[p, side] < LOST:
                rest_ms = points.rest[p, side] >> METRE_BITS
                costs[row, FROM_PICKUP + door] = delay_ms + rest_ms
                costs[row, TO_PICKUP + door] = delay_ms - rest_ms
    climb(links, swept, arcs, costs, LOST_MS)
    for arc in arcs:
        want(links.parent, swept, arc)
    want_stops(links.parent, swept, rows.fleet, slots, needs)
    sweep(links, swept)
    straight_ms = np.int64(LOST_MS)
    for q in range(offs):
        for side in range(2):
            if dropoffs.rest[q, side] < LOST:
                rest_ms = dropoffs.rest[q, side] >> METRE_BITS
                way_ms = max(swept.lanes[dropoffs.arc[q, side], FROM_PICKUP] - rest_ms, 0)
                straight_ms = min(straight_ms, way_ms + late_ms[q])
    return straight_ms / 1000


@kernel
def _least_score(
    stops: Any, first: Any, n: Any, earliest_s: Any, flexibility_s: Any, seats: Any, dwell_s: Any, weights: Any,
    wait: Any, times: Any, straight_s: Any, used: Any,
) -> Any:  # fmt: skip
    """The least score of any choice when roads take `times`, and all that depends on them is let off."""
    driver, _walk, _wait, ride = weights
    all_slack_s = np.float64(stops[first + n - 1, SLACK])
    best = np.float64(NO_CHOICE)
    for i in range(n - 1):
        here = first + i
        if stops[here, FREE] < seats:
            continue
        for on_stop in (True, False):
            if on_stop and not used[0, i]:
                continue
            at_s, slack_s = np.float64(stops[here, AT]), np.float64(stops[here, SLACK])
            arrival_s = at_s if on_stop else at_s + stops[here, DWELL] + times[TO_PICKUP, i]
            if arrival_s >= NEVER_S:
                continue
            waited = wait * max(arrival_s - earliest_s, 0.0)
            meet_s = max(arrival_s, earliest_s)
            if flexibility_s > 0:  # the driver leaves later instead of waiting, and slack is let off altogether
                meet_s = max(meet_s - flexibility_s, arrival_s - slack_s)
            if not on_stop:
                # both get on and off before the next stop
                late_s = meet_s + 2 * dwell_s + straight_s + times[FROM_DROPOFF, i + 1] - stops[here + 1, AT]
                added_s = _added(late_s, all_slack_s - stops[here + 1, SLACK], flexibility_s)
                best = min(best, waited + driver * added_s + ride * (dwell_s + straight_s))
            start = i if on_stop else i + 1
            # how late the car is at `start`, and how long the rider has been aboard by then, without any slack
            aboard_s = 0.0 if on_stop else dwell_s + times[FROM_PICKUP, i + 1]
            late_start_s = meet_s - at_s if on_stop else meet_s + aboard_s - stops[first + start, AT]
            if late_start_s >= NEVER_S:
                continue
            for j in range(start, n):
                stop = first + j
                passed_s = np.float64(stops[stop, SLACK] - stops[first + start, SLACK])
                late_s = late_start_s - passed_s if flexibility_s > 0 else max(max(late_start_s, 0.0) - passed_s, 0.0)
                rides_s = aboard_s + stops[stop, AT] - stops[first + start, AT] - passed_s
                if j > i and used[1, j]:
                    added_s = _added(late_s, all_slack_s - stops[stop, SLACK], flexibility_s)
                    best = min(best, waited + driver * added_s + ride * rides_s)
                if j == n - 1 or stops[stop, FREE] < seats:
                    break
                out_s = stops[stop, DWELL] + times[TO_DROPOFF, j]
                next_late_s = late_s + out_s + dwell_s + times[FROM_DROPOFF, j + 1] - stops[stop, DWELL]
                next_late_s -= stops[stop + 1, AT] - stops[stop, AT] - stops[stop, DWELL]
                added_s = _added(next_late_s, all_slack_s - stops[stop + 1, SLACK], flexibility_s)
                best = min(best, waited + driver * added_s + ride * (rides_s + out_s))
    return best


@kernel
def _added(late_s: Any, slack_s: Any, flexibility_s: Any) -> Any:
    if flexibility_s > 0:
        return max(late_s - slack_s, -np.float64(flexibility_s))
    return max(late_s - slack_s, 0.0)


@kernel
def best_over_corners(
    rows: Rows, roads_of: Map, room: Climb, pickups: Points, dropoffs: Points, near: Near, ask: Ask, same_place_m: int,
    k: int, slots: NDArray[np.int32], needs: NDArray[np.int64], bounds: NDArray[np.int64],
) -> tuple[NDArray[np.int64], Roads]:  # fmt: skip
    """The best choices [looked at, 7], all limits kept, of offers in the order of their bounds, and their stops' roads.

    An offer is looked at as long as its bound is no worse than the `k`-th best score. Of the roads, only those to and
    from the chosen points are told.
    """
    links, turns = roads_of.links, roads_of.turns
    on, off = label(links, pickups, room.row[0]), label(links, dropoffs, room.row[1])
    ons, offs = len(pickups.arc), len(dropoffs.arc)
    direct = straight_on(links, turns, room, pickups, dropoffs, on, off)
    most, total = 2, 0
    for slot in slots:
        most, total = max(most, rows.fleet.offer[slot, COUNT]), total + rows.fleet.offer[slot, COUNT]
    roads = Roads(_road(most, ons), _road(most, ons), _road(most, offs), _road(most, offs), _road(ons, offs))
    for p in range(ons):
        for q in range(offs):
            through = direct[p, q] + pickups.access[p] + dropoffs.access[q]
            if _same(pickups.point[p], dropoffs.point[q]):
                through = np.int64(0)
            _tell(roads.direct, p, q, through)
    told = Roads(_road(total, 1), _road(total, 1), _road(total, 1), _road(total, 1), _road(len(slots), 1))
    here = Here(np.zeros((most, ons), np.bool_), np.zeros((most, offs), np.bool_))
    full, least, onward = np.empty(most, np.int64), np.empty((3, most)), nearest_onward(roads.direct.s, ask)
    to_p, from_p = np.empty(ons, np.int64), np.empty(ons, np.int64)
    to_q, from_q = np.empty(offs, np.int64), np.empty(offs, np.int64)
    choices, front, row, looked = np.empty((len(slots), 7), np.int64), np.full(k, NO_CHOICE, np.int64), 0, 0
    for number in range(len(slots)):
        if bounds[number] > front[k - 1]:
            break
        slot, looked = slots[number], number + 1
        first, n = rows.fleet.offer[slot, FIRST], rows.fleet.offer[slot, COUNT]
        for s in range(n):
            stop = first + s
            here.pickup[s, :] = False
            here.dropoff[s, :] = False
            if needs[number] == ALL_STOPS or needs[number] >> s & 1:
                meet_points(
                    links, turns, room, rows.fleet.stop[stop], rows.dm[stop], pickups, dropoffs, on, off,
                    to_p, from_p, to_q, from_q,
                )  # fmt: skip
            else:
                to_p[:], from_p[:], to_q[:], from_q[:] = LOST, LOST, LOST, LOST
            if inside(rows.fleet.stop[stop, PLOT], near.pickup):
                _look_around(rows.point[stop], pickups.point, same_place_m, here.pickup[s], to_p, from_p)
            if inside(rows.fleet.stop[stop, PLOT], near.dropoff):
                _look_around(rows.point[stop], dropoffs.point, same_place_m, here.dropoff[s], to_q, from_q)
            for p in range(ons):
                _tell(roads.to_pickup, s, p, to_p[p])
                _tell(roads.from_pickup, s, p, from_p[p])
            for q in range(offs):
                _tell(roads.to_dropoff, s, q, to_q[q])
                _tell(roads.from_dropoff, s, q, from_q[q])
        found_room(rows.fleet, slot, ask, full)
        beat = min(front[k - 1] + 1, NO_CHOICE)
        choice = best_choice(rows.fleet, slot, roads, here, 0, ask, True, full, least, onward, beat)
        for part in range(7):
            choices[number, part] = choice[part]
        if choice[0] < beat:
            p, q = choice[1], choice[4]
            _copy(roads.direct, p, q, told.direct, number)
            for s in range(n):
                _copy(roads.to_pickup, s, p, told.to_pickup, row + s)
                _copy(roads.from_pickup, s, p, told.from_pickup, row + s)
                _copy(roads.to_dropoff, s, q, told.to_dropoff, row + s)
                _copy(roads.from_dropoff, s, q, told.from_dropoff, row + s)
            _put_in_front(front, choice[0])
        else:
            choices[number, 0] = NO_CHOICE
        row += n
    forget(on, room.row[0])
    forget(off, room.row[1])
    return choices[:looked], told


@kernel
def _put_in_front(front: Any, score: Any) -> None:
    """Keep the best scores in order."""
    at = len(front) - 1
    while at > 0 and front[at - 1] > score:
        front[at] = front[at - 1]
        at -= 1
    front[at] = score


@kernel
def _look_around(point: Any, points: Any, same_place_m: Any, here: Any, there: Any, back: Any) -> None:
    for p in range(len(points)):
        apart_m = metres_apart(point, points[p])
        here[p] = apart_m <= same_place_m
        if apart_m == 0:
            there[p] = back[p] = 0


@kernel
def _same(one: Any, other: Any) -> Any:
    return one[0] == other[0] and one[1] == other[1]


@kernel
def _tell(road: Any, row: Any, column: Any, packed: Any) -> None:
    if packed >= LOST // 2:
        road.s[row, column] = road.m[row, column] = UNREACHABLE
    else:
        road.s[row, column] = ((packed >> METRE_BITS) + 500) // 1000
        road.m[row, column] = ((packed & ((1 << METRE_BITS) - 1)) + 5) // 10


@kernel
def _copy(road: Any, row: Any, column: Any, told: Any, to: Any) -> None:
    told.s[to, 0], told.m[to, 0] = road.s[row, column], road.m[row, column]


@kernel
def _road(count: Any, points: Any) -> Any:
    return Road(np.full((count, points), UNREACHABLE, np.int32), np.full((count, points), UNREACHABLE, np.int32))
