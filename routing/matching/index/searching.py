"""One search: screen, sweep, scan, and settle the best with metres too (docs/matching.md)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.matching import insertion
from routing.matching.approaches import Road, Roads
from routing.matching.ask import Ask, ask_for
from routing.matching.fleet import COUNT, OFFER_ID
from routing.matching.index.corners import best_over_corners, least_scores
from routing.matching.index.departures import Departures
from routing.matching.index.ground import Ground, Room
from routing.matching.index.labels import Points
from routing.matching.index.recall import plan_at
from routing.matching.index.roads import Doors, doors_of
from routing.matching.index.scanning import best_by_doors, best_with_metres
from routing.matching.index.screening import Near, Sight, Window, screen
from routing.matching.index.store import Rows
from routing.matching.meeting import MeetingPoint, meeting_points
from routing.matching.scan import NO_CHOICE
from routing.matching.terms import Terms
from routing.plan import Insertion, TripRequest

LONG_AGO_S = -(2**40)


class Sighted(NamedTuple):
    """The offers at one moment, and what the asker may see of them."""

    rows: Rows
    departures: Departures
    sight: Sight
    departs_from_s: int | None


class Found(NamedTuple):
    """The best way that an offer serves the request, in the order of ranking."""

    score: int
    offer_id: int
    slot: int
    choice: NDArray[np.int64]
    pickup: MeetingPoint
    dropoff: MeetingPoint
    roads: Roads


def search(
    ground: Ground, room: Room, seen: Sighted, request: TripRequest, k: int, terms: Terms
) -> list[Insertion]:  # fmt: skip
    """The best insertion of each of the best `k` offers."""
    ends = Ends(
        request,
        meeting_points(request.origin, request.max_walk_m, ground.region, terms.corners),
        meeting_points(request.destination, request.max_walk_m, ground.region, terms.corners),
        terms,
    )
    walks = len(ends.pickups) + len(ends.dropoffs) > 2
    found = (at_the_corners if walks else at_the_doors)(ground, room, seen, ends, k)
    return [insertion_of(seen.rows, one, request, terms) for one in found]


class Ends:
    """A request with its meeting points, as numbers."""

    def __init__(
        self, request: TripRequest, pickups: list[MeetingPoint], dropoffs: list[MeetingPoint], terms: Terms
    ) -> None:
        self.request = request
        self.terms = terms
        self.pickups = pickups
        self.dropoffs = dropoffs
        self.ask = ask_for(request, pickups, dropoffs, terms)

    def doors(self, ground: Ground, p: int, q: int) -> tuple[Doors, Ask]:
        """One point at either end, as if there were no other."""
        snaps = ground.travel.snap([self.pickups[p].place, self.dropoffs[q].place])
        ask = ask_for(self.request, [self.pickups[p]], [self.dropoffs[q]], self.terms)
        return doors_of(snaps), ask

    def points(self, ground: Ground) -> tuple[Points, Points]:
        """All points of both ends, on the road."""
        snaps = (ground.travel.snap([point.place for point in points]) for points in (self.pickups, self.dropoffs))
        pickups, dropoffs = (Points(snap.point, snap.leave_node, snap.leave_cost, snap.access) for snap in snaps)
        return pickups, dropoffs

    def window(self) -> Window:
        """When a car must come by, whatever the point."""
        request = self.request
        return Window(
            on_the_way_s=max(request.earliest_s, request.arrive_earliest_s - int(self.ask.walk_from_s.max())),
            due_s=min(request.latest_s + int(self.ask.walk_to_s.max()), request.arrive_latest_s),
            seats=request.seats,
            dwell_s=self.terms.dwell_s,
        )

    def near(self, ground: Ground) -> Near:
        """Bounds by cells, the least of all points."""
        cells = ground.cells
        pickup = self._cells(ground, self.pickups)
        dropoff = self._cells(ground, self.dropoffs)
        return Near(
            from_pickup_s=cells.bound_s[pickup].min(axis=0),
            from_dropoff_s=cells.bound_s[dropoff].min(axis=0),
            to_pickup_s=cells.bound_s[:, pickup].min(axis=1),
            to_dropoff_s=cells.bound_s[:, dropoff].min(axis=1),
            direct_s=int(cells.bound_s[np.ix_(pickup, dropoff)].min()),
            pickup=ground.box(self.pickups, self.terms.same_place_m),
            dropoff=ground.box(self.dropoffs, self.terms.same_place_m),
        )

    @staticmethod
    def _cells(ground: Ground, points: list[MeetingPoint]) -> NDArray[np.int16]:
        piece = ground.travel.snap([point.place for point in points]).piece
        return np.unique(ground.cells.of_piece[np.maximum(piece, 0)])


def in_sight(seen: Sighted, ends: Ends, near: Near) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Slots that the cheap no has left, and which of their stops matter."""
    window = ends.window()
    since_s = LONG_AGO_S if seen.departs_from_s is None else seen.departs_from_s
    slots = seen.departures.between(window.on_the_way_s, window.due_s, since_s)
    slots, needs = screen(seen.rows.fleet, slots, seen.sight, window, near)
    return slots, needs


def at_the_doors(ground: Ground, room: Room, seen: Sighted, ends: Ends, k: int) -> list[Found]:
    """For riders who do not walk."""
    near = ends.near(ground)
    slots, needs = in_sight(seen, ends, near)
    if not len(slots):
        return []
    doors, ask = ends.doors(ground, 0, 0)
    scores = best_by_doors(
        seen.rows, ground.map, room.ms, doors, near, ask, ends.terms.same_place_m, slots, needs
    )  # fmt: skip
    able = np.flatnonzero(scores < NO_CHOICE)
    order = able[np.lexsort((seen.rows.fleet.offer[slots[able], OFFER_ID], scores[able]))]
    best: list[Found] = []
    for first in range(0, len(order), k):
        part = order[first : first + k]
        if len(best) == k and scores[part[0]] > best[-1].score:
            break
        chosen = with_metres(ground, room, seen.rows, ends, doors, ask, near, slots[part])
        best = sorted([*best, *chosen], key=lambda one: one[:2])[:k]
    return best


def at_the_corners(ground: Ground, room: Room, seen: Sighted, ends: Ends, k: int) -> list[Found]:
    """For riders who walk: bounds for all offers, then all meeting points for as many as may be among the best."""
    near = ends.near(ground)
    slots, needs = in_sight(seen, ends, near)
    if not len(slots):
        return []
    pickups, dropoffs = ends.points(ground)
    bounds, needs = least_scores(
        seen.rows, ground.map, room.ms, pickups, dropoffs, near, ends.ask, slots, needs
    )  # fmt: skip
    able = np.flatnonzero(bounds < NO_CHOICE)
    order = able[np.argsort(bounds[able], kind="stable")]
    slots, needs, bounds = slots[order], needs[order], bounds[order]
    choices, all_roads = best_over_corners(
        seen.rows, ground.map, room.climb, pickups, dropoffs, near, ends.ask, ends.terms.same_place_m, k,
        slots, needs, bounds,
    )  # fmt: skip
    found, last = [], 0
    for number, (slot, choice) in enumerate(zip(slots.tolist(), choices, strict=False)):
        first, last = last, last + int(seen.rows.fleet.offer[slot, COUNT])
        if choice[0] < NO_CHOICE:
            a, b, c, d = (Road(road.s[first:last], road.m[first:last]) for road in all_roads[:4])
            direct = Road(all_roads.direct.s[number : number + 1], all_roads.direct.m[number : number + 1])
            offer_id = int(seen.rows.fleet.offer[slot, OFFER_ID])
            pickup, dropoff = ends.pickups[choice[1]], ends.dropoffs[choice[4]]
            found.append(Found(int(choice[0]), offer_id, slot, choice, pickup, dropoff, Roads(a, b, c, d, direct)))
    return sorted(found, key=lambda one: one[:2])[:k]


def with_metres(
    ground: Ground, room: Room, rows: Rows, ends: Ends, doors: Doors, ask: Ask, near: Near, slots: NDArray[np.int32],
    p: int = 0, q: int = 0,
) -> list[Found]:  # fmt: skip
    """What these offers do at best between one point and another, their limits in metres kept as well."""
    choices, all_roads = best_with_metres(
        rows, ground.map, room.packed, doors, near, ask, ends.terms.same_place_m, slots
    )  # fmt: skip
    found, last = [], 0
    for slot, choice in zip(slots.tolist(), choices, strict=True):
        first, last = last, last + int(rows.fleet.offer[slot, COUNT])
        if choice[0] < NO_CHOICE:
            a, b, c, d = (Road(road.s[first:last], road.m[first:last]) for road in all_roads[:4])
            offer_id = int(rows.fleet.offer[slot, OFFER_ID])
            roads = Roads(a, b, c, d, all_roads.direct)
            found.append(Found(int(choice[0]), offer_id, slot, choice, ends.pickups[p], ends.dropoffs[q], roads))
    return found


def insertion_of(rows: Rows, found: Found, request: TripRequest, terms: Terms) -> Insertion:
    """The scan's choice, worked out by the equations one may read."""
    _score, _p, on, on_is_stop, _q, off, off_is_stop = found.choice.tolist()
    choice = insertion.Choice(
        0, insertion.Slot(on, bool(on_is_stop)), 0, insertion.Slot(off, bool(off_is_stop))
    )  # fmt: skip
    plan = plan_at(rows, found.slot)
    worked_out = insertion.weigh(plan, request, choice, found.pickup, found.dropoff, found.roads, terms)
    if worked_out is None or worked_out.score_s != found.score:
        raise AssertionError("the compiled scan chose what the equations refuse")
    return worked_out
