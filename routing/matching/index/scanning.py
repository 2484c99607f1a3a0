"""The best choice in each offer that is left, door to door; compiled. The equations are those of scan.py."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.distance import EARTH_M
from routing.kernel import kernel
from routing.matching.approaches import Road, Roads
from routing.matching.ask import SEATS, Ask, Here
from routing.matching.fleet import COUNT, DEPARTS, FIRST, FLEXIBILITY, LIMIT_S, PLOT
from routing.matching.index.roads import Doors, Turns, road_packed, roads_ms, sources, want_around, whole_seconds
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
    Links,
    Swept,
    begin,
    climb,
    sweep,
    sweep_packed,
    want,
)


class Map(NamedTuple):
    """What the kernels know of the roads."""

    links: Links
    turns: Turns


@kernel
def best_by_doors(
    rows: Rows, roads_of: Map, swept: Swept, doors: Doors, near: Near, ask: Ask, same_place_m: int,
    slots: NDArray[np.int32], needs: NDArray[np.int64],
) -> NDArray[np.int64]:  # fmt: skip
    """The best score of each offer, [slots]; the drivers' limits in metres are taken as kept."""
    begin(swept)
    arcs, costs = sources(doors, False)
    climb(roads_of.links, swept, arcs, costs, LOST_MS)
    parent = roads_of.links.parent
    for arc in arcs:
        want(parent, swept, arc)
    want_around(roads_of.turns, parent, swept, doors)
    want_stops(parent, swept, rows.fleet, slots, needs)
    sweep(roads_of.links, swept)

    total = 0
    for slot in slots:
        total += rows.fleet.offer[slot, COUNT]
    roads, here = _no_roads(total, False), _nowhere(total)
    straight_s = direct_s(roads_of.turns, swept, doors)
    roads.direct.s[0, 0] = straight_s
    _look_up(rows, roads_of.turns, swept, doors, slots, needs, roads)
    _look_around(rows, doors, near, same_place_m, slots, roads, here)
    scores: NDArray[np.int64] = _best_scores(rows, roads, here, ask, straight_s, slots)
    return scores


@kernel
def _best_scores(rows: Any, roads: Any, here: Any, ask: Any, straight_s: Any, slots: Any) -> Any:
    """Few offers can take the rider once their roads are known; only those are scanned."""
    offers, stops = rows.fleet.offer, rows.fleet.stop
    to_p, from_p, to_q, from_q = roads.to_pickup.s, roads.from_pickup.s, roads.to_dropoff.s, roads.from_dropoff.s
    on_here, off_here = here.pickup, here.dropoff
    due_s, seats, dwell_s = ask.latest_s + ask.walk_to_s[0], ask.wants[SEATS], ask.dwell_s
    least, open_s = np.empty((LANES, BITS), np.int64), np.empty((2, BITS), np.int64)
    most = 2
    for slot in slots:
        most = max(most, offers[slot, COUNT])
    full, bounds, onward = np.empty(most, np.int64), np.empty((3, most)), nearest_onward(roads.direct.s, ask)
    scores, row = np.full(len(slots), NO_CHOICE, np.int64), 0
    for number in range(len(slots)):
        slot = slots[number]
        n = offers[slot, COUNT]
        able = np.int64(1)
        if n <= BITS:
            for k in range(n):
                least[FROM_PICKUP, k], least[FROM_DROPOFF, k] = from_p[row + k, 0], from_q[row + k, 0]
                least[TO_PICKUP, k], least[TO_DROPOFF, k] = to_p[row + k, 0], to_q[row + k, 0]
                open_s[0, k] = 0 if on_here[row + k, 0] else NEVER_S
                open_s[1, k] = 0 if off_here[row + k, 0] else NEVER_S
            may_add_s = offers[slot, LIMIT_S] + offers[slot, FLEXIBILITY]
            able = stops_in_reach(
                stops, offers[slot, FIRST], n, due_s - offers[slot, DEPARTS], may_add_s, seats, dwell_s, least,
                np.int64(straight_s), open_s,
            )  # fmt: skip
        if able:
            found_room(rows.fleet, slot, ask, full)
            scores[number] = best_choice(
                rows.fleet, slot, roads, here, row, ask, False, full, bounds, onward, NO_CHOICE
            )[0]  # fmt: skip
        row += n
    return scores


@kernel
def best_with_metres(
    rows: Rows, roads_of: Map, swept: Swept, doors: Doors, near: Near, ask: Ask, same_place_m: int,
    slots: NDArray[np.int32],
) -> tuple[NDArray[np.int64], Roads]:  # fmt: skip
    """The best choices of a few offers with all limits, [slots, 7] as `Choice`, and the roads of all their stops."""
    begin(swept)
    arcs, costs = sources(doors, True)
    climb(roads_of.links, swept, arcs, costs, LOST)
    parent = roads_of.links.parent
    for arc in arcs:
        want(parent, swept, arc)
    want_around(roads_of.turns, parent, swept, doors)
    want_stops(parent, swept, rows.fleet, slots, np.full(len(slots), ALL_STOPS, np.int64))
    sweep_packed(roads_of.links, swept)

    total, most = 0, 2
    for slot in slots:
        total += rows.fleet.offer[slot, COUNT]
        most = max(most, rows.fleet.offer[slot, COUNT])
    roads, here = _no_roads(total, True), _nowhere(total)
    packed = _direct_packed(roads_of.turns, swept, doors)
    roads.direct.s[0, 0], roads.direct.m[0, 0] = _seconds(packed), _metres(packed)
    full, least, onward = np.empty(most, np.int64), np.empty((3, most)), nearest_onward(roads.direct.s, ask)
    _look_up_packed(rows, roads_of.turns, swept, doors, slots, roads)
    _look_around(rows, doors, near, same_place_m, slots, roads, here)
    choices, row = np.empty((len(slots), 7), np.int64), 0
    for number in range(len(slots)):
        found_room(rows.fleet, slots[number], ask, full)
        choice = best_choice(rows.fleet, slots[number], roads, here, row, ask, True, full, least, onward, NO_CHOICE)
        for part in range(7):
            choices[number, part] = choice[part]
        row += rows.fleet.offer[slots[number], COUNT]
    return choices, roads


@kernel
def direct_s(turns: Any, swept: Any, doors: Any) -> Any:
    """Seconds from door to door, once both are swept."""
    if doors.point[0, 0] == doors.point[1, 0] and doors.point[0, 1] == doors.point[1, 1]:
        return 0
    access = doors.access[0] >> METRE_BITS, doors.access[1] >> METRE_BITS
    return whole_seconds(roads_ms(turns, swept.lanes, access, _as_stop(doors)[0].reshape(1, 16), 0)[FROM_PICKUP])


@kernel
def _direct_packed(turns: Any, swept: Any, doors: Any) -> Any:
    if doors.point[0, 0] == doors.point[1, 0] and doors.point[0, 1] == doors.point[1, 1]:
        return 0
    stop, dm = _as_stop(doors)
    return road_packed(turns, swept, doors, stop, dm, FROM_PICKUP)


@kernel
def _as_stop(doors: Any) -> Any:
    """The dropoff door as if it were a stop of a plan."""
    stop, dm = np.zeros(16, np.int32), np.zeros(3, np.int32)
    low = (1 << METRE_BITS) - 1
    for side in range(2):
        rest = doors.rest[1, side]
        stop[9 + side] = doors.arc[1, side]
        stop[11 + side] = LOST_MS if rest >= LOST else rest >> METRE_BITS
        dm[side] = rest & low
    access = doors.access[1]
    stop[13] = LOST_MS if access >= LOST else access >> METRE_BITS
    dm[2] = access & low
    return stop, dm


@kernel
def _look_up(rows: Any, turns: Any, swept: Any, doors: Any, slots: Any, needs: Any, roads: Any) -> None:
    """The four roads of all stops that matter, in seconds; the other stops' stay unreachable."""
    offers, stops, lanes = rows.fleet.offer, rows.fleet.stop, swept.lanes
    to_p, from_p, to_q, from_q = roads.to_pickup.s, roads.from_pickup.s, roads.to_dropoff.s, roads.from_dropoff.s
    access = doors.access[0] >> METRE_BITS, doors.access[1] >> METRE_BITS
    row = 0
    for number in range(len(slots)):
        first, n, need = offers[slots[number], FIRST], offers[slots[number], COUNT], needs[number]
        for k in range(n):
            if need == ALL_STOPS or need >> k & 1:
                from_p_ms, from_q_ms, to_p_ms, to_q_ms = roads_ms(turns, lanes, access, stops, first + k)
                to_p[row, 0], from_p[row, 0] = whole_seconds(to_p_ms), whole_seconds(from_p_ms)
                to_q[row, 0], from_q[row, 0] = whole_seconds(to_q_ms), whole_seconds(from_q_ms)
            row += 1


@kernel
def _look_up_packed(rows: Any, turns: Any, swept: Any, doors: Any, slots: Any, roads: Any) -> None:
    """All roads of a few offers, in seconds and metres."""
    row = 0
    for slot in slots:
        offer = rows.fleet.offer[slot]
        for stop in range(offer[FIRST], offer[FIRST] + offer[COUNT]):
            for lane in range(LANES):
                packed = road_packed(turns, swept, doors, rows.fleet.stop[stop], rows.dm[stop], lane)
                road = _lane(roads, lane)
                road.s[row, 0], road.m[row, 0] = _seconds(packed), _metres(packed)
            row += 1


@kernel
def _lane(roads: Any, lane: Any) -> Any:
    if lane == TO_PICKUP:
        return roads.to_pickup
    if lane == FROM_PICKUP:
        return roads.from_pickup
    if lane == TO_DROPOFF:
        return roads.to_dropoff
    return roads.from_dropoff


@kernel
def _seconds(packed: Any) -> Any:
    return UNREACHABLE if packed >= LOST // 2 else ((packed >> METRE_BITS) + 500) // 1000


@kernel
def _metres(packed: Any) -> Any:
    return UNREACHABLE if packed >= LOST // 2 else ((packed & ((1 << METRE_BITS) - 1)) + 5) // 10


@kernel
def _look_around(rows: Any, doors: Any, near: Any, same_place_m: Any, slots: Any, roads: Any, here: Any) -> None:
    """Which stops are used as they are; between a place and itself there is no road."""
    offers, stops = rows.fleet.offer, rows.fleet.stop
    pickup_box, dropoff_box = near.pickup, near.dropoff
    row = 0
    for slot in slots:
        first = offers[slot, FIRST]
        for k in range(offers[slot, COUNT]):
            plot = stops[first + k, PLOT]
            if inside(plot, pickup_box):
                apart_m = metres_apart(rows.point[first + k], doors.point[0])
                here.pickup[row, 0] = apart_m <= same_place_m
                if apart_m == 0:
                    roads.to_pickup.s[row, 0] = roads.from_pickup.s[row, 0] = 0
                    roads.to_pickup.m[row, 0] = roads.from_pickup.m[row, 0] = 0
            if inside(plot, dropoff_box):
                apart_m = metres_apart(rows.point[first + k], doors.point[1])
                here.dropoff[row, 0] = apart_m <= same_place_m
                if apart_m == 0:
                    roads.to_dropoff.s[row, 0] = roads.from_dropoff.s[row, 0] = 0
                    roads.to_dropoff.m[row, 0] = roads.from_dropoff.m[row, 0] = 0
            row += 1


@kernel
def metres_apart(one: Any, other: Any) -> Any:
    """As `distance.metres_between`, of two points in degrees."""
    lat, other_lat = np.radians(one[0]), np.radians(other[0])
    east = np.radians(one[1] - other[1]) * np.cos((lat + other_lat) / 2)
    return EARTH_M * np.hypot(lat - other_lat, east)


@kernel
def _no_roads(most: Any, metres: Any) -> Any:
    return Roads(
        _road(most, metres), _road(most, metres), _road(most, metres), _road(most, metres), _road(1, metres)
    )  # fmt: skip


@kernel
def _road(most: Any, metres: Any) -> Any:
    """Where metres do not count, they share the seconds' numbers."""
    s = np.full((most, 1), UNREACHABLE, np.int32)
    return Road(s, np.full((most, 1), UNREACHABLE, np.int32) if metres else s)


@kernel
def _nowhere(most: Any) -> Any:
    return Here(np.zeros((most, 1), np.bool_), np.zeros((most, 1), np.bool_))
