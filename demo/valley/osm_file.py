"""The drawing written as OSM data: numbered nodes, ways and relations, the same bytes every time."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from numpy.typing import NDArray
from osmium.osm.mutable import Node, Relation, Way

from demo.valley.drawing import Drawing, Line, Tags

CENTRE_LAT, CENTRE_LON = 46.32, 3.05
_M_PER_DEGREE_LAT = 111_195.0
_M_PER_DEGREE_LON = _M_PER_DEGREE_LAT * float(np.cos(np.radians(CENTRE_LAT)))
_GRID_M = 0.1  # spots closer than this are one node
Members = list[tuple[str, int, str]]  # type, number, role
_STAMP = "2024-01-01T00:00:00Z"


def lon_lat(metres: Line) -> Line:
    """Metres east and north of the centre (n, 2) as degrees (n, 2)."""
    return metres / [_M_PER_DEGREE_LON, _M_PER_DEGREE_LAT] + [CENTRE_LON, CENTRE_LAT]


def write(drawing: Drawing, target: Path) -> None:
    """Write `target` (.osm.pbf or .osm); it appears whole or not at all."""
    spots = [(x, y) for x, y, _ in drawing.points] + [via for _, via, _, _ in drawing.forbidden_turns]
    lines = [line for line, _ in drawing.lines]
    rings, area = shapely.get_rings([area for area, _ in drawing.areas], return_index=True)
    corners, ring = shapely.get_coordinates(rings, return_index=True)
    places = np.concatenate([np.array(spots).reshape(-1, 2), *lines, corners])
    grid, numbers = _numbered(places)
    bounds = np.cumsum([len(spots), *map(len, lines), *np.bincount(ring)])[:-1]
    at_spots, *ways = (part.tolist() for part in np.split(numbers, bounds))
    tags: dict[int, Tags] = {}
    for number, (_, _, spot_tags) in zip(at_spots, drawing.points, strict=False):
        tags.setdefault(number, {}).update(spot_tags)
    unfinished = target.with_name(".unfinished." + target.name)
    unfinished.unlink(missing_ok=True)
    with osmium.SimpleWriter(unfinished, header=_header(places)) as file:
        node = Node(**_VERSION)  # one object for all, since there are many
        for node.id, node.location in enumerate(map(tuple, lon_lat(grid * _GRID_M).tolist()), start=1):
            node.tags = tags.get(node.id)
            file.add_node(node)
        way_tags, relations = _area_tags(drawing, np.bincount(area).tolist())
        for way, (nodes, own) in enumerate(zip(ways, way_tags, strict=True), start=1):
            file.add_way(Way(id=way, nodes=_without_repetition(nodes), tags=own, **_VERSION))
        turns = _turns(drawing, at_spots[len(drawing.points) :])
        for number, (own, members) in enumerate(turns + relations, start=1):
            file.add_relation(Relation(id=number, members=members, tags=own, **_VERSION))
    os.replace(unfinished, target)


_VERSION: dict[str, Any] = {"version": 1, "timestamp": _STAMP, "changeset": 1, "visible": True}


def _header(places: Line) -> osmium.io.Header:
    (west, south), (east, north) = lon_lat(np.array([places.min(axis=0), places.max(axis=0)])).tolist()
    header = osmium.io.Header()
    header.set("generator", "detour demo.valley")
    header.set("sorting", "Type_then_ID")
    header.add_box(osmium.osm.Box(west, south, east, north))
    return header


def _numbered(places: Line) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The grid points (n, 2) that are nodes, and for each place the number of its node, from 1."""
    cells = np.rint(places / _GRID_M).astype(np.int64)
    low = cells.min(axis=0)
    wide = int(np.ptp(cells[:, 0])) + 1
    keys, number = np.unique((cells - low) @ [1, wide], return_inverse=True)
    return np.column_stack([keys % wide, keys // wide]) + low, number + 1


def _area_tags(drawing: Drawing, rings: list[int]) -> tuple[list[Tags], list[tuple[Tags, Members]]]:
    """Tags of every way, lines first, then rings; multipolygon relations for the areas that have holes."""
    ways = [tags for _, tags in drawing.lines]
    relations: list[tuple[Tags, Members]] = []
    for (_, tags), count in zip(drawing.areas, rings, strict=True):
        if count > 1:
            roles = ["outer"] + ["inner"] * (count - 1)
            members = [("w", len(ways) + number, role) for number, role in enumerate(roles, start=1)]
            relations.append(({"type": "multipolygon", **tags}, members))
        ways += [tags if count == 1 else {}] * count
    return ways, relations


def _turns(drawing: Drawing, vias: list[int]) -> list[tuple[Tags, Members]]:
    return [
        (
            {"type": "restriction", "restriction": name},
            [("w", come + 1, "from"), ("n", via, "via"), ("w", take + 1, "to")],
        )
        for (come, _, take, name), via in zip(drawing.forbidden_turns, vias, strict=True)
    ]


def _without_repetition(nodes: list[int]) -> list[int]:
    return [node for before, node in zip([0, *nodes], nodes, strict=False) if node != before]
