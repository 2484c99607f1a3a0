"""The best choice in each offer that is left, door to door; compiled. The equations are those of scan.py."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.ask import Ask, Here
from routing.distance import EARTH_M
from routing.fleet import COUNT, FIRST, PLOT
from routing.hierarchy import METRE_BITS
from routing.index.roads import Doors, Turns, road_ms, road_packed, sources, want_around, whole_seconds
from routing.index.screening import ALL_STOPS, Near, _inside, want_stops
from routing.index.store import Rows
from routing.kernel import kernel
from routing.plan import UNREACHABLE
from routing.roads import Road, Roads
from routing.scan import NO_CHOICE, best_choice, found_room, nearest_onward
from routing.sweeps import (
    FROM_DROPOFF,
    FROM_PICKUP,
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

    most = 2
    for slot in slots:
        most = max(most, rows.fleet.offer[slot, COUNT])
    roads, here = _no_roads(most, False), _nowhere(most)
    roads.direct.s[0, 0] = direct_s(roads_of.turns, swept, doors)
    full, least, onward = np.empty(most, np.int64), np.empty((3, most)), nearest_onward(roads.direct.s, ask)
    scores = np.empty(len(slots), np.int64)
    for row in range(len(slots)):
        slot = slots[row]
        offer = rows.fleet.offer[slot]
        for k in range(offer[COUNT]):
            stop = offer[FIRST] + k
            if needs[row] == ALL_STOPS or needs[row] >> k & 1:
                _look_up(rows, roads_of.turns, swept, doors, stop, roads, k)
            else:
                roads.to_pickup.s[k, 0] = roads.from_pickup.s[k, 0] = UNREACHABLE
                roads.to_dropoff.s[k, 0] = roads.from_dropoff.s[k, 0] = UNREACHABLE
            _look_around(rows, doors, near, stop, same_place_m, roads, here, k)
        found_room(rows.fleet, slot, ask, full)
        scores[row] = best_choice(
            rows.fleet, slot, roads, here, 0, ask, False, full, least, onward, NO_CHOICE
        )[0]  # fmt: skip
    return scores


@kernel
def best_with_metres(
    rows: Rows, roads_of: Map, swept: Swept, doors: Doors, near: Near, ask: Ask, same_place_m: int,
    slots: NDArray[np.int32],
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:  # fmt: skip
    """The best choices of a few offers with all limits, [slots, 7] as `Choice`, and their roads.

    Roads are int32 [slots, stops, 4, 2]: seconds and metres in each lane; in the last row those of the direct road.
    """
    begin(swept)
    arcs, costs = sources(doors, True)
    climb(roads_of.links, swept, arcs, costs, LOST)
    parent = roads_of.links.parent
    for arc in arcs:
        want(parent, swept, arc)
    want_around(roads_of.turns, parent, swept, doors)
    want_stops(parent, swept, rows.fleet, slots, np.full(len(slots), ALL_STOPS, np.int64))
    sweep_packed(roads_of.links, swept)

    most = 2
    for slot in slots:
        most = max(most, rows.fleet.offer[slot, COUNT])
    roads, here = _no_roads(most, True), _nowhere(most)
    packed = _direct_packed(roads_of.turns, swept, doors)
    roads.direct.s[0, 0], roads.direct.m[0, 0] = _seconds(packed), _metres(packed)
    full, least, onward = np.empty(most, np.int64), np.empty((3, most)), nearest_onward(roads.direct.s, ask)
    choices = np.empty((len(slots), 7), np.int64)
    told = np.zeros((len(slots) + 1, most, 4, 2), np.int32)
    told[len(slots), 0, 0, 0], told[len(slots), 0, 0, 1] = roads.direct.s[0, 0], roads.direct.m[0, 0]
    for row in range(len(slots)):
        slot = slots[row]
        offer = rows.fleet.offer[slot]
        for k in range(offer[COUNT]):
            stop = offer[FIRST] + k
            _look_up_packed(rows, roads_of.turns, swept, doors, stop, roads, k)
            _look_around(rows, doors, near, stop, same_place_m, roads, here, k)
            for lane in range(4):
                road = _lane(roads, lane)
                told[row, k, lane, 0], told[row, k, lane, 1] = road.s[k, 0], road.m[k, 0]
        found_room(rows.fleet, slot, ask, full)
        choice = best_choice(rows.fleet, slot, roads, here, 0, ask, True, full, least, onward, NO_CHOICE)
        for part in range(7):
            choices[row, part] = choice[part]
    return choices, told


@kernel
def direct_s(turns: Any, swept: Any, doors: Any) -> Any:
    """Seconds from door to door, once both are swept."""
    if doors.point[0, 0] == doors.point[1, 0] and doors.point[0, 1] == doors.point[1, 1]:
        return 0
    return whole_seconds(road_ms(turns, swept, doors, _as_stop(doors)[0], FROM_PICKUP))


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
def _look_up(rows: Any, turns: Any, swept: Any, doors: Any, stop: Any, roads: Any, k: Any) -> None:
    """The four roads of a stop into row `k`."""
    here = rows.fleet.stop[stop]
    roads.to_pickup.s[k, 0] = whole_seconds(road_ms(turns, swept, doors, here, TO_PICKUP))
    roads.from_pickup.s[k, 0] = whole_seconds(road_ms(turns, swept, doors, here, FROM_PICKUP))
    roads.to_dropoff.s[k, 0] = whole_seconds(road_ms(turns, swept, doors, here, TO_DROPOFF))
    roads.from_dropoff.s[k, 0] = whole_seconds(road_ms(turns, swept, doors, here, FROM_DROPOFF))


@kernel
def _look_up_packed(rows: Any, turns: Any, swept: Any, doors: Any, stop: Any, roads: Any, k: Any) -> None:
    here, dm = rows.fleet.stop[stop], rows.dm[stop]
    for lane in range(4):
        packed = road_packed(turns, swept, doors, here, dm, lane)
        road = _lane(roads, lane)
        road.s[k, 0], road.m[k, 0] = _seconds(packed), _metres(packed)


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
def _look_around(
    rows: Any, doors: Any, near: Any, stop: Any, same_place_m: Any, roads: Any, here: Any, k: Any
) -> None:  # fmt: skip
    """Whether a stop is used as it is; between a place and itself there is no road."""
    plot = rows.fleet.stop[stop, PLOT]
    here.pickup[k, 0] = here.dropoff[k, 0] = False
    if _inside(plot, near.pickup):
        apart_m = metres_apart(rows.point[stop], doors.point[0])
        here.pickup[k, 0] = apart_m <= same_place_m
        if apart_m == 0:
            roads.to_pickup.s[k, 0] = roads.from_pickup.s[k, 0] = 0
            roads.to_pickup.m[k, 0] = roads.from_pickup.m[k, 0] = 0
    if _inside(plot, near.dropoff):
        apart_m = metres_apart(rows.point[stop], doors.point[1])
        here.dropoff[k, 0] = apart_m <= same_place_m
        if apart_m == 0:
            roads.to_dropoff.s[k, 0] = roads.from_dropoff.s[k, 0] = 0
            roads.to_dropoff.m[k, 0] = roads.from_dropoff.m[k, 0] = 0


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
