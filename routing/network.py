"""The road network: junctions, the road pieces between them, and the arcs a car drives on them."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from routing.distance import EARTH_M
from routing.errors import BadSource
from routing.osm import BLOCKED, ROAD_CLASSES, OsmRoads, direction

UNITS_PER_DEGREE = 10_000_000
"""Coordinates of geometry are kept as OpenStreetMap keeps them: integers of 1e-7 degree."""


@dataclass(frozen=True, slots=True)
class Network:
    """Arrays of a road network, all of whose nodes reach each other.

    A *piece* is a stretch of road between two nodes, with its shape; an *arc* is a piece driven one way. Nodes are
    numbered by the hierarchy's rank once it is known (`renumbered`).
    """

    node_lat: NDArray[np.float64]
    node_lon: NDArray[np.float64]
    arc_tail: NDArray[np.int32]
    arc_head: NDArray[np.int32]
    arc_ms: NDArray[np.int32]
    """Milliseconds, so that many short arcs add up without drift."""
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

    @property
    def nodes(self) -> int:
        return len(self.node_lat)

    @property
    def arcs(self) -> int:
        return len(self.arc_tail)

    def renumbered(self, rank: NDArray[np.int32]) -> "Network":
        """The same network, node `i` now called `rank[i]`."""
        order = np.argsort(rank)
        return replace(
            self,
            node_lat=self.node_lat[order],
            node_lon=self.node_lon[order],
            arc_tail=rank[self.arc_tail],
            arc_head=rank[self.arc_head],
            piece_from=rank[self.piece_from],
            piece_to=rank[self.piece_to],
        )


@dataclass(frozen=True, slots=True)
class _Segments:
    """Straight bits of road between two nodes the extract carries, in the order of the ways."""

    way: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    joins: NDArray[np.bool_]
    """Whether a segment goes on where the one before it ended, in the same way."""


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Runs of segments from junction to junction: the first and last segment of each, and what it costs to drive."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    way: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    along: NDArray[np.int8]
    forward_ms: NDArray[np.int32]
    backward_ms: NDArray[np.int32]
    length_dm: NDArray[np.int32]

    def only(self, kept: NDArray[np.bool_]) -> "_Pieces":
        return _Pieces(**{field.name: getattr(self, field.name)[kept] for field in fields(self)})


def build_network(roads: OsmRoads) -> Network:
    """Join ways at junctions and keep the largest part in which every place reaches every other."""
    roads, segments = _segments(roads)
    if not len(segments.way):
        raise BadSource("No road in this extract has two of its nodes.")
    pieces = _pieces(roads, segments)
    kept_nodes = _strong(pieces, len(roads.lat))
    pieces = pieces.only(kept_nodes[pieces.start] & kept_nodes[pieces.end])
    number = (np.cumsum(kept_nodes) - 1).astype(np.int32)
    piece_from, piece_to = number[pieces.start], number[pieces.end]
    forth, back = np.flatnonzero(pieces.along >= 0), np.flatnonzero(pieces.along <= 0)
    piece_forward, piece_backward = np.full((2, len(pieces.way)), -1, np.int32)
    piece_forward[forth] = np.arange(len(forth))
    piece_backward[back] = len(forth) + np.arange(len(back))
    piece_start, shape = _shapes(segments, pieces)
    return Network(
        node_lat=roads.lat[kept_nodes],
        node_lon=roads.lon[kept_nodes],
        arc_tail=np.concatenate([piece_from[forth], piece_to[back]]),
        arc_head=np.concatenate([piece_to[forth], piece_from[back]]),
        arc_ms=np.concatenate([pieces.forward_ms[forth], pieces.backward_ms[back]]),
        arc_dm=np.concatenate([pieces.length_dm[forth], pieces.length_dm[back]]),
        arc_piece=np.concatenate([forth, back]).astype(np.int32),
        piece_from=piece_from,
        piece_to=piece_to,
        piece_forward=piece_forward,
        piece_backward=piece_backward,
        piece_class=np.array([ROAD_CLASSES.index(tags["highway"]) for tags in roads.tags], np.uint8)[pieces.way],
        piece_start=piece_start,
        shape_lat=np.rint(roads.lat[shape] * UNITS_PER_DEGREE).astype(np.int32),
        shape_lon=np.rint(roads.lon[shape] * UNITS_PER_DEGREE).astype(np.int32),
        piece_stoppable=np.array([_may_stop(tags) for tags in roads.tags], np.uint8)[pieces.way],
    )


def _segments(roads: OsmRoads) -> tuple[OsmRoads, _Segments]:
    """Cut the ways where the extract has holes, and at barriers, whose two sides become two nodes."""
    way = np.repeat(np.arange(len(roads.tags)), np.diff(roads.way_start))
    both = np.flatnonzero((way[1:] == way[:-1]) & (roads.node[1:] >= 0) & (roads.node[:-1] >= 0))
    both = both[roads.node[both] != roads.node[both + 1]]
    start, end = roads.node[both], roads.node[both + 1]
    lat, lon, feature, faces = roads.lat, roads.lon, roads.feature, roads.faces
    for side in (start, end):
        walled = np.flatnonzero(feature[side] == BLOCKED)
        copies = side[walled]
        side[walled] = len(lat) + np.arange(len(walled))
        lat, lon = np.concatenate([lat, lat[copies]]), np.concatenate([lon, lon[copies]])
        feature = np.concatenate([feature, np.zeros(len(copies), np.uint8)])
        faces = np.concatenate([faces, np.zeros(len(copies), np.int8)])
    joins = np.zeros(len(both), np.bool_)
    joins[1:] = (end[:-1] == start[1:]) & (way[both[1:]] == way[both[:-1]])
    cut = replace(roads, lat=lat, lon=lon, feature=feature, faces=faces)
    return cut, _Segments(way=way[both], start=start, end=end, joins=joins)


def _pieces(roads: OsmRoads, segments: _Segments) -> _Pieces:
    """Cut the ways where more or fewer than two segments meet."""
    degree = np.bincount(np.concatenate([segments.start, segments.end]), minlength=len(roads.lat))
    new_piece = ~segments.joins | (degree[segments.start] != 2)
    first = np.flatnonzero(new_piece)
    last = np.concatenate([first[1:], [len(new_piece)]]) - 1
    piece = np.cumsum(new_piece) - 1
    forward_ms, backward_ms, length_dm = (
        np.maximum(np.rint(np.bincount(piece, values)), 1).astype(np.int32)
        for values in _costs(roads, segments, degree)
    )
    way = segments.way[first]
    along = np.array([direction(tags) for tags in roads.tags], np.int8)[way]
    start, end = segments.start[first], segments.end[last]
    return _Pieces(first, last, way, start, end, along, forward_ms, backward_ms, length_dm)


def _costs(
    roads: OsmRoads, segments: _Segments, degree: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Milliseconds along and against each segment, and decimetres. Who drives into a node pays what it costs."""
    # Not at the top: speeds brings OSMnx, for which no web process should wait a second and pay 60 MB.
    from routing.speeds import JUNCTION_DELAY_S, node_delays, way_speeds

    length_m = distance_m(
        roads.lat[segments.start], roads.lon[segments.start], roads.lat[segments.end], roads.lon[segments.end]
    )
    open_ms = length_m / way_speeds(roads.tags)[segments.way] * 3600
    delay_ms = node_delays(roads.feature) * 1000
    junction_ms = np.where(degree > 2, JUNCTION_DELAY_S * 1000, 0.0)
    along_ms = junction_ms + np.where(roads.faces >= 0, delay_ms, 0.0)
    against_ms = junction_ms + np.where(roads.faces <= 0, delay_ms, 0.0)
    return open_ms + along_ms[segments.end], open_ms + against_ms[segments.start], length_m * 10


def distance_m(
    lat: NDArray[np.float64], lon: NDArray[np.float64], other_lat: NDArray[np.float64], other_lon: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Metres between points a few hundred kilometres apart at most (equirectangular)."""
    north = np.radians(other_lat - lat)
    east = np.radians(other_lon - lon) * np.cos(np.radians((lat + other_lat) / 2))
    return np.asarray(EARTH_M * np.hypot(north, east))


def _strong(pieces: _Pieces, nodes: int) -> NDArray[np.bool_]:
    """Which nodes lie in the largest part where all reach all: a road that leads nowhere helps nobody."""
    forth, back = pieces.along >= 0, pieces.along <= 0
    tails = np.concatenate([pieces.start[forth], pieces.end[back]])
    heads = np.concatenate([pieces.end[forth], pieces.start[back]])
    graph = coo_array((np.ones(len(tails), np.int8), (tails, heads)), shape=(nodes, nodes)).tocsr()
    _, part = connected_components(graph, directed=True, connection="strong")
    largest = int(np.argmax(np.bincount(part)))
    if np.count_nonzero(part == largest) < 2:
        raise BadSource("No two junctions of this extract can be reached from each other by car.")
    return np.asarray(part == largest)


def _shapes(segments: _Segments, pieces: _Pieces) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the shape of each piece starts, and the nodes along the pieces, one piece after the other."""
    counts = pieces.last - pieces.first + 1
    piece_start = np.concatenate([[0], np.cumsum(counts + 1)])  # one point more than segments
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    shape = np.empty(piece_start[-1], np.int64)
    shape[np.repeat(piece_start[:-1], counts) + within] = segments.start[np.repeat(pieces.first, counts) + within]
    shape[piece_start[1:] - 1] = pieces.end
    return piece_start, shape


def _may_stop(tags: dict[str, str]) -> bool:
    fast = tags["highway"].startswith(("motorway", "trunk")) or tags.get("motorroad") == "yes"
    return not fast and tags.get("tunnel", "no") in ("no", "building_passage")
