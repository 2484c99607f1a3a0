"""Features cut to tiles: for one zoom, which feature shows in which tile, in that tile's own units."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from routing.tiles.read import Features, Geometries, web_mercator
from routing.tiles.schema import MAX_ZOOM

EXTENT = 4096  # units along a tile's side
BUFFER = 80  # units that a line or polygon may reach over the tile's edge, so that strokes do not end there
_SIMPLIFY = 6.0  # units; at `MAX_ZOOM`, which is shown enlarged, nothing is simplified away but noise
_SMALLEST_AREA = 400.0  # square units below which a polygon is dropped before `MAX_ZOOM`


@dataclass(frozen=True, slots=True)
class Pieces:
    """What shows at one zoom, sorted by tile and, within it, by layer and importance. Columns of equal length."""

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    rows: NDArray[np.int64]  # of the feature table
    shapes: Geometries  # 0..EXTENT within tile (x, y), BUFFER beyond

    def __len__(self) -> int:
        return len(self.rows)


def cut(features: Features, zoom: int) -> Pieces:
    """The pieces of all features that show at `zoom`, in each tile that they and the map's bounds touch."""
    rows = np.flatnonzero(features.min_zooms <= zoom)
    whole_area = shapely.area(features.shapes)
    size = EXTENT * 2.0**zoom
    shapes = shapely.transform(features.shapes[rows], lambda unit: unit * size)
    shapes = shapely.simplify(shapes, _SIMPLIFY if zoom < MAX_ZOOM else 0.5, preserve_topology=False)
    kept = ~shapely.is_empty(shapes)
    if zoom < MAX_ZOOM:
        kept &= (shapely.get_dimensions(shapes) < 2) | (shapely.area(shapes) >= _SMALLEST_AREA)
    rows, shapes = rows[kept], shapes[kept]
    one, x, y = _touched(shapes, _tile_range(features, zoom))
    shapes = shapes[one]
    _clip(shapes, x, y)
    shown = ~shapely.is_empty(shapes)
    x, y, rows, shapes = x[shown], y[shown], rows[one][shown], shapes[shown]
    layer_of = {layer: number for number, layer in enumerate(sorted(set(features.layers)))}
    layers = np.array([layer_of[features.layers[row]] for row in rows], dtype=np.int64)
    # Important roads (those that show early) are drawn last, on top of the others; a park after the quarter around it.
    solid = shapely.get_dimensions(shapes) == 2
    rank = np.where(solid, -whole_area[rows], -features.min_zooms[rows])
    order = np.lexsort((rows, features.alike[rows], rank, layers, y, x))
    x, y, shapes = x[order], y[order], shapes[order]
    corner = np.column_stack([x, y]) * float(EXTENT)
    counts = shapely.get_num_coordinates(shapes)
    coordinates = shapely.get_coordinates(shapes) - np.repeat(corner, counts, axis=0)
    return Pieces(x, y, rows[order], shapely.set_coordinates(shapes, coordinates))


def _tile_range(features: Features, zoom: int) -> NDArray[np.int64]:
    """Columns west..east and rows north..south of the map's bounds, as [[west, north], [east, south]]."""
    west, south, east, north = features.bounds
    corners = web_mercator(np.array([[west, north], [east, south]])) * 2**zoom
    tiles: NDArray[np.int64] = np.clip(np.floor(corners), 0, 2**zoom - 1).astype(np.int64)
    return tiles


def _touched(shapes: Geometries, limits: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Pairs of shape and tile whose boxes touch: (shape number, x, y). Points belong to one tile only."""
    if len(shapes) == 0:
        return (np.zeros(0, dtype=np.int64),) * 3
    reach = np.where(shapely.get_dimensions(shapes) > 0, BUFFER, 0)[:, None] * np.array([-1, -1, 1, 1])
    box = np.floor((shapely.bounds(shapes) + reach) / EXTENT).astype(np.int64)
    low, high = np.maximum(box[:, :2], limits[0]), np.minimum(box[:, 2:], limits[1])
    wide, tall = np.maximum(high - low + 1, 0).T
    count = wide * tall
    one = np.repeat(np.arange(len(shapes)), count)
    step = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
    return one, low[one, 0] + step % wide[one], low[one, 1] + step // wide[one]


def _clip(shapes: Geometries, x: NDArray[np.int64], y: NDArray[np.int64]) -> None:
    """Clip in place what reaches over its tile's buffer; most shapes lie well inside and are left alone."""
    box = shapely.bounds(shapes).reshape(-1, 4)
    corner = np.column_stack([x, y]) * EXTENT
    over = (box[:, :2] < corner - BUFFER).any(axis=1) | (box[:, 2:] > corner + EXTENT + BUFFER).any(axis=1)
    numbers = np.flatnonzero(over)
    if len(numbers) == 0:
        return
    numbers = numbers[np.lexsort((y[numbers], x[numbers]))]
    turns = np.flatnonzero(np.diff(x[numbers]) | np.diff(y[numbers])) + 1
    for same in np.split(numbers, turns):
        west, north = (int(value) for value in corner[same[0]])
        east, south = west + EXTENT + BUFFER, north + EXTENT + BUFFER
        shapes[same] = shapely.clip_by_rect(shapes[same], west - BUFFER, north - BUFFER, east, south)
