"""Travel times between places: each is snapped to its road, the hierarchy does the rest."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from routing.errors import NoRoute
from routing.hierarchy import UNREACHED, Hierarchy, Packed, pack, unpack
from routing.network import UNITS_PER_DEGREE, Network, distance_m
from routing.plan import UNREACHABLE, Place, Route, Table
from routing.snapping import Grid, nearest_roads

ACCESS_M_PER_S = 3.0
"""How fast a car covers the last metres between the road and the door: yards, car parks."""
SNAPS_KEPT, LONGEST_KEPT = 1000, 100
"""Answers, and places in one of them: a few megabytes."""
_AT_NODE_DM = 10
"""Nearer than this to a node, a place counts as being on it, so that it may leave by any road there."""


@dataclass(frozen=True, slots=True)
class Snaps:
    """Places on the road. Each leaves through, and is reached through, up to two nodes at a packed cost.

    Where a way does not exist, its cost is `UNREACHED` and its node is 0.
    """

    point: NDArray[np.float64]
    """Latitude and longitude of the places themselves, float64 [places, 2]."""
    piece: NDArray[np.int32]
    along: NDArray[np.float64]
    access: Packed
    leave_node: NDArray[np.int32]
    leave_cost: Packed
    """[places, 2]: onward along the piece's forward arc, or along its backward arc."""
    arrive_node: NDArray[np.int32]
    arrive_cost: Packed
    ahead: Packed
    """Packed weight of driving the whole piece forward, or `UNREACHED`."""
    astern: Packed


@dataclass(frozen=True, slots=True)
class Reach:
    """All of the network as seen from one place: packed weights from it to every node and back, int64 [nodes]."""

    snap: Snaps
    outward: Packed
    homeward: Packed

    def to(self, others: Snaps) -> tuple[Table, Table]:
        """Seconds and metres from the place to each of `others`, int32 [others]."""
        through = (self.outward[others.arrive_node] + others.arrive_cost).min(axis=1)
        return seconds_and_metres(np.minimum(through, _direct(self.snap, others)[0]))

    def back(self, others: Snaps) -> tuple[Table, Table]:
        """Seconds and metres from each of `others` to the place, int32 [others]."""
        through = (self.homeward[others.leave_node] + others.leave_cost).min(axis=1)
        return seconds_and_metres(np.minimum(through, _direct(others, self.snap)[:, 0]))


@dataclass(frozen=True, slots=True)
class RoadTravel:
    """TravelTimes on the roads of a region."""

    network: Network
    hierarchy: Hierarchy
    grid: Grid
    _snapped: dict[tuple[Place, ...], Snaps] = field(default_factory=dict, repr=False, compare=False)

    def snap(self, places: Sequence[Place]) -> Snaps:
        """Put places on the nearest road where a car may stop; nothing is reachable from one beyond 5 km of any.

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
        net = self.network
        found = nearest_roads(self.grid, net, lat, lon)
        piece = np.maximum(found.piece, 0)
        lost = found.piece < 0
        off_m = np.where(lost, 0, found.off_m)
        access = pack(np.rint(off_m / ACCESS_M_PER_S * 1000).astype(np.int64), np.rint(off_m * 10).astype(np.int64))
        ahead, astern = self._whole(net.piece_forward[piece], lost), self._whole(net.piece_backward[piece], lost)
        length_dm = net.arc_dm[np.maximum(net.piece_forward[piece], net.piece_backward[piece])]
        along = np.where(found.along * length_dm < _AT_NODE_DM, 0.0, found.along)
        along = np.where((1 - along) * length_dm < _AT_NODE_DM, 1.0, along)
        first, last = net.piece_from[piece], net.piece_to[piece]
        leave_node, arrive_node = np.stack([last, first], 1), np.stack([first, last], 1)
        leave_cost = np.stack([_part(ahead, 1 - along), _part(astern, along)], 1)
        arrive_cost = np.stack([_part(ahead, along), _part(astern, 1 - along)], 1)
        at_node = (along == 0) | (along == 1)
        node = np.where(along == 0, first, last)
        for nodes, costs in ((leave_node, leave_cost), (arrive_node, arrive_cost)):
            nodes[at_node] = node[at_node, None]
            costs[at_node & ~lost] = 0
            costs[:] = np.minimum(costs + access[:, None], UNREACHED)
        return Snaps(
            np.stack([lat, lon], 1), found.piece, along, access, leave_node, leave_cost, arrive_node, arrive_cost,
            ahead, astern,
        )  # fmt: skip

    def _whole(self, arcs: NDArray[np.int32], lost: NDArray[np.bool_]) -> Packed:
        weight = pack(self.network.arc_ms[arcs], self.network.arc_dm[arcs])
        return np.where((arcs < 0) | lost, UNREACHED, weight)

    def matrix(self, origins: Sequence[Place], destinations: Sequence[Place]) -> tuple[Table, Table]:
        """Seconds and metres of the fastest paths, each int32 [origins, destinations]; `UNREACHABLE` where none is."""
        return seconds_and_metres(self._packed(self.snap(origins), self.snap(destinations)))

    def _packed(self, origins: Snaps, destinations: Snaps) -> Packed:
        through = self._by_sweeps if _few_and_many(len(origins.piece), len(destinations.piece)) else self._by_labels
        return np.minimum(through(origins, destinations), _direct(origins, destinations))

    def _by_labels(self, origins: Snaps, destinations: Snaps) -> Packed:
        """Climb the tree from both ends of each place, and match every pair."""
        between = self.hierarchy.matrix(origins.leave_node.ravel(), destinations.arrive_node.ravel())
        shape = (len(origins.piece), 2, len(destinations.piece), 2)
        through = between.reshape(shape) + origins.leave_cost[:, :, None, None] + destinations.arrive_cost[None, None]
        return np.asarray(through.min(axis=(1, 3)))

    def _by_sweeps(self, origins: Snaps, destinations: Snaps) -> Packed:
        """One sweep over all nodes for each place of the shorter side."""
        if len(origins.piece) <= len(destinations.piece):
            rows = (self._outward(origins, i) for i in range(len(origins.piece)))
            return np.stack([(row[destinations.arrive_node] + destinations.arrive_cost).min(axis=1) for row in rows])
        columns = (self._homeward(destinations, i) for i in range(len(destinations.piece)))
        return np.stack([(column[origins.leave_node] + origins.leave_cost).min(axis=1) for column in columns], axis=1)

    def _outward(self, snaps: Snaps, i: int) -> Packed:
        return self.hierarchy.sweep(snaps.leave_node[i], snaps.leave_cost[i])

    def _homeward(self, snaps: Snaps, i: int) -> Packed:
        return self.hierarchy.sweep(snaps.arrive_node[i], snaps.arrive_cost[i], backward=True)

    def reach(self, place: Place) -> Reach:
        """Two sweeps: from the place to every node, and from every node to it."""
        snap = self.snap([place])
        return Reach(snap, self._outward(snap, 0), self._homeward(snap, 0))

    def route(self, places: Sequence[Place]) -> Route:
        """The fastest road through `places` in order, with its line; raises NoRoute."""
        duration_ms, distance_dm = 0, 0
        line: list[tuple[float, float]] = []
        for origin, destination in pairwise(places):
            start, end = self.snap([origin]), self.snap([destination])
            packed = self._packed(start, end)[0, 0]
            if packed >= UNREACHED:
                raise NoRoute(f"No road leads from {_name(origin)} to {_name(destination)}.")
            leg_ms, leg_dm = unpack(packed)
            duration_ms, distance_dm = duration_ms + int(leg_ms), distance_dm + int(leg_dm)
            line += self._line(start, end, packed)
        return Route((duration_ms + 500) // 1000, (distance_dm + 5) // 10, tuple(line))

    def _line(self, start: Snaps, end: Snaps, packed: np.int64) -> list[tuple[float, float]]:
        """Points (lon, lat) of one leg whose packed weight is known."""
        if _direct(start, end)[0, 0] == packed:
            return self._stretch(int(start.piece[0]), float(start.along[0]), float(end.along[0]))
        between = self.hierarchy.matrix(start.leave_node[0], end.arrive_node[0])
        total = start.leave_cost[0][:, None] + between + end.arrive_cost[0]
        out, into = np.unravel_index(int(np.argmin(total)), total.shape)
        at_start, at_end = float(start.along[0]), float(end.along[0])
        leaves_at = at_start if _at_node(at_start) else (1.0, 0.0)[out]
        enters_at = at_end if _at_node(at_end) else (0.0, 1.0)[into]
        line = self._stretch(int(start.piece[0]), at_start, leaves_at)
        for arc in self.hierarchy.path(int(start.leave_node[0][out]), int(end.arrive_node[0][into])):
            piece = int(self.network.arc_piece[arc])
            forward = self.network.piece_forward[piece] == arc
            line += self._stretch(piece, 0.0, 1.0) if forward else self._stretch(piece, 1.0, 0.0)
        return line + self._stretch(int(end.piece[0]), enters_at, at_end)

    def _stretch(self, piece: int, begin: float, end: float) -> list[tuple[float, float]]:
        """Points (lon, lat) of a piece from one share of its length to another, backward when `end < begin`."""
        if begin == end:
            return []
        net = self.network
        points = slice(int(net.piece_start[piece]), int(net.piece_start[piece + 1]))
        lat, lon = net.shape_lat[points] / UNITS_PER_DEGREE, net.shape_lon[points] / UNITS_PER_DEGREE
        share = np.concatenate([[0.0], np.cumsum(distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:]))])
        share /= share[-1] or 1.0
        low, high = min(begin, end), max(begin, end)
        at = np.concatenate([[low], share[(share > low) & (share < high)], [high]])
        at = at if begin < end else at[::-1]
        return list(zip(np.interp(at, share, lon).tolist(), np.interp(at, share, lat).tolist(), strict=True))


def _few_and_many(one: int, other: int) -> bool:
    """Whether sweeping from the few costs less than climbing from all: a sweep is worth some sixty climbs."""
    return min(one, other) * 60 < max(one, other)


def _direct(origins: Snaps, destinations: Snaps) -> Packed:
    """Packed weights without passing any node: on the same piece, or nowhere at all; [origins, destinations]."""
    delta = destinations.along[None] - origins.along[:, None]
    same = (origins.piece[:, None] == destinations.piece[None]) & (origins.piece[:, None] >= 0)
    forward = np.where(same & (delta >= 0), _part(origins.ahead[:, None], np.abs(delta)), UNREACHED)
    backward = np.where(same & (delta <= 0), _part(origins.astern[:, None], np.abs(delta)), UNREACHED)
    by_road = np.minimum(forward, backward) + origins.access[:, None] + destinations.access[None]
    stays = (origins.point[:, None] == destinations.point[None]).all(axis=2) & (origins.piece[:, None] >= 0)
    return np.where(stays, 0, by_road)


def _part(whole: Packed, share: NDArray[np.float64]) -> Packed:
    """A share of packed weights; the unreachable stays so."""
    duration_ms, distance_dm = unpack(whole)
    part = pack(np.rint(duration_ms * share).astype(np.int64), np.rint(distance_dm * share).astype(np.int64))
    return np.where(whole >= UNREACHED, UNREACHED, part)


def _at_node(along: float) -> bool:
    return along in (0.0, 1.0)


def seconds_and_metres(packed: Packed) -> tuple[Table, Table]:
    """Whole seconds and metres, `UNREACHABLE` where there is no path."""
    duration_ms, distance_dm = unpack(packed)
    lost = packed >= UNREACHED
    seconds = np.where(lost, UNREACHABLE, (duration_ms + 500) // 1000).astype(np.int32)
    return seconds, np.where(lost, UNREACHABLE, (distance_dm + 5) // 10).astype(np.int32)


def _name(place: Place) -> str:
    return place.label or f"{place.lat:.4f}, {place.lon:.4f}"
