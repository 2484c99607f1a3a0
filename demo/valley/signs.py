"""What stands at the roadside: names, numbers, speed limits, surfaces, signals and forbidden turns."""

from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from demo.valley import names
from demo.valley.country import CountryRoads
from demo.valley.drawing import Drawing, Tags
from demo.valley.network import Streets
from demo.valley.plan import Line
from demo.valley.settlements import Places, Rank
from demo.valley.spare import STORE_STREET
from demo.valley.streets import DRIVABLE

_SPEED = {"primary": "80", "secondary": "80", "tertiary": "80", "unclassified": "70"}
_MAIN = frozenset({"primary", "secondary", "tertiary"})
_RING_NAMES = {
    "wall": "Boulevard des Remparts", "boulevard": "Boulevard de Ceinture", "outer": "Boulevard des Coteaux",
    "lakeside": "Tour du lac", "towpath": "Chemin de halage", "store": STORE_STREET,
}  # fmt: skip


def name_streets(
    streets: Streets, places: Places, roads: CountryRoads, labels: list[str], rng: np.random.Generator
) -> None:
    """Fill `streets.names`; a road between places is named after the larger of the two, a through road likewise."""
    stock = names.StreetNames(rng)
    for line in streets.lines:
        streets.names.append(_name(line, places, roads, labels, stock))


def _name(line: Line, places: Places, roads: CountryRoads, labels: list[str], stock: names.StreetNames) -> str:
    if line.role in _RING_NAMES:
        return _RING_NAMES[line.role]
    if line.role == "square":
        return "Place du Marché" if places.ranks[line.home] == Rank.TOWN else "Place de la Mairie"
    if line.road >= 0:
        one, other = (int(place) for place in roads.ends[line.road])
        far = other if one == line.home else one
        if far >= len(labels) or (line.home < 0 and places.ranks[one] > places.ranks[other]):
            far = one if far == other else other
        if far >= len(labels) or far == line.home:
            return "Grande Rue" if line.home >= 0 else ""
        town = line.home >= 0 and places.ranks[line.home] == Rank.TOWN
        return f"{'Avenue' if town else 'Rue' if line.home >= 0 else 'Route'} {names.of(labels[far])}"
    if line.role == "quay":
        return stock.take(line.home, "quay")
    if line.kind in DRIVABLE or line.kind == "pedestrian":
        return stock.take(line.home, line.role) if line.home >= 0 else stock.take(line.home, "lane")
    return ""


def road_tags(streets: Streets, number: int, rng: np.random.Generator) -> Tags:
    """Tags of a street line; who reads them is a router, so they say what French signs would say."""
    line, name = streets.lines[number], streets.names[number]
    if line.kind == "rail":
        return {"railway": "rail", "usage": "branch", "electrified": "no", "gauge": "1435", "maxspeed": "100"}
    tags = {"highway": line.kind} | ({"name": name} if name else {})
    if line.road >= 0 and line.kind in _MAIN:
        tags["ref"] = f"D {10 + line.road * 7 % 890}"
    if line.role == "roundabout":
        tags |= {"junction": "roundabout", "oneway": "yes", "maxspeed": "50"}
    elif number in streets.oneway:
        tags["oneway"] = "yes"
    if line.kind in DRIVABLE and "maxspeed" not in tags:
        tags |= _limits(line, rng)
    if line.kind == "track":
        tags |= {
            "tracktype": f"grade{rng.integers(2, 5)}",
            "surface": str(rng.choice(["gravel", "ground", "compacted"])),
        }
    if line.role == "aisle":
        tags["service"] = "parking_aisle"
    elif line.kind == "cycleway":
        tags |= {"surface": "asphalt" if line.home >= 0 else "compacted", "foot": "yes"}
    return tags


def _limits(line: Line, rng: np.random.Generator) -> Tags:
    if line.role == "store":
        return {"maxspeed": "30", "surface": "asphalt"}
    if line.kind == "living_street":
        return {"maxspeed": "20", "surface": "sett"}
    if line.home < 0:
        return {"maxspeed": _SPEED[line.kind], "surface": "asphalt"}
    if line.kind == "residential":
        return [{}, {"maxspeed": "30", "zone:maxspeed": "FR:30"}, {"maxspeed": "50"}, {"surface": "asphalt"}][
            rng.integers(4)
        ]
    return {"maxspeed": "50", "surface": "asphalt", "lit": "yes"}


def draw_streets(drawing: Drawing, streets: Streets, rng: np.random.Generator) -> None:
    """Draw every street as ways: one per line, cut at bridges and where a turn is forbidden."""
    crossroads = _crossroads(streets)
    turns = _forbidden_turns(streets, crossroads, rng)
    vias = np.array(sorted({via for _, via, _ in turns}), dtype=np.int64)
    fresh = np.ones(len(streets.edges), dtype=bool)
    fresh[1:] = (np.diff(streets.line_of) != 0) | (streets.start[1:] != streets.end[:-1])
    fresh[1:] |= (np.diff(streets.bridge.astype(int)) != 0) | np.isin(streets.start[1:], vias)
    first_way = len(drawing.lines)
    way_of = np.cumsum(fresh) - 1 + first_way
    tags_of = {number: road_tags(streets, number, rng) for number in np.unique(streets.line_of).tolist()}
    starts = np.append(np.flatnonzero(fresh), len(fresh))
    points = shapely.get_coordinates(streets.edges)
    point_of = np.append(0, np.cumsum(shapely.get_num_coordinates(streets.edges)))
    for first, last in pairwise(starts):
        tags = dict(tags_of[int(streets.line_of[first])])
        if streets.bridge[first] and "highway" in tags:
            tags |= {"bridge": "yes", "layer": "1"}
        drawing.line(points[point_of[first] : point_of[last]], tags)
    for come, via, take in turns:
        spot = (float(streets.nodes[via, 0]), float(streets.nodes[via, 1]))
        drawing.forbidden_turns.append((int(way_of[come]), spot, int(way_of[take]), "no_left_turn"))
    for x, y in streets.crossings:
        drawing.point(x, y, railway="level_crossing", crossing__barrier="full")
    for node in _signals(streets, crossroads):
        drawing.point(*streets.nodes[node], highway="traffic_signals")


def _crossroads(streets: Streets) -> dict[int, list[int]]:
    """Junctions in a town where a main street crosses another street: node → its edges."""
    usable = np.array(
        [line.kind in DRIVABLE and line.role != "roundabout" and line.home >= 0 for line in streets.lines]
    )
    edge = np.flatnonzero(usable[streets.line_of])
    edge, node = np.tile(edge, 2), np.concatenate([streets.start[edge], streets.end[edge]])
    main = np.isin(streets.kinds[edge], sorted(_MAIN))
    crossing = (np.bincount(node) >= 4) & (np.bincount(node, weights=main) > 0)
    at: dict[int, list[int]] = {}
    for one, here in zip(edge[crossing[node]].tolist(), node[crossing[node]].tolist(), strict=True):
        at.setdefault(here, []).append(one)
    return at


def _signals(streets: Streets, crossroads: dict[int, list[int]]) -> list[int]:
    """Where two main streets cross."""
    kinds, found = streets.kinds, []
    for node, edges in sorted(crossroads.items()):
        main = {int(streets.line_of[edge]) for edge in edges if kinds[edge] in _MAIN}
        if len(main) >= 2:
            found.append(node)
    return found


def _forbidden_turns(
    streets: Streets, crossroads: dict[int, list[int]], rng: np.random.Generator
) -> list[tuple[int, int, int]]:
    """Left turns off a main street at a few crossroads of two-way streets: (edge from, node, edge to)."""
    kinds, turns = streets.kinds, []
    for node, edges in sorted(crossroads.items()):
        lines = streets.line_of[edges]
        two_way = not streets.oneway & set(lines.tolist())
        if len(edges) != 4 or len(set(lines.tolist())) != 2 or not two_way or rng.random() > 0.5:
            continue
        come = next(edge for edge in edges if kinds[edge] in _MAIN)
        bearing = _bearings(streets, node, edges)
        others = [edge for edge in edges if streets.line_of[edge] != streets.line_of[come]]
        # Coming in along `come`, left is a quarter turn clockwise from where one came.
        left = min(others, key=lambda edge: abs(_turn(bearing[come] - np.pi / 2, bearing[edge])))
        turns.append((come, node, left))
    return turns


def _bearings(streets: Streets, node: int, edges: list[int]) -> dict[int, float]:
    """The direction in which each edge leaves the node, radians counter-clockwise from east."""
    bearing = {}
    for edge in edges:
        points: NDArray[np.float64] = np.asarray(streets.edges[edge].coords)
        step = points[1] - points[0] if streets.start[edge] == node else points[-2] - points[-1]
        bearing[edge] = float(np.arctan2(step[1], step[0]))
    return bearing


def _turn(one: float, other: float) -> float:
    return float((other - one + np.pi) % (2 * np.pi) - np.pi)
