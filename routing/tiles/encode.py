"""Pieces of a zoom encoded as Mapbox Vector Tiles (version 2): one pass of NumPy over all coordinates."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from mapbox_vector_tile.Mapbox import vector_tile_pb2
from numpy.typing import NDArray

from routing.tiles.cut import EXTENT, Pieces
from routing.tiles.read import Features, Geometries
from routing.tiles.schema import Attributes, Value

_MOVE, _LINE, _CLOSE = 1, 2, 7  # commands of the specification, in the low three bits
_POINT, _LINESTRING, _POLYGON = 1, 2, 3


def encode(features: Features, pieces: Pieces) -> Iterator[tuple[int, int, bytes]]:
    """Yield (x, y, tile bytes) for each tile of `pieces` that has something to show."""
    if len(pieces) == 0:
        return
    kinds = shapely.get_dimensions(pieces.shapes) + 1
    first = _first_of_runs(features, pieces, kinds)
    number = np.cumsum(first) - 1
    commands, ends = _commands(pieces.shapes, kinds, number)
    starts = np.concatenate([[0], ends[:-1]])
    x, y, rows, kinds = pieces.x[first], pieces.y[first], pieces.rows[first].tolist(), kinds[first].tolist()
    turns = np.flatnonzero(np.diff(x) | np.diff(y)) + 1
    for begin, stop in pairwise([0, *turns.tolist(), len(x)]):
        tile = vector_tile_pb2.tile()
        layer: _Layer | None = None
        for run in range(begin, stop):
            if starts[run] == ends[run]:
                continue
            if layer is None or layer.name != features.layers[rows[run]]:
                layer = _Layer(tile.layers.add(), features.layers[rows[run]])
            layer.add(kinds[run], features.attributes[rows[run]], commands[starts[run] : ends[run]].tolist())
        if layer is not None:
            yield int(x[begin]), int(y[begin]), tile.SerializeToString(deterministic=True)


def _first_of_runs(features: Features, pieces: Pieces, kinds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Lines or areas next to each other that read the same become one feature; points stay their own."""
    alike = features.alike[pieces.rows]
    first = np.ones(len(pieces), dtype=bool)
    first[1:] = (np.diff(pieces.x) != 0) | (np.diff(pieces.y) != 0) | (np.diff(alike) != 0) | (np.diff(kinds) != 0)
    first[kinds == _POINT] = True
    return first


class _Layer:
    """A layer under construction, with its table of keys and values."""

    def __init__(self, message: Any, name: str) -> None:
        self.name = name
        self._message = message
        self._message.name = name
        self._message.version = 2
        self._message.extent = EXTENT
        self._keys: dict[str, int] = {}
        self._values: dict[tuple[type, Value], int] = {}

    def add(self, kind: int, attributes: Attributes, geometry: list[int]) -> None:
        feature = self._message.features.add()
        feature.type = kind
        feature.tags.extend([number for item in attributes.items() for number in self._tag(*item)])
        feature.geometry.extend(geometry)

    def _tag(self, key: str, value: Value) -> tuple[int, int]:
        if key not in self._keys:
            self._keys[key] = len(self._keys)
            self._message.keys.append(key)
        typed = (type(value), value)  # True == 1 in Python, but not on the map
        if typed not in self._values:
            self._values[typed] = len(self._values)
            message = self._message.values.add()
            if isinstance(value, bool):
                message.bool_value = value
            elif isinstance(value, int):
                message.int_value = value
            else:
                message.string_value = value
        return self._keys[key], self._values[typed]


def _commands(
    shapes: Geometries, kinds: NDArray[np.int64], number: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All command streams in one array, and where each feature's ends; `number` is the feature of each shape."""
    points, part, owner, polygon = _parts(shapes, kinds)
    count = np.bincount(part, minlength=len(owner))
    kind = kinds[owner]
    kept = count >= np.choose(kind - 1, [1, 2, 3])  # what rounding left of a line or ring may be too little
    kept &= (kind != _POLYGON) | _rings_to_keep(points, part, polygon, kept)
    inside = kept[part]
    points, owner, kind, count = points[inside], number[owner[kept]], kind[kept], count[kept]
    first = np.cumsum(count) - count
    steps = np.diff(points, axis=0, prepend=0)
    new_feature = np.flatnonzero(np.diff(owner, prepend=-1))
    steps[first[new_feature]] = points[first[new_feature]]  # the cursor starts at the tile's corner for each feature
    zigzag = (steps << 1) ^ (steps >> 63)
    length = 1 + 2 * count + (kind > _POINT) + (kind == _POLYGON)
    begin = np.cumsum(length) - length
    stream = np.empty(int(length.sum()), dtype=np.int64)
    is_first = np.zeros(len(points), dtype=bool)
    is_first[first] = True
    place = np.repeat(begin, count) + 2 * (np.arange(len(points)) - np.repeat(first, count))
    place += np.where(is_first, 1, 2)
    stream[place], stream[place + 1] = zigzag[:, 0], zigzag[:, 1]
    stream[begin] = 1 << 3 | _MOVE
    drawn = kind > _POINT
    stream[begin[drawn] + 3] = (count[drawn] - 1) << 3 | _LINE
    closed = kind == _POLYGON
    stream[(begin + length - 1)[closed]] = 1 << 3 | _CLOSE
    total = np.bincount(owner, weights=length, minlength=number[-1] + 1).astype(np.int64)
    return stream, np.cumsum(total)


def _parts(shapes: Geometries, kinds: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """Points (n, 2) rounded to the grid without repetitions, the part each belongs to, each part's shape and polygon.

    Rings come without their closing point; outer rings clockwise on the screen, as the specification asks.
    """
    areas = kinds == _POLYGON
    shapes = shapes.copy()
    # In y-down coordinates, counter-clockwise in the mathematical sense looks clockwise on the screen.
    shapes[areas] = shapely.orient_polygons(shapes[areas], exterior_cw=False)
    pieces, owner = shapely.get_parts(shapes, return_index=True)
    is_polygon = kinds[owner] == _POLYGON
    rings, polygon = shapely.get_rings(pieces[is_polygon], return_index=True)
    parts = np.concatenate([pieces[~is_polygon], rings])
    owner = np.concatenate([owner[~is_polygon], owner[is_polygon][polygon]])
    polygon = np.concatenate([np.full(int((~is_polygon).sum()), -1), polygon])
    order = np.argsort(owner, kind="stable")
    parts, owner, polygon = parts[order], owner[order], polygon[order]
    coordinates, part = shapely.get_coordinates(parts, return_index=True)
    points = np.rint(coordinates).astype(np.int64)
    again = np.zeros(len(points), dtype=bool)
    again[1:] = (points[1:] == points[:-1]).all(axis=1) & (part[1:] == part[:-1])
    points, part = points[~again], part[~again]
    last = np.zeros(len(points), dtype=bool)
    last[np.flatnonzero(np.diff(part, append=-1))] = True
    closing = last & (kinds[owner][part] == _POLYGON)
    return points[~closing], part[~closing], owner, polygon


def _rings_to_keep(
    points: NDArray[np.int64], part: NDArray[np.int64], polygon: NDArray[np.int64], whole: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Rings that rounding has not turned inside out or flat, and no hole without the ring around it."""
    after = np.roll(points, -1, axis=0)
    first = np.flatnonzero(np.diff(part, prepend=-1))
    after[np.append(first[1:], len(points)) - 1] = points[first]
    area = np.bincount(part, points[:, 0] * after[:, 1] - after[:, 0] * points[:, 1], minlength=len(polygon))
    outer = np.diff(polygon, prepend=-2) != 0
    good = whole & np.where(outer, area > 0, area < 0)
    return good & good[np.maximum.accumulate(np.where(outer, np.arange(len(outer)), 0))]
