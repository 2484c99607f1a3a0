"""Walking: how far it is on foot, and which corners where a car may stop are within somebody's walk."""

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.distance import WALK_FACTOR, metres_between
from routing.plan import Place
from routing.travel.snapping import Grid, nearest_roads
from routing.walking.kernels import FAR_DM, corners_on_foot, shortest_dm

FARTHEST_WALK_M = 5_000
"""Nobody is told a longer walk than this to the metre."""


@dataclass(frozen=True, slots=True)
class WalkingNetwork:
    """Every way a person may walk, in both directions, with the corners where a car may stop hung on its nodes.

    A *piece* is a stretch between two nodes with its shape; an *edge* is a piece walked one way. Lengths are in
    decimetres. A *corner* lies on a piece, and hangs on both ends of it; corners are numbered as
    `public_points.corners` lists them.
    """

    edge_start: NDArray[np.int64]
    """Edges that leave node `i`: `edge_start[i]` to `edge_start[i + 1]`."""
    edge_node: NDArray[np.int32]
    edge_dm: NDArray[np.int32]
    node_part: NDArray[np.int32]
    """Nodes of one part reach each other on foot; nodes of two do not."""
    piece_from: NDArray[np.int32]
    piece_to: NDArray[np.int32]
    piece_dm: NDArray[np.int32]
    piece_start: NDArray[np.int64]
    """Shape of piece `i`: `shape_lat[piece_start[i]:piece_start[i + 1]]`, both ends included, in 1e-7 degree."""
    shape_lat: NDArray[np.int32]
    shape_lon: NDArray[np.int32]
    corner_lat: NDArray[np.float64]
    corner_lon: NDArray[np.float64]
    corner_piece: NDArray[np.int32]
    """The piece a corner lies on, −1 for one that nobody reaches on foot."""
    corner_along: NDArray[np.float64]
    """The share of the piece before it."""
    corner_off_dm: NDArray[np.int32]
    """Straight on from the piece to the corner: 0 for nearly all."""
    hook_start: NDArray[np.int64]
    """Corners that hang on node `i`: `hook_start[i]` to `hook_start[i + 1]`."""
    hook_corner: NDArray[np.int32]
    hook_dm: NDArray[np.int32]

    @property
    def nodes(self) -> int:
        return len(self.node_part)


@dataclass(frozen=True, slots=True)
class Foothold:
    """Where a place meets the network: the nearest point of a piece, and the walk from the place to its two ends."""

    piece: int
    before_dm: int
    """From the first end of the piece to the point."""
    off_dm: int
    """From the place straight to the point."""
    nodes: NDArray[np.int32]
    node_dm: NDArray[np.int32]


class Walking:
    """Answers questions about a walking network; any number of threads may ask at once."""

    def __init__(self, network: WalkingNetwork, grid: Grid) -> None:
        self.network = network
        self._grid = grid
        self._scratch = threading.local()

    def corners_near(self, place: Place, max_walk_m: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Numbers of all corners within the walk, and the metres to each, both int32 [corners], nearest first."""
        foothold = self.foothold(place)
        if foothold is None:
            return np.empty(0, np.int32), np.empty(0, np.int32)
        net = self.network
        reached_dm, hung_dm = self._desk()
        corner, walk_dm = corners_on_foot(
            net.edge_start, net.edge_node, net.edge_dm, net.hook_start, net.hook_corner, net.hook_dm,
            net.corner_piece, net.corner_along, net.corner_off_dm, net.piece_dm, reached_dm, hung_dm,
            foothold.nodes, foothold.node_dm, foothold.piece, foothold.before_dm, foothold.off_dm, 10 * max_walk_m,
        )  # fmt: skip
        order = np.lexsort((corner, walk_dm))
        return corner[order], (walk_dm[order] + 5) // 10

    def metres(self, one: Place, other: Place) -> int | None:
        """The walk between two places; None where no way leads, or where it is more than 5 km as the crow flies."""
        straight_m = metres_between(one, other)
        if straight_m > FARTHEST_WALK_M:
            return None
        start, end = self.foothold(one), self.foothold(other)
        net = self.network
        if start is None or end is None or net.node_part[start.nodes[0]] != net.node_part[end.nodes[0]]:
            return None
        way_dm = int(
            shortest_dm(
                net.edge_start, net.edge_node, net.edge_dm, self._desk()[0],
                start.nodes, start.node_dm, end.nodes, end.node_dm,
            )
        )  # fmt: skip
        if start.piece == end.piece:
            way_dm = min(way_dm, start.off_dm + abs(start.before_dm - end.before_dm) + end.off_dm)
        if 10 * straight_m <= start.off_dm + end.off_dm:  # nearer to each other than to any way: across the yard
            way_dm = min(way_dm, round(10 * WALK_FACTOR * straight_m))
        return (way_dm + 5) // 10

    def foothold(self, place: Place) -> Foothold | None:
        """The nearest point of a walkable way; None where there is none within 2 km."""
        net = self.network
        if not len(net.piece_from):
            return None
        found = nearest_roads(self._grid, net, np.array([place.lat]), np.array([place.lon]))
        piece = int(found.piece[0])
        if piece < 0:
            return None
        off_dm, length_dm = round(float(found.off_m[0]) * 10), int(net.piece_dm[piece])
        before_dm = round(float(found.along[0]) * length_dm)
        return Foothold(
            piece,
            before_dm,
            off_dm,
            np.array([net.piece_from[piece], net.piece_to[piece]], np.int32),
            np.array([off_dm + before_dm, off_dm + length_dm - before_dm], np.int32),
        )

    def _desk(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Scratch space of this thread, far everywhere: metres of nodes and of corners. Kernels leave it as it was."""
        desk: tuple[NDArray[np.int32], NDArray[np.int32]] | None = getattr(self._scratch, "desk", None)
        if desk is None:
            net = self.network
            desk = np.full(net.nodes, FAR_DM, np.int32), np.full(len(net.corner_lat), FAR_DM, np.int32)
            self._scratch.desk = desk
        return desk
