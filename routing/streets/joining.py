"""Joins OpenStreetMap's ways into a network: cuts them at junctions, holes and barriers, and finds the turns."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from routing.errors import BadSource
from routing.streets.network import UNITS_PER_DEGREE, Names, Network, distance_m, names_of
from routing.streets.osm import BLOCKED, ROAD_CLASSES, OsmRoads, direction
from routing.streets.restrictions import Restriction
from routing.streets.turns import Roadside, join_turns


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
    """Runs of segments from junction to junction: the first and last segment of each, and what it costs to drive.

    `*_end_ms` is what the node at the end costs besides: signals, signs.
    """

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    way: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    along: NDArray[np.int8]
    forward_ms: NDArray[np.int32]
    backward_ms: NDArray[np.int32]
    forward_end_ms: NDArray[np.int32]
    backward_end_ms: NDArray[np.int32]
    length_dm: NDArray[np.int32]

    def only(self, kept: NDArray[np.bool_]) -> "_Pieces":
        return _Pieces(**{field.name: getattr(self, field.name)[kept] for field in fields(self)})


def build_network(
    roads: OsmRoads, restrictions: Sequence[Restriction] = (), *, left_hand: bool = False
) -> tuple[Network, Names]:
    """Join ways at junctions, and keep the largest part in which every arc reaches every other by allowed turns.

    `left_hand`: where one drives on the left. Raises BadSource.
    """
    roads, segments = _segments(roads)
    if not len(segments.way):
        raise BadSource("No road in this extract has two of its nodes.")
    pieces = _pieces(roads, segments)
    kept_nodes = _strong(pieces, len(roads.lat))
    pieces = pieces.only(kept_nodes[pieces.start] & kept_nodes[pieces.end])
    number = (np.cumsum(kept_nodes) - 1).astype(np.int32)
    names, piece_name = _names(roads, pieces)
    network = _with_arcs(roads, segments, pieces, kept_nodes, number, piece_name, left_hand)
    return join_turns(network, _roadside(roads, pieces, kept_nodes, network), restrictions, left_hand), names


def _with_arcs(
    roads: OsmRoads,
    segments: _Segments,
    pieces: _Pieces,
    kept_nodes: NDArray[np.bool_],
    number: NDArray[np.int32],
    piece_name: NDArray[np.int32],
    left_hand: bool,
) -> Network:
    """The network, which nobody can turn on yet."""
    # Not at the top: speeds brings OSMnx, for which no web process should wait a second and pay 60 MB.
    from routing.streets.speeds import kerb_side

    piece_from, piece_to = number[pieces.start], number[pieces.end]
    forth, back = np.flatnonzero(pieces.along >= 0), np.flatnonzero(pieces.along <= 0)
    piece_forward, piece_backward = np.full((2, len(pieces.way)), -1, np.int32)
    piece_forward[forth] = np.arange(len(forth))
    piece_backward[back] = len(forth) + np.arange(len(back))
    piece_start, shape = _shapes(segments, pieces)
    nobody = np.zeros(0, np.int32)
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
        piece_kerb=np.array([kerb_side(tags, left_hand=left_hand) for tags in roads.tags], np.int8)[pieces.way],
        piece_roundabout=np.array([_is_roundabout(tags) for tags in roads.tags], np.uint8)[pieces.way],
        piece_name=piece_name,
        turn_first=nobody.astype(np.int64),
        turn_from=nobody,
        turn_to=nobody,
        turn_ms=nobody,
        into_first=nobody.astype(np.int64),
        turn_by_to=nobody,
    )


def _roadside(roads: OsmRoads, pieces: _Pieces, kept_nodes: NDArray[np.bool_], network: Network) -> Roadside:
    forward = network.piece_forward[network.arc_piece] == np.arange(network.arcs)
    return Roadside(
        node_id=roads.node_id[kept_nodes],
        node_feature=roads.feature[kept_nodes],
        piece_way=roads.way_id[pieces.way],
        end_ms=np.where(
            forward, pieces.forward_end_ms[network.arc_piece], pieces.backward_end_ms[network.arc_piece]
        ).astype(np.int32),
    )


def _segments(roads: OsmRoads) -> tuple[OsmRoads, _Segments]:
    """Cut the ways where the extract has holes, and at barriers, whose two sides become two nodes."""
    way = np.repeat(np.arange(len(roads.tags)), np.diff(roads.way_start))
    both = np.flatnonzero((way[1:] == way[:-1]) & (roads.node[1:] >= 0) & (roads.node[:-1] >= 0))
    both = both[roads.node[both] != roads.node[both + 1]]
    start, end = roads.node[both], roads.node[both + 1]
    lat, lon, node_id, feature, faces = roads.lat, roads.lon, roads.node_id, roads.feature, roads.faces
    for side in (start, end):
        walled = np.flatnonzero(feature[side] == BLOCKED)
        copies = side[walled]
        side[walled] = len(lat) + np.arange(len(walled))
        lat, lon = np.concatenate([lat, lat[copies]]), np.concatenate([lon, lon[copies]])
        node_id = np.concatenate([node_id, node_id[copies]])
        feature = np.concatenate([feature, np.zeros(len(copies), np.uint8)])
        faces = np.concatenate([faces, np.zeros(len(copies), np.int8)])
    joins = np.zeros(len(both), np.bool_)
    joins[1:] = (end[:-1] == start[1:]) & (way[both[1:]] == way[both[:-1]])
    cut = replace(roads, lat=lat, lon=lon, node_id=node_id, feature=feature, faces=faces)
    return cut, _Segments(way=way[both], start=start, end=end, joins=joins)


def _pieces(roads: OsmRoads, segments: _Segments) -> _Pieces:
    """Cut the ways where more or fewer than two segments meet."""
    degree = np.bincount(np.concatenate([segments.start, segments.end]), minlength=len(roads.lat))
    new_piece = ~segments.joins | (degree[segments.start] != 2)
    first = np.flatnonzero(new_piece)
    last = np.concatenate([first[1:], [len(new_piece)]]) - 1
    piece = np.cumsum(new_piece) - 1
    open_ms, along_ms, against_ms, length_m = _costs(roads, segments)
    inner_along, inner_against = along_ms.copy(), against_ms.copy()
    inner_along[last] = 0  # what stands at the two ends of a piece is not on it
    inner_against[first] = 0
    forward_ms, backward_ms, length_dm = (
        np.maximum(np.rint(np.bincount(piece, values)), 1).astype(np.int32)
        for values in (open_ms + inner_along, open_ms + inner_against, length_m * 10)
    )
    way = segments.way[first]
    return _Pieces(
        first=first,
        last=last,
        way=way,
        start=segments.start[first],
        end=segments.end[last],
        along=np.array([direction(tags) for tags in roads.tags], np.int8)[way],
        forward_ms=forward_ms,
        backward_ms=backward_ms,
        forward_end_ms=np.rint(along_ms[last]).astype(np.int32),
        backward_end_ms=np.rint(against_ms[first]).astype(np.int32),
        length_dm=length_dm,
    )


def _costs(
    roads: OsmRoads, segments: _Segments
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Milliseconds on each open segment; what its end costs who drives along it, and its start who drives against it;
    metres."""
    from routing.streets.speeds import ferry_s, node_delays, way_speeds

    length_m = distance_m(
        roads.lat[segments.start], roads.lon[segments.start], roads.lat[segments.end], roads.lon[segments.end]
    )
    open_ms = length_m / way_speeds(roads.tags)[segments.way] * 3600
    way_m = np.bincount(segments.way, length_m, len(roads.tags))
    for way, tags in enumerate(roads.tags):
        if (crossing_s := ferry_s(tags)) is not None:
            here = segments.way == way
            open_ms[here] = 1000 * crossing_s * length_m[here] / max(way_m[way], 1)
    delay_ms = node_delays(roads.feature) * 1000
    along_ms = np.where(roads.faces >= 0, delay_ms, 0.0)
    against_ms = np.where(roads.faces <= 0, delay_ms, 0.0)
    return open_ms, along_ms[segments.end], against_ms[segments.start], length_m


def _names(roads: OsmRoads, pieces: _Pieces) -> tuple[Names, NDArray[np.int32]]:
    """Each name once, and which one each piece has."""
    words = [tags.get("name") or tags.get("ref", "") for tags in roads.tags]
    row: dict[str, int] = {}
    rows = np.array([row.setdefault(word, len(row)) if word else -1 for word in words], np.int32)
    return names_of(list(row)), rows[pieces.way]


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
    return not fast and tags["highway"] != "ferry" and tags.get("tunnel", "no") in ("no", "building_passage")


def _is_roundabout(tags: dict[str, str]) -> bool:
    return tags.get("junction") in ("roundabout", "circular")
