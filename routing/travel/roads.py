"""Travel times between places: each is snapped to its road, the hierarchy does the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from routing.errors import NoRoute
from routing.plan import Place, Route, Table
from routing.streets.network import Network
from routing.travel.driven import Driven, line_through
from routing.travel.hierarchy import UNREACHED, Hierarchy, Packed, link_weights, unpack
from routing.travel.reach import FAR, Reach, seconds_and_metres, turns_into, weights_of
from routing.travel.snapping import Grid
from routing.travel.snaps import Snaps, snap

SNAPS_KEPT, LONGEST_KEPT = 1000, 100
"""Answers, and places in one of them: a few megabytes."""


@dataclass(frozen=True, slots=True)
class RoadTravel:
    """TravelTimes on the roads of a region."""

    network: Network
    hierarchy: Hierarchy
    grid: Grid
    _snapped: dict[tuple[Place, ...], Snaps] = field(default_factory=dict, repr=False, compare=False)

    def snap(self, places: Sequence[Place]) -> Snaps:
        """Put places on the nearest road where a car may stop; nothing is reachable from one beyond 2 km of any.

        Who asks for a way from some places asks for the way back next, so the answer is kept for a while; nobody
        writes into it.
        """
        asked = tuple(places)
        known = self._snapped.get(asked)
        if known is None:
            lat = np.array([place.lat for place in asked], np.float64)
            lon = np.array([place.lon for place in asked], np.float64)
            known = self.snap_points(lat, lon)
            if len(self._snapped) >= SNAPS_KEPT:
                self._snapped.clear()
            if len(asked) <= LONGEST_KEPT:
                self._snapped[asked] = known
        return known

    def snap_points(self, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> Snaps:
        """The same for arrays of degrees."""
        return snap(self.network, self.grid, lat, lon)

    def matrix(self, origins: Sequence[Place], destinations: Sequence[Place]) -> tuple[Table, Table]:
        """Seconds and metres of the fastest paths, each int32 [origins, destinations]; `UNREACHABLE` where none is."""
        return seconds_and_metres(self._packed(self.snap(origins), self.snap(destinations)))

    def _packed(self, origins: Snaps, destinations: Snaps) -> Packed:
        """One sweep for each place of the shorter side, or labels where there are many on both."""
        if not _few_and_many(len(origins.piece), len(destinations.piece)):
            return self._by_labels(origins, destinations)
        if len(origins.piece) <= len(destinations.piece):
            reaches = (self._reach(_one(origins, i), homeward=False) for i in range(len(origins.piece)))
            return np.stack([reach.packed_to(destinations) for reach in reaches])
        reaches = (self._reach(_one(destinations, i), outward=False) for i in range(len(destinations.piece)))
        return np.stack([reach.packed_back(origins) for reach in reaches], axis=1)

    def _by_labels(self, origins: Snaps, destinations: Snaps) -> Packed:
        """Climb the tree from both ends of each place, and match every pair."""
        best = self._through(origins, destinations).min(axis=(1, 3))
        same = (origins.point[:, None] == destinations.point[None]).all(axis=2) & (origins.piece[:, None] >= 0)
        return np.where(same, 0, best + origins.access[:, None] + destinations.access[None])

    def _through(self, origins: Snaps, destinations: Snaps) -> Packed:
        """From road to road by each arc of either end, [origins, 2, destinations, 2]."""
        between = self.hierarchy.matrix(origins.leave_node.ravel(), destinations.arrive_node.ravel())
        shape = (len(origins.piece), 2, len(destinations.piece), 2)
        through = between.reshape(shape) + origins.leave_cost[:, :, None, None] + destinations.arrive_cost[None, None]
        for i, out, j, into in np.argwhere(through < 0):
            around = self._cycle(int(origins.leave_node[i, out]))
            through[i, out, j, into] = origins.leave_cost[i, out] + around + destinations.arrive_cost[j, into]
        return through

    def _cycle(self, arc: int) -> np.int64:
        """Packed weight from the end of an arc round to its end again."""
        return np.int64(np.min(self._rounds(arc)[1], initial=UNREACHED))

    def _rounds(self, arc: int) -> tuple[NDArray[np.int32], Packed]:
        """The turns into an arc, and the weight of going round by each of them to the arc's end."""
        turns = turns_into(self.network, arc)
        back = self.hierarchy.matrix(np.array([arc], np.int32), self.network.turn_from[turns])[0]
        return turns, back + weights_of(self.network, turns)

    def at_pace(self, factor: NDArray[np.float64]) -> "RoadTravel":
        """Travel when each class of road takes `factor` times as long, float64 [classes]: see hours.py."""
        slow = factor[self.network.piece_class[self.network.arc_piece]]
        arc_ms = np.maximum(np.rint(self.network.arc_ms * slow), 1).astype(np.int32)
        network = replace(self.network, arc_ms=arc_ms)
        return RoadTravel(network, self.hierarchy.customised(link_weights(network)), self.grid)

    def reach(self, place: Place) -> Reach:
        """Two sweeps: from the place to every arc, and from every arc to it."""
        return self._reach(self.snap([place]))

    def _reach(self, snap: Snaps, *, outward: bool = True, homeward: bool = True) -> Reach:
        nothing = np.zeros(0, np.int64)
        sweep = self.hierarchy.sweep
        return Reach(
            snap,
            sweep(snap.leave_node[0], snap.leave_cost[0]) if outward else nothing,
            sweep(snap.arrive_node[0], snap.arrive_cost[0], backward=True) if homeward else nothing,
            self.network,
        )

    def route(self, places: Sequence[Place]) -> Route:
        """The fastest road through `places` in order, with its line; raises NoRoute."""
        duration_ms, distance_dm = 0, 0
        line: list[tuple[float, float]] = []
        for origin, destination in pairwise(places):
            leg_ms, leg_dm, stretches = self.drive(origin, destination)
            duration_ms, distance_dm = duration_ms + leg_ms, distance_dm + leg_dm
            line += line_through(self.network, stretches)
        return Route((duration_ms + 500) // 1000, (distance_dm + 5) // 10, tuple(line))

    def drive(self, origin: Place, destination: Place) -> tuple[int, int, list[Driven]]:
        """Milliseconds and decimetres from door to door, and the stretches of road between; raises NoRoute."""
        start, end = self.snap([origin]), self.snap([destination])
        if (start.point == end.point).all() and start.piece[0] >= 0:
            return 0, 0, []
        through = self._through(start, end)
        out, into = divmod(int(np.argmin(through)), 2)
        total = through[0, out, 0, into] + start.access[0] + end.access[0]
        if total >= FAR:
            raise NoRoute(f"No road leads from {_name(origin)} to {_name(destination)}.")
        whole_ms, whole_dm = unpack(total)
        first, last = int(start.leave_node[0, out]), int(end.arrive_node[0, into])
        leaves, arrives = float(start.along[0]), float(end.along[0])
        if first != last:
            stretches = self._along(first, self.hierarchy.path(first, last), leaves, arrives)
        elif start.leave_cost[0, out] + end.arrive_cost[0, into] < 0:
            stretches = self._along(first, self._round(first), leaves, arrives)
        else:
            stretches = [self._stretch(first, leaves, arrives)]
        return int(whole_ms), int(whole_dm), stretches

    def _round(self, arc: int) -> list[int]:
        """The turns of the best way from the end of an arc round to its end."""
        turns, weights = self._rounds(arc)
        last = int(turns[np.argmin(weights)])
        return [*self.hierarchy.path(arc, int(self.network.turn_from[last])), last]

    def _along(self, first: int, turns: Sequence[int], leaves: float, arrives: float) -> list[Driven]:
        """From a share of the first arc's piece by `turns` to a share of the last one's."""
        net = self.network
        arcs = net.turn_to[np.array(turns)]
        piece = net.arc_piece[arcs]
        forward = net.piece_forward[piece] == arcs
        # A second copy of an arc is told from a backward one by where it starts.
        forward |= (net.piece_backward[piece] != arcs) & (net.arc_tail[arcs] == net.piece_from[piece])
        rows = (
            row.tolist() for row in (piece, forward, net.arc_ms[arcs], net.arc_dm[arcs], net.turn_ms[np.array(turns)])
        )
        stretches = [self._stretch(first, leaves, 1.0 if self._is_forward(first) else 0.0)]
        for number, along, ms, dm, turn_ms in zip(*rows, strict=True):
            stretches.append(Driven(number, along, float(not along), float(along), ms, dm, turn_ms))
        last = stretches[-1]
        stretches[-1] = self._stretch(int(arcs[-1]), last.begin, arrives, last.turn_ms)
        return stretches

    def _stretch(self, arc: int, begin: float, end: float, turn_ms: int = 0) -> Driven:
        net, share = self.network, abs(end - begin)
        ms, dm = round(int(net.arc_ms[arc]) * share), round(int(net.arc_dm[arc]) * share)
        return Driven(int(net.arc_piece[arc]), self._is_forward(arc), float(begin), float(end), ms, dm, turn_ms)

    def _is_forward(self, arc: int) -> bool:
        net = self.network
        piece = net.arc_piece[arc]
        if arc in (net.piece_forward[piece], net.piece_backward[piece]):
            return bool(net.piece_forward[piece] == arc)
        return bool(net.arc_tail[arc] == net.piece_from[piece])


def _few_and_many(one: int, other: int) -> bool:
    """Whether sweeping from the few costs less than climbing from all: a sweep is worth some sixty climbs."""
    return min(one, other) * 60 < max(one, other)


def _one(snaps: Snaps, i: int) -> Snaps:
    part = slice(i, i + 1)
    return Snaps(
        snaps.point[part], snaps.piece[part], snaps.along[part], snaps.access[part],
        snaps.leave_node[part], snaps.leave_cost[part], snaps.arrive_node[part], snaps.arrive_cost[part],
    )  # fmt: skip


def _name(place: Place) -> str:
    return place.label or f"{place.lat:.4f}, {place.lon:.4f}"
