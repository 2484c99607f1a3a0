"""Lines that meet made to share a node: crossings and loose ends welded, near misses pulled together."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from demo.valley.terrain import Array

Shapes = NDArray[np.object_]
Numbers = NDArray[np.int64]
_TOUCH_M = 0.6  # ends this near to a line lie on it
_APART_M = 13.0  # two junctions on one street nearer than this become one


@dataclass(frozen=True, slots=True)
class Network:
    """Edges between junctions in the order of the lines they come from."""

    edges: Shapes
    lines: Numbers  # the line each edge is part of, ascending
    start: Numbers  # node numbers
    end: Numbers
    nodes: Array  # (n, 2)


def weld(lines: Shapes) -> Network:
    """Cut `lines` into edges wherever another line crosses or ends. Lines that shrink to a point vanish."""
    line, spot = _meetings(lines)
    spots, spot_of = np.unique(np.rint(spot * 100).astype(np.int64), axis=0, return_inverse=True)
    spot_of = spot_of.reshape(-1)
    along = shapely.line_locate_point(lines[line], shapely.points(spot))
    order = np.lexsort((along, line))
    line, along, spot_of = line[order], along[order], spot_of[order]
    node_of, nodes = _one_node_each(spots / 100, line, along, spot_of)
    fresh = np.ones(len(line), dtype=bool)
    fresh[1:] = (line[1:] != line[:-1]) | (node_of[1:] != node_of[:-1])
    line, along, node_of = line[fresh], along[fresh], node_of[fresh]
    first = np.flatnonzero((line[1:] == line[:-1]) & (node_of[1:] != node_of[:-1]))
    edges = _edges(lines, line, along, first, nodes[node_of])
    return Network(edges, line[first], node_of[first], node_of[first + 1], nodes)


def _meetings(lines: Shapes) -> tuple[Numbers, Array]:
    """Each pair (line, spot on it) where it ends or meets another."""
    tree = shapely.STRtree(lines)
    one, other = tree.query(lines, predicate="intersects")
    once = one < other
    shared = shapely.intersection(lines[one[once]], lines[other[once]])
    crossing, pair = shapely.get_coordinates(shared, return_index=True)
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(lines, end)) for end in (0, -1)])
    loose, host = tree.query(shapely.points(ends), predicate="dwithin", distance=_TOUCH_M)
    line = np.concatenate([one[once][pair], other[once][pair], host])
    return line, np.concatenate([crossing, crossing, ends[loose]])


def _one_node_each(spots: Array, line: Numbers, along: Array, spot_of: Numbers) -> tuple[Numbers, Array]:
    """The node of each meeting, and where nodes are: spots that touch or are close along a line are one node."""
    touching = cKDTree(spots).query_pairs(_TOUCH_M, output_type="ndarray")
    close = np.flatnonzero((line[1:] == line[:-1]) & (np.diff(along) < _APART_M))
    pairs = np.concatenate([touching, np.column_stack([spot_of[close], spot_of[close + 1]])])
    joined = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(spots),) * 2)
    count, node_of_spot = connected_components(joined, directed=False)
    where = np.zeros((count, 2))
    # The spot on the earliest line wins: country roads stay put and lanes bend towards them.
    meeting = np.lexsort((line,))[::-1]
    where[node_of_spot[spot_of[meeting]]] = spots[spot_of[meeting]]
    return node_of_spot[spot_of].astype(np.int64), where


def _edges(lines: Shapes, line: Numbers, along: Array, first: Numbers, spots: Array) -> Shapes:
    """Geometry from meeting `first` to the next one, keeping the bends between."""
    points, owner = shapely.get_coordinates(lines, return_index=True)
    step = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    total = np.cumsum(step)
    place = total - total[starts][np.searchsorted(starts, np.arange(len(points)), side="right") - 1]
    far = float(place.max()) + 1000
    before = np.searchsorted(line * far + along, owner * far + place, side="right") - 1
    edge_at = np.full(len(line), -1)
    edge_at[first] = np.arange(len(first))
    edge = edge_at[np.maximum(before, 0)]
    bend = (edge >= 0) & (before >= 0)
    bend[bend] &= (place[bend] > along[before[bend]] + 3) & (place[bend] < along[before[bend] + 1] - 3)
    number = np.arange(len(first))
    coords = np.concatenate([spots[first], points[bend], spots[first + 1]])
    edges = np.concatenate([number, edge[bend], number])
    rank = np.concatenate([np.full(len(first), -1.0), place[bend], np.full(len(first), np.inf)])
    order = np.lexsort((rank, edges))
    return shapely.linestrings(coords[order], indices=edges[order])
