"""The road network: junctions, the pieces of road between them, the arcs that a car drives, the turns between arcs."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.distance import EARTH_M

UNITS_PER_DEGREE = 10_000_000
"""Coordinates of geometry are kept as OpenStreetMap keeps them: integers of 1e-7 degree."""


@dataclass(frozen=True, slots=True)
class Network:
    """Arrays of a road network, all of whose arcs reach each other by allowed turns.

    A *piece* is a stretch of road between two nodes, with its shape; an *arc* is a piece driven one way. Arcs are
    numbered by the hierarchy's rank once it is known (`renumbered`). A *turn* leads from the end of an arc into an
    arc that starts there; what is no turn here is forbidden.
    """

    node_lat: NDArray[np.float64]
    node_lon: NDArray[np.float64]
    arc_tail: NDArray[np.int32]
    arc_head: NDArray[np.int32]
    arc_ms: NDArray[np.int32]
    """Milliseconds from end to end, so that many short arcs add up without drift; what the node costs is the turn's."""
    arc_dm: NDArray[np.int32]
    """Decimetres."""
    arc_piece: NDArray[np.int32]
    piece_from: NDArray[np.int32]
    piece_to: NDArray[np.int32]
    piece_forward: NDArray[np.int32]
    """The arc that follows the shape, or −1."""
    piece_backward: NDArray[np.int32]
    piece_class: NDArray[np.uint8]
    """Position in osm.ROAD_CLASSES."""
    piece_start: NDArray[np.int64]
    """Shape of piece `i`: `shape_lat[piece_start[i]:piece_start[i + 1]]`, both ends included."""
    shape_lat: NDArray[np.int32]
    shape_lon: NDArray[np.int32]
    piece_stoppable: NDArray[np.uint8]
    """Whether a car may halt here to let somebody in: not on motorways and their like, nor in tunnels."""
    piece_kerb: NDArray[np.int8]
    """On which side people get in: 0 either, 1 only left of a car that drives by, −1 only right of it: a wide road."""
    piece_roundabout: NDArray[np.uint8]
    piece_name: NDArray[np.int32]
    """Row of `Names`, or −1."""
    turn_first: NDArray[np.int64]
    """Turns from the end of arc `e`: `turn_first[e]` to `turn_first[e + 1] - 1`. [arcs + 1]"""
    turn_from: NDArray[np.int32]
    turn_to: NDArray[np.int32]
    turn_ms: NDArray[np.int32]
    """What is lost between the two: signals, signs, giving way, slowing down for the bend."""
    into_first: NDArray[np.int64]
    """Turns into arc `f`: `turn_by_to[into_first[f]:into_first[f + 1]]`. [arcs + 1]"""
    turn_by_to: NDArray[np.int32]
    """Numbers of the turns, sorted by the arc they lead into."""

    @property
    def nodes(self) -> int:
        return len(self.node_lat)

    @property
    def arcs(self) -> int:
        return len(self.arc_tail)

    @property
    def turns(self) -> int:
        return len(self.turn_to)

    def renumbered(self, rank: NDArray[np.int32]) -> "Network":
        """The same network, arc `e` now called `rank[e]`."""
        order = np.argsort(rank)
        known = np.append(rank, np.int32(-1))  # what has no arc, −1, keeps none
        moved = replace(
            self,
            arc_tail=self.arc_tail[order],
            arc_head=self.arc_head[order],
            arc_ms=self.arc_ms[order],
            arc_dm=self.arc_dm[order],
            arc_piece=self.arc_piece[order],
            piece_forward=known[self.piece_forward],
            piece_backward=known[self.piece_backward],
        )
        return moved.with_turns(rank[self.turn_from], rank[self.turn_to], self.turn_ms)

    def with_turns(self, turn_from: NDArray[np.int32], turn_to: NDArray[np.int32], ms: NDArray[np.int32]) -> "Network":
        """The same network with these turns, in any order."""
        order = np.lexsort((turn_to, turn_from))
        turn_from, turn_to = turn_from[order].astype(np.int32), turn_to[order].astype(np.int32)
        by_to = np.argsort(turn_to, kind="stable").astype(np.int32)
        everyone = np.arange(self.arcs + 1)
        return replace(
            self,
            turn_first=np.searchsorted(turn_from, everyone),
            turn_from=turn_from,
            turn_to=turn_to,
            turn_ms=ms[order].astype(np.int32),
            into_first=np.searchsorted(turn_to[by_to], everyone),
            turn_by_to=by_to,
        )


@dataclass(frozen=True, slots=True)
class Names:
    """What streets are called, else their number such as N 13: row `i` is `text[start[i]:start[i + 1]]` in UTF-8."""

    text: NDArray[np.uint8]
    start: NDArray[np.int64]

    def __getitem__(self, row: int) -> str:
        """The name, "" for row −1."""
        return bytes(self.text[self.start[row] : self.start[row + 1]]).decode(errors="replace") if row >= 0 else ""


def names_of(words: list[str]) -> Names:
    """Keep `words` in their order."""
    coded = [word.encode() for word in words]
    start = np.concatenate([[0], np.cumsum([len(code) for code in coded], dtype=np.int64)])
    return Names(np.frombuffer(b"".join(coded), np.uint8).copy(), start)


def distance_m(
    lat: NDArray[np.float64], lon: NDArray[np.float64], other_lat: NDArray[np.float64], other_lon: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Metres between points a few hundred kilometres apart at most (equirectangular)."""
    north = np.radians(other_lat - lat)
    east = np.radians(other_lon - lon) * np.cos(np.radians((lat + other_lat) / 2))
    return np.asarray(EARTH_M * np.hypot(north, east))
