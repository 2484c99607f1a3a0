"""Sea polygons from coastlines: OSM draws them with the land on the left and the water on the right."""

import numpy as np
import shapely
from numpy.typing import NDArray

_GRID_DEG = 1e-7  # the resolution of OSM coordinates
_REACH = 0.05  # an extract may cut coast ways this share of its width before its edge


def sea(
    coastlines: NDArray[np.object_], bounds: tuple[float, float, float, float], roads: NDArray[np.float64]
) -> list[shapely.Polygon]:
    """The parts of `bounds` (degrees) that lie to the right of the coast.

    Faces between coast and edge are voted on by the sides of each coast segment. `roads` (n, 2) are points on
    land: a face with most of them in it is no sea, however the torn coast of an extract votes.
    """
    box = shapely.box(*bounds)
    merged = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(coastlines)))
    parts = shapely.get_parts(shapely.intersection(shapely.get_parts(merged), box))
    lines = [line for line in parts if line.geom_type == "LineString" and not line.is_empty]
    if not lines:
        return []
    lines = [_carried_to(box.exterior, line) for line in lines]
    linework = shapely.union_all([*lines, box.exterior], grid_size=_GRID_DEG)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(linework)))
    votes = _votes(faces, lines)
    crowded = np.zeros(len(faces), dtype=bool)
    if len(roads):
        tree = shapely.STRtree(shapely.points(roads[:: max(1, len(roads) // 20_000)]))
        inside = np.bincount(tree.query(faces, predicate="contains")[0], minlength=len(faces))
        crowded = inside > 0.5 * len(tree)
    return [face for face, vote, busy in zip(faces, votes, crowded, strict=True) if vote > 0 and not busy]


def _carried_to(edge: shapely.LinearRing, line: shapely.LineString) -> shapely.LineString:
    """The line with loose ends that nearly reach the edge carried to it."""
    if line.is_ring:
        return line
    reach = _REACH * min(edge.bounds[2] - edge.bounds[0], edge.bounds[3] - edge.bounds[1])
    first, last = shapely.Point(line.coords[0]), shapely.Point(line.coords[-1])
    head, tail = ([edge.interpolate(edge.project(end))] * (0 < edge.distance(end) < reach) for end in (first, last))
    return shapely.LineString([*(p.coords[0] for p in head), *line.coords, *(p.coords[0] for p in tail)])


def _votes(faces: NDArray[np.object_], lines: list[shapely.LineString]) -> NDArray[np.float64]:
    """Per face, coast length that has it on the water side minus coast length that has it on the land side."""
    coords, owner = shapely.get_coordinates(lines, return_index=True)
    same = owner[1:] == owner[:-1]
    start, along = coords[:-1][same], (coords[1:] - coords[:-1])[same]
    length = np.hypot(*along.T)
    aside = np.column_stack([along[:, 1], -along[:, 0]]) * (np.minimum(0.1, 1e-6 / np.maximum(length, 1e-12)))[:, None]
    votes = np.zeros(len(faces))
    tree = shapely.STRtree(faces)
    for sign in (1, -1):
        segment, face = tree.query(shapely.points(start + along / 2 + sign * aside), predicate="within")
        np.add.at(votes, face, sign * length[segment])
    return votes
