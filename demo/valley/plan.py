"""The plan on paper: country roads, rings, squares and quays, and the blocks and fields that they enclose."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from demo.valley.blocks import Cuts, Shapes, Wanted, split
from demo.valley.country import CountryRoads
from demo.valley.settlements import Places, Rank, outlines, ring
from demo.valley.terrain import RAILWAY_BANK_M, RAILWAY_V_M, RIVER_BANK_M, Array, Terrain

_OLD_RING, _BOULEVARD = 0.17, 0.5  # of the town's radius
_SQUARE_M = {Rank.TOWN: 42.0, Rank.VILLAGE: 26.0}
ROUNDABOUT_M = 21.0
COUNTRY = -1  # the home of fields and of what lies in them


@dataclass(slots=True)
class Line:
    """One line of the plan: a street with its class and role, or a mere border between blocks (`kind` "")."""

    shape: shapely.LineString
    kind: str
    role: str
    home: int = COUNTRY
    road: int = -1  # number of the country road that it is part of


@dataclass(slots=True)
class Plan:
    """Everything before it is welded and bent."""

    lines: list[Line] = field(default_factory=list)
    towns: Shapes = field(default_factory=lambda: np.zeros(0, dtype=object))  # outline of each place but crossroads
    squares: dict[int, shapely.Polygon] = field(default_factory=dict)
    discs: list[shapely.Polygon] = field(default_factory=list)  # roundabouts
    lakes: list[shapely.Polygon] = field(default_factory=list)  # with their lakeside paths as edges
    kept_free: list[shapely.Polygon] = field(default_factory=list)  # lakes and the store's site
    blocks: Shapes = field(default_factory=lambda: np.zeros(0, dtype=object))
    homes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    cuts: Cuts | None = None

    def add(self, shape: shapely.Geometry, kind: str, role: str, home: int = COUNTRY, road: int = -1) -> None:
        for part in shapely.get_parts(shape):
            if part.geom_type in ("LineString", "LinearRing") and part.length > 5:
                self.lines.append(Line(shapely.LineString(part), kind, role, home, road))


def lay_out(
    terrain: Terrain, places: Places, roads: CountryRoads, lakes: list[shapely.Polygon], store: shapely.Polygon,
    extra: list[Line], rng: np.random.Generator, *, field_size: float = 1.0,
) -> Plan:  # fmt: skip
    """Draw the main lines, then cut what they enclose into blocks (in places) and fields (outside).

    `lakes` and the ground of the `store` are kept free; `extra` are the streets that belong to them. Fields are
    `field_size` times as large as usual.
    """
    plan = Plan(lakes=lakes, kept_free=[*lakes, store])
    plan.towns = np.array(outlines(places, rng), dtype=object)
    _squares(plan, places, rng)
    _roundabouts(plan, places, roads, terrain)
    plan.discs += [shapely.Polygon(line.shape.coords) for line in extra if line.role == "roundabout"]
    holes = shapely.union_all([*plan.squares.values(), *plan.discs])
    shapely.prepare(plan.towns)
    strips = _strips(terrain)
    _country(plan, roads, holes)
    _rings(plan, places, strips, holes)
    for home, square in plan.squares.items():
        _half_rings(plan, square, "living_street", "square", home)
    for disc in plan.discs:
        _half_rings(plan, disc, "primary", "roundabout", COUNTRY)
    for line in extra:
        if line.role != "roundabout":
            plan.add(shapely.difference(line.shape, holes), line.kind, line.role)
    _enclose(plan, strips, terrain, _wanted(places, terrain, field_size), rng)
    return plan


def _strips(terrain: Terrain) -> Shapes:
    """Beds of the rivers and of the railways, on which nothing is built."""
    u = terrain.half[0] + 10
    beds = []
    for river in terrain.rivers:
        rail = river + RAILWAY_V_M
        beds.append(shapely.box(-u, river - RIVER_BANK_M, u, river + RIVER_BANK_M))
        beds.append(shapely.box(-u, rail - RAILWAY_BANK_M, u, rail + RAILWAY_BANK_M))
    return np.array(beds, dtype=object)


def _squares(plan: Plan, places: Places, rng: np.random.Generator) -> None:
    for rank, size in _SQUARE_M.items():
        for home in places.of(rank):
            uneven = size * rng.uniform(0.8, 1.25, 4)
            turned = shapely.affinity.rotate(ring(places.spots[home], uneven, corners=4), rng.uniform(0, 90))
            plan.squares[int(home)] = turned


def _roundabouts(plan: Plan, places: Places, roads: CountryRoads, terrain: Terrain) -> None:
    """Where main roads enter a town; round in the landscape, so not quite round on paper."""
    entries: list[shapely.Point] = []
    main = [road for road, kind in zip(roads.lines, roads.kinds, strict=True) if kind in ("primary", "secondary")]
    for home in places.of(Rank.TOWN):
        gates = shapely.intersection(plan.towns[home].exterior, np.array(main, dtype=object))
        for gate in shapely.get_parts(gates):
            if gate.geom_type == "Point" and all(gate.distance(entry) > 140 for entry in entries[-8:]):
                entries.append(gate)
    circles = [ring(middle, ROUNDABOUT_M, corners=16) for middle in terrain.warp(shapely.get_coordinates(entries))]
    plan.discs += list(shapely.transform(np.array(circles, dtype=object), terrain.unwarp))


def _country(plan: Plan, roads: CountryRoads, holes: shapely.Geometry) -> None:
    """Country roads in pieces: inside each place that they pass, and between places."""
    lines = shapely.difference(np.array(roads.lines, dtype=object), holes)
    tree = shapely.STRtree(plan.towns)
    road, town = tree.query(lines, predicate="intersects")
    for number, home in zip(road, town, strict=True):
        plan.add(shapely.intersection(lines[number], plan.towns[home]), roads.kinds[number], "through", home, number)
    within = shapely.union_all(plan.towns)
    for number, rest in enumerate(shapely.difference(lines, within)):
        plan.add(rest, roads.kinds[number], "country", COUNTRY, number)


def _rings(plan: Plan, places: Places, strips: Shapes, holes: shapely.Geometry) -> None:
    closed = shapely.union_all([*strips, holes])
    for home, outline in enumerate(plan.towns):
        if places.ranks[home] != Rank.TOWN:
            plan.add(outline.exterior, "", "border", home)
            continue
        for share, kind, role in ((_OLD_RING, "tertiary", "wall"), (_BOULEVARD, "secondary", "boulevard"),
                                  (1.0, "tertiary", "outer")):  # fmt: skip
            u, v = places.spots[home]
            loop = shapely.affinity.scale(outline, share, share, origin=(u, v)).exterior
            plan.add(shapely.line_merge(shapely.difference(loop, closed)), kind, role, home)
    towns = plan.towns[places.of(Rank.TOWN)]
    for bed in strips[0::2]:
        left, low, right, high = bed.bounds
        for v, kind in ((low, "path"), (high, "cycleway")):
            bank = shapely.difference(shapely.LineString([(left + 10, v), (right - 10, v)]), holes)
            for home in places.of(Rank.TOWN):
                plan.add(shapely.intersection(bank, plan.towns[home]), "residential", "quay", home)
            plan.add(shapely.difference(bank, shapely.union_all(towns)), kind, "towpath")
    for track in strips[1::2]:
        left, low, right, high = track.bounds
        plan.add(shapely.LineString([(left + 10, (low + high) / 2), (right - 10, (low + high) / 2)]), "rail", "rail")


def _half_rings(plan: Plan, area: shapely.Polygon, kind: str, role: str, home: int) -> None:
    """A closed loop as two lines, counter-clockwise, as traffic goes round in France."""
    loop = list(shapely.orient_polygons(area).exterior.coords)
    half = len(loop) // 2
    for part in (loop[: half + 1], loop[half:]):
        plan.lines.append(Line(shapely.LineString(part), kind, role, home))


def _enclose(plan: Plan, strips: Shapes, terrain: Terrain, wanted_m2: Wanted, rng: np.random.Generator) -> None:
    frame = shapely.box(*-terrain.half, *terrain.half)
    beds = shapely.intersection(strips, frame)
    borders = [bed.exterior for bed in beds] + [free.exterior for free in plan.kept_free] + [frame.exterior]
    streets = [line.shape for line in plan.lines if line.kind != "rail"]
    # The grid closes the gaps that rounding leaves where one line was cut at another.
    linework = shapely.union_all([*streets, *borders], grid_size=0.02)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(linework)))
    inner = shapely.point_on_surface(faces)
    closed = shapely.STRtree([*beds, *plan.kept_free, *plan.squares.values(), *plan.discs])
    used = np.zeros(len(faces), dtype=bool)
    used[closed.query(inner, predicate="within")[0]] = True
    faces, inner = faces[~used], inner[~used]
    homes = np.full(len(faces), COUNTRY)
    face, town = shapely.STRtree(plan.towns).query(inner, predicate="within")
    homes[face] = town
    plan.blocks, plan.homes, plan.cuts = split(faces, homes, wanted_m2, rng)


def _wanted(places: Places, terrain: Terrain, field_size: float) -> Wanted:
    """Block size in square metres: tight in an old town, wide in suburbs, fields outside."""

    def size(spots: Array, homes: NDArray[np.int64]) -> Array:
        rank = places.ranks[homes]
        out = np.hypot(*(spots - places.spots[homes]).T) / np.maximum(places.radii_m[homes], 1)
        town = np.interp(out, [0, 0.17, 0.2, 0.5, 1.0], [2000, 2700, 4300, 6500, 11_000])
        rural = np.interp(terrain.roughness(spots), [-1, 1], [60_000, 260_000]) * field_size
        by_rank = np.select([rank == Rank.TOWN, rank == Rank.VILLAGE], [town, 5500 + 4500 * out], 4500.0)
        return np.where(homes == COUNTRY, rural, by_rank)

    return size
