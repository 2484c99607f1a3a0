"""Makes the walking network out of an OpenStreetMap file: every way a person may walk, and the corners along it."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import osmium
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from routing.streets.network import UNITS_PER_DEGREE, distance_m
from routing.streets.osm import node_locations, nodes, reading, ways
from routing.travel.snapping import NOWHERE_CUT_OFF, Grid, RoadPoints, nearest_roads, sort_into_cells
from routing.walking.network import WalkingNetwork

CORNER_M = 30.0
"""A corner that lies on no walkable way belongs to the nearest one within this."""

_WALKED = {
    "footway", "path", "steps", "pedestrian", "track", "bridleway", "corridor", "living_street", "residential",
    "service", "unclassified", "road", "tertiary", "tertiary_link", "secondary", "secondary_link", "primary",
    "primary_link",
}  # fmt: skip
_WALKED_WHERE_SAID = {"cycleway", "trunk", "trunk_link", "motorway", "motorway_link"}
_ALLOWED = {"yes", "designated", "permissive", "destination", "customers", "official", "public"}
_DENIED = {"no", "private", "use_sidepath", "agricultural", "forestry", "delivery", "permit", "emergency", "military"}
_SIDEWALKS = {"both", "left", "right", "yes"}


@dataclass(frozen=True, slots=True)
class _Ways:
    """Walkable ways: way `i` runs over the positions `node[start[i]:start[i + 1]]`, −1 for nodes not in the extract."""

    start: NDArray[np.int64]
    node: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    blocked: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Stretches between two nodes where ways meet or end, with their shapes."""

    piece_from: NDArray[np.int64]
    piece_to: NDArray[np.int64]
    piece_dm: NDArray[np.int32]
    piece_start: NDArray[np.int64]
    shape_lat: NDArray[np.int32]
    shape_lon: NDArray[np.int32]

    def only(self, kept: NDArray[np.bool_]) -> "_Pieces":
        points = np.repeat(kept, np.diff(self.piece_start))
        counts = np.diff(self.piece_start)[kept]
        return _Pieces(
            self.piece_from[kept],
            self.piece_to[kept],
            self.piece_dm[kept],
            np.concatenate([[0], np.cumsum(counts)]),
            self.shape_lat[points],
            self.shape_lon[points],
        )


def is_walkable(tags: dict[str, str]) -> bool:
    """Whether a person may walk along this way; `foot` has the last word, then `access`, then the sort of way."""
    foot = tags.get("foot")
    if foot is not None and foot in _ALLOWED | _DENIED:
        return foot in _ALLOWED and tags.get("highway") in _WALKED | _WALKED_WHERE_SAID
    if tags.get("access") in _DENIED:
        return False
    if tags.get("highway") in _WALKED and tags.get("motorroad") != "yes":
        return True
    said = (tags.get(key) for key in ("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right"))
    return tags.get("highway") in _WALKED_WHERE_SAID and any(word in _SIDEWALKS for word in said)


def stops_walkers(tags: dict[str, str]) -> bool:
    """Whether a barrier with these tags is shut for a person on foot."""
    if "barrier" not in tags:
        return False
    foot = tags.get("foot")
    return foot in _DENIED if foot is not None else tags.get("access") in _DENIED


def build_walking(
    path: Path, corner_lat: NDArray[np.float64], corner_lon: NDArray[np.float64]
) -> tuple[WalkingNetwork, Grid]:
    """The walking network of `path` with the corners (degrees) where a car may stop; raises BadSource.

    Parts without a corner, such as the paths of a walled garden, are left out: nobody meets a car from there.
    """
    pieces = _pieces(_read(path))
    corners = nearest_roads(_grid(pieces), pieces, corner_lat, corner_lon)
    part = _parts(pieces)
    linked = corners.off_m <= CORNER_M
    kept = np.isin(part[pieces.piece_from], part[pieces.piece_from[corners.piece[linked]]])
    pieces = pieces.only(kept)
    number = np.full(len(corner_lat), -1, np.int32)
    number[linked] = np.cumsum(kept)[corners.piece[linked]] - 1
    corners = replace(corners, piece=number)
    return _network(pieces, part, corner_lat, corner_lon, corners), _grid(pieces)


def _read(path: Path) -> _Ways:
    with reading(path):
        locations = node_locations(path)
        refs: list[int] = []
        counts: list[int] = []
        for way in ways(path, osmium.filter.KeyFilter("highway")):
            if is_walkable({tag.k: tag.v for tag in way.tags}):
                visited = [node.ref for node in way.nodes]
                refs += visited
                counts.append(len(visited))
        shut = [
            node.id
            for node in nodes(path, osmium.filter.KeyFilter("barrier"))
            if stops_walkers({tag.k: tag.v for tag in node.tags})
        ]
    named, node = np.unique(np.array(refs, np.int64), return_inverse=True)
    lat, lon = np.full(len(named), np.nan), np.full(len(named), np.nan)
    for position, ref in enumerate(named.tolist()):
        try:
            location = locations.get(ref)
        except KeyError:
            continue
        if location.valid():
            lat[position], lon[position] = location.lat, location.lon
    node = np.where(np.isnan(lat)[node], -1, node)
    return _Ways(np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]), node, lat, lon, np.isin(named, shut))


def _pieces(read: _Ways) -> _Pieces:
    """Join the ways where they meet; at a shut barrier each side ends in a node of its own."""
    way = np.repeat(np.arange(len(read.start) - 1), np.diff(read.start))
    both = np.flatnonzero((way[1:] == way[:-1]) & (read.node[1:] >= 0) & (read.node[:-1] >= 0))
    both = both[read.node[both] != read.node[both + 1]]
    start, end = read.node[both], read.node[both + 1]
    lat, lon = read.lat, read.lon
    for side in (start, end):
        shut = np.flatnonzero(read.blocked[side])
        copies = side[shut]
        side[shut] = len(lat) + np.arange(len(shut))
        lat, lon = np.concatenate([lat, lat[copies]]), np.concatenate([lon, lon[copies]])
    degree = np.bincount(np.concatenate([start, end]), minlength=len(lat))
    opens = np.ones(len(both), np.bool_)
    opens[1:] = (end[:-1] != start[1:]) | (way[both[1:]] != way[both[:-1]]) | (degree[start[1:]] != 2)
    first = np.flatnonzero(opens)
    piece = np.cumsum(opens) - 1
    length_dm = np.bincount(piece, distance_m(lat[start], lon[start], lat[end], lon[end]) * 10)
    # Each piece has one point more than it has straight bits.
    shape = np.insert(start, first[1:], end[first[1:] - 1]) if len(first) else start
    shape = np.append(shape, end[-1:])
    counts = np.diff(np.append(first, len(both))) + 1
    return _Pieces(
        piece_from=start[first],
        piece_to=end[np.append(first[1:], len(both)) - 1] if len(first) else end,
        piece_dm=np.maximum(np.rint(length_dm), 1).astype(np.int32),
        piece_start=np.concatenate([[0], np.cumsum(counts)]) if len(first) else np.zeros(1, np.int64),
        shape_lat=np.rint(lat[shape] * UNITS_PER_DEGREE).astype(np.int32),
        shape_lon=np.rint(lon[shape] * UNITS_PER_DEGREE).astype(np.int32),
    )


def _grid(pieces: _Pieces) -> Grid:
    """For finding the nearest piece; without any cell where nobody may walk anywhere."""
    if len(pieces.piece_from):
        return sort_into_cells(pieces, np.ones(len(pieces.piece_from), np.bool_))
    frame, nothing = np.array([0.0, 0, 1, 1, 0, 0, 1]), np.empty(0, np.int32)
    return Grid(frame, np.zeros(1, np.int64), nothing, nothing, NOWHERE_CUT_OFF)


def _parts(pieces: _Pieces) -> NDArray[np.int32]:
    """Which part of the network each node lies in; all of a part reach each other on foot."""
    count = int(max(pieces.piece_from.max(initial=-1), pieces.piece_to.max(initial=-1))) + 1
    ends = pieces.piece_from, pieces.piece_to
    graph = coo_array((np.ones(len(pieces.piece_from), np.int8), ends), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int32)


def _network(
    pieces: _Pieces,
    part: NDArray[np.int32],
    corner_lat: NDArray[np.float64],
    corner_lon: NDArray[np.float64],
    corners: RoadPoints,
) -> WalkingNetwork:
    """Number what is left, and sort pieces and corners by the nodes they hang on."""
    used, ends = np.unique(np.concatenate([pieces.piece_from, pieces.piece_to]), return_inverse=True)
    one, other = np.split(ends.astype(np.int32), 2)
    tail, head = np.concatenate([one, other]), np.concatenate([other, one])
    order = np.lexsort((head, tail))
    on = np.flatnonzero(corners.piece >= 0)
    piece = corners.piece[on]
    off_dm = np.rint(corners.off_m[on] * 10).astype(np.int32)
    before_dm = np.rint(corners.along[on] * pieces.piece_dm[piece]).astype(np.int32)
    hook = np.concatenate([one[piece], other[piece]])
    hook_dm = np.concatenate([off_dm + before_dm, off_dm + pieces.piece_dm[piece] - before_dm])
    hung = np.lexsort((hook_dm, hook))
    corner_off_dm = np.zeros(len(corner_lat), np.int32)
    corner_off_dm[on] = off_dm
    return WalkingNetwork(
        edge_start=np.searchsorted(tail[order], np.arange(len(used) + 1)),
        edge_node=head[order],
        edge_dm=np.concatenate([pieces.piece_dm, pieces.piece_dm])[order],
        node_part=part[used],
        piece_from=one,
        piece_to=other,
        piece_dm=pieces.piece_dm,
        piece_start=pieces.piece_start,
        shape_lat=pieces.shape_lat,
        shape_lon=pieces.shape_lon,
        corner_lat=corner_lat,
        corner_lon=corner_lon,
        corner_piece=corners.piece,
        corner_along=corners.along,
        corner_off_dm=corner_off_dm,
        hook_start=np.searchsorted(hook[hung], np.arange(len(used) + 1)),
        hook_corner=np.concatenate([on, on])[hung].astype(np.int32),
        hook_dm=hook_dm[hung],
    )
