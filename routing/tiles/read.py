"""An OSM file read into map features: columns of layer, first zoom, attributes and Web-Mercator geometry."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from routing.errors import BadSource
from routing.tiles import schema
from routing.tiles.coast import sea
from routing.tiles.schema import Attributes, Drawn

Bounds = tuple[float, float, float, float]
Geometries = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Features:
    """Things to draw, one row each; `shapes` are in the unit square of Web Mercator, y downwards."""

    layers: list[str]
    min_zooms: NDArray[np.int8]
    attributes: list[Attributes]
    shapes: Geometries
    bounds: Bounds  # west, south, east, north in degrees
    alike: NDArray[np.int64]  # rows with the same layer and attributes have the same number


class _Collector:
    """Rows as they come; geometry stays hexadecimal WKB until all of it is parsed in one call."""

    def __init__(self) -> None:
        self.drawn: list[Drawn] = []
        self.wkb: list[str] = []
        self.coast: list[str] = []
        self.factory = osmium.geom.WKBFactory()

    def node(self, node: osmium.osm.Node) -> None:
        drawn = list(schema.of_node(_tags(node)))
        self._add(drawn, self.factory.create_point(node) if drawn else "")

    def way(self, way: osmium.osm.Way) -> None:
        tags = _tags(way)
        if tags.get("natural") == "coastline":
            self.coast.append(self._line(way))
            return
        drawn = list(schema.of_way(tags))
        self._add(drawn, self._line(way) if drawn else "")

    def area(self, area: osmium.osm.Area) -> None:
        drawn = list(schema.of_area(_tags(area)))
        self._add(drawn, self.factory.create_multipolygon(area) if drawn else "")

    def _add(self, drawn: list[Drawn], wkb: str) -> None:
        self.drawn += drawn
        self.wkb += [wkb] * len(drawn)

    def _line(self, way: osmium.osm.Way) -> str:
        """The way's line; where an extract cut nodes away, the runs that are left."""
        try:
            return self.factory.create_linestring(way)
        except osmium.InvalidLocationError:
            runs: list[list[tuple[float, float]]] = [[]]
            for node in way.nodes:
                if node.location.valid():
                    runs[-1].append((node.location.lon, node.location.lat))
                elif runs[-1]:
                    runs.append([])
            lines = [run for run in runs if len(run) > 1]
            return str(shapely.MultiLineString(lines).wkb_hex)


def read(osm_file: Path) -> Features:
    """Read `osm_file` (.osm.pbf or .osm). Broken areas and ways without nodes are left out.

    Raises BadSource when the file is no OSM data.
    """
    collector = _Collector()
    try:
        _collect(osm_file, collector)
        declared = _declared_bounds(osm_file)
    except (RuntimeError, ValueError) as error:
        raise BadSource(f"{osm_file} cannot be read as OSM data: {error}") from error
    shapes = shapely.from_wkb(np.array(collector.wkb, dtype=object))
    kept = ~(shapely.is_empty(shapes) | shapely.is_missing(shapes))
    drawn = [row for row, keep in zip(collector.drawn, kept, strict=True) if keep]
    shapes = shapes[kept]
    bounds = declared or _used_bounds(shapes)
    if collector.coast:
        for polygon in sea(shapely.from_wkb(np.array(collector.coast, dtype=object)), bounds, _roads(drawn, shapes)):
            drawn.append(Drawn("ocean", 0, {"dummy": 1}))
            shapes = np.append(shapes, polygon)
    shapes = _points_where_wanted(drawn, _repaired(shapes))
    return Features(
        layers=[row.layer for row in drawn],
        min_zooms=np.array([row.min_zoom for row in drawn], dtype=np.int8),
        attributes=[row.attributes for row in drawn],
        shapes=shapely.transform(shapes, web_mercator),
        bounds=bounds,
        alike=_alike(drawn),
    )


def web_mercator(lon_lat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees (n, 2) to the unit square (n, 2): x east from −180°, y south from 85.05°N."""
    lat = np.radians(np.clip(lon_lat[:, 1], -85.05112877, 85.05112877))
    return np.column_stack([(lon_lat[:, 0] + 180) / 360, (1 - np.arcsinh(np.tan(lat)) / math.pi) / 2])


def _collect(osm_file: Path, collector: _Collector) -> None:
    things = osmium.FileProcessor(osm_file).with_locations().with_areas().with_filter(osmium.filter.EmptyTagFilter())
    for thing in things:
        try:
            match thing:
                case osmium.osm.Node():
                    collector.node(thing)
                case osmium.osm.Way():
                    collector.way(thing)
                case osmium.osm.Area():
                    collector.area(thing)
        except (osmium.InvalidLocationError, RuntimeError):  # geometry that the extract cut to pieces
            continue


def _tags(thing: osmium.osm.Node | osmium.osm.Way | osmium.osm.Area) -> dict[str, str]:
    return {tag.k: tag.v for tag in thing.tags}


def _declared_bounds(osm_file: Path) -> Bounds | None:
    with osmium.io.Reader(osm_file, osmium.osm.NOTHING) as reader:
        box = reader.header().box()
        if not box.valid():
            return None
        return (box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat)


def _used_bounds(shapes: Geometries) -> Bounds:
    if len(shapes) == 0:
        return (0.0, 0.0, 0.0, 0.0)
    west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
    return (west, south, east, north)


def _roads(drawn: list[Drawn], shapes: Geometries) -> NDArray[np.float64]:
    roads: NDArray[np.float64] = shapely.get_coordinates(shapes[[row.layer == "streets" for row in drawn]])
    return roads


def _alike(drawn: list[Drawn]) -> NDArray[np.int64]:
    numbers: dict[object, int] = {}
    keys = ((row.layer, tuple(sorted(row.attributes.items()))) for row in drawn)
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def _repaired(shapes: Geometries) -> Geometries:
    broken = ~shapely.is_valid(shapes)
    shapes[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    return shapes


def _points_where_wanted(drawn: list[Drawn], shapes: Geometries) -> Geometries:
    as_point = np.array([row.layer in schema.POINT_LAYERS for row in drawn], dtype=bool)
    as_point &= shapely.get_dimensions(shapes) > 0
    shapes[as_point] = shapely.point_on_surface(shapes[as_point])
    return shapes
