"""The drawing written as OSM data: numbered nodes, ways and relations, the same bytes every time."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from osmium.osm.mutable import Node, Relation, Way

from demo.valley.drawing import Drawing, Line, Tags

CENTRE_LAT, CENTRE_LON = 46.32, 3.05
_M_PER_DEGREE_LAT = 111_195.0
_M_PER_DEGREE_LON = _M_PER_DEGREE_LAT * float(np.cos(np.radians(CENTRE_LAT)))
_GRID_M = 0.1  # spots closer than this are one node
_STAMP = "2024-01-01T00:00:00Z"


def lon_lat(metres: Line) -> Line:
    """Metres east and north of the centre (n, 2) as degrees (n, 2)."""
    return metres / [_M_PER_DEGREE_LON, _M_PER_DEGREE_LAT] + [CENTRE_LON, CENTRE_LAT]


def write(drawing: Drawing, target: Path) -> None:
    """Write `target` (.osm.pbf or .osm); it appears whole or not at all."""
    rings = [ring for area, _ in drawing.areas for ring in (area.exterior, *area.interiors)]
    lines = [line for line, _ in drawing.lines]
    spots = np.array([(x, y) for x, y, _ in drawing.points], dtype=np.float64).reshape(-1, 2)
    ring_points, ring = shapely.get_coordinates(np.array(rings, dtype=object), return_index=True)
    places = np.concatenate([spots, *lines, ring_points])
    grid, node_of = np.unique(np.rint(places / _GRID_M).astype(np.int64), axis=0, return_inverse=True)
    numbers = (node_of.reshape(-1) + 1).tolist()
    tags: dict[int, Tags] = {}
    for number, (_, _, spot_tags) in zip(numbers, drawing.points, strict=False):
        tags.setdefault(number, {}).update(spot_tags)
    unfinished = target.with_name(".unfinished." + target.name)
    unfinished.unlink(missing_ok=True)
    with osmium.SimpleWriter(unfinished, header=_header(places)) as file:
        node = Node(**_VERSION)  # one object for all, since there are many
        for node.id, node.location in enumerate(map(tuple, lon_lat(grid * _GRID_M).tolist()), start=1):
            node.tags = tags.get(node.id)
            file.add_node(node)
        first = len(spots)
        for way, (line, line_tags) in enumerate(drawing.lines, start=1):
            nodes = _without_repetition(numbers[first : first + len(line)])
            file.add_way(Way(id=way, nodes=nodes, tags=line_tags, **_VERSION))
            first += len(line)
        ring_numbers = np.split(np.array(numbers[first:]), np.flatnonzero(np.diff(ring)) + 1)
        _write_areas(file, drawing, [ring.tolist() for ring in ring_numbers])
        _write_turns(file, drawing, dict(zip(map(tuple, grid.tolist()), range(1, len(grid) + 1), strict=True)))
    os.replace(unfinished, target)


_VERSION: dict[str, Any] = {"version": 1, "timestamp": _STAMP, "changeset": 1, "visible": True}


def _header(places: Line) -> osmium.io.Header:
    (west, south), (east, north) = lon_lat(np.array([places.min(axis=0), places.max(axis=0)])).tolist()
    header = osmium.io.Header()
    header.set("generator", "detour demo.valley")
    header.set("sorting", "Type_then_ID")
    header.add_box(osmium.osm.Box(west, south, east, north))
    return header


def _write_areas(file: osmium.SimpleWriter, drawing: Drawing, rings: list[list[int]]) -> None:
    """Closed ways for all rings; relations, in `drawing.areas` order, for the areas with holes."""
    way = len(drawing.lines)
    used = iter(rings)
    relations: list[tuple[Tags, list[tuple[str, int, str]]]] = []
    for area, tags in drawing.areas:
        members = []
        for role in ("outer", *["inner"] * len(area.interiors)):
            way += 1
            members.append(("w", way, role))
            plain = tags if not area.interiors else {}
            file.add_way(Way(id=way, nodes=_without_repetition(next(used)), tags=plain, **_VERSION))
        if area.interiors:
            relations.append((tags, members))
    for number, (tags, members) in enumerate(relations, start=len(drawing.forbidden_turns) + 1):
        file.add_relation(Relation(id=number, members=members, tags={"type": "multipolygon", **tags}, **_VERSION))


def _write_turns(file: osmium.SimpleWriter, drawing: Drawing, node_at: dict[tuple[int, int], int]) -> None:
    for number, (come, (x, y), take, name) in enumerate(drawing.forbidden_turns, start=1):
        via = node_at[round(x / _GRID_M), round(y / _GRID_M)]
        members = [("w", come + 1, "from"), ("n", via, "via"), ("w", take + 1, "to")]
        file.add_relation(
            Relation(id=number, members=members, tags={"type": "restriction", "restriction": name}, **_VERSION)
        )


def _without_repetition(nodes: list[int]) -> list[int]:
    return [node for before, node in zip([0, *nodes], nodes, strict=False) if node != before]
