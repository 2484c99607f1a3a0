"""What covers the ground: forest on the heights, meadows by the river, fields and vineyards between, water."""

import numpy as np
import shapely

from demo.valley import names
from demo.valley.blocks import Shapes
from demo.valley.drawing import Drawing
from demo.valley.plan import COUNTRY, Plan
from demo.valley.settlements import Places, Rank
from demo.valley.terrain import Array, Terrain, Waves

_STEP_M = 50.0
_SMOOTH_M = 30.0


def cover(
    drawing: Drawing, plan: Plan, places: Places, terrain: Terrain, rng: np.random.Generator, *, full: bool
) -> Shapes:
    """Draw land and water; unless `full`, of the land only what is built up.

    Returns the water's shapes in metres, on which nobody builds.
    """
    parcels = plan.blocks[(plan.homes == COUNTRY) & full]
    kinds = _kinds(shapely.get_coordinates(shapely.centroid(parcels)), terrain, rng)
    for wood in _woods(parcels[kinds == "forest"], terrain, rng):
        drawing.area(wood, {"natural": "wood"} if wood.area < 150_000 else {"landuse": "forest"})
    open_ = kinds != "forest"
    for shape, kind in zip(bent(parcels[open_], terrain), kinds[open_].tolist(), strict=True):
        drawing.area(shape, {"landuse": kind})
    for home, outline in enumerate(bent(plan.towns, terrain)):
        if places.ranks[home] > Rank.CROSSROADS:
            drawing.area(outline.buffer(15).simplify(2), {"landuse": "residential"})
    return np.array(_rivers(drawing, terrain, rng) + _lakes(drawing, plan, terrain), dtype=object)


def _woods(parcels: Shapes, terrain: Terrain, rng: np.random.Generator) -> list[shapely.Polygon]:
    """Parcels of forest grown together, with round corners and edges that no ruler drew."""
    grown = shapely.union_all(parcels, grid_size=0.1).simplify(2)
    round_ = grown.buffer(-_SMOOTH_M, quad_segs=2).buffer(2 * _SMOOTH_M, quad_segs=2).buffer(-_SMOOTH_M, quad_segs=2)
    east, north = Waves(rng, 230), Waves(rng, 230)

    def ragged(points: Array) -> Array:
        return points + 16 * np.column_stack([east(points), north(points)])

    edges = shapely.transform(shapely.segmentize(round_, 45), ragged)
    woods = shapely.transform(shapely.get_parts(shapely.make_valid(edges)), terrain.warp)
    return [wood for wood in shapely.simplify(woods, 1.0) if wood.geom_type == "Polygon" and wood.area > 8000]


def bent(shapes: Shapes, terrain: Terrain) -> Shapes:
    """Shapes on paper as shapes in the landscape."""
    return shapely.simplify(shapely.transform(shapely.segmentize(shapes, _STEP_M), terrain.warp), 0.8)


def _kinds(spots: Array, terrain: Terrain, rng: np.random.Generator) -> Array:
    away = abs(terrain.to_river(spots[:, 1])) / (terrain.cell_height / 2)
    woods, vines = Waves(rng, 3600), Waves(rng, 2500)
    dice = rng.random(len(spots))
    sunny = (terrain.to_river(spots[:, 1]) > 1200) & (away < 0.6)
    return np.select(
        [
            woods(spots) * 0.8 + 1.7 * away + rng.normal(0, 0.12, len(spots)) > 1.1,
            (away < 0.07) & (dice < 0.8),
            sunny & (vines(spots) > 0.45),
            dice < 0.06,
            dice < 0.3,
        ],
        ["forest", "meadow", "vineyard", "orchard", "meadow"],
        "farmland",
    )


def _rivers(drawing: Drawing, terrain: Terrain, rng: np.random.Generator) -> list[shapely.Polygon]:
    """Rivers a little wider and narrower along their way, with their brooks."""
    beds = []
    for row, river in enumerate(terrain.rivers):
        u = np.arange(-terrain.half[0], terrain.half[0] + 1, _STEP_M)
        width = 20 + 4 * np.sin(u / 900) + 3 * np.sin(u / 310 + row)
        north, south = np.column_stack([u, river + width]), np.column_stack([u, river - width])
        bed = shapely.Polygon(terrain.warp(np.concatenate([south, north[::-1]])))
        name = names.RIVER[0].upper() + names.RIVER[1:] if row == 0 else f"La Doucine {row + 1}"
        drawing.area(bed, {"natural": "water", "water": "river", "name": name})
        course = terrain.warp(np.column_stack([u, np.full(len(u), river)]))
        drawing.line(course, {"waterway": "river", "name": name})
        beds.append(bed)
        for place in np.arange(-0.86, 0.9, 0.29) * terrain.half[0]:
            if abs(place) > 2600 * terrain.size:
                _brook(drawing, terrain, np.array([place, river]), rng)
    return beds


def _brook(drawing: Drawing, terrain: Terrain, mouth: Array, rng: np.random.Generator) -> None:
    side = rng.choice([-1, 1])
    v = np.linspace(0, side * rng.uniform(0.5, 0.95) * terrain.cell_height / 2, 90)
    sway = rng.uniform(40, 160) * np.sin(v / rng.uniform(350, 700)) + rng.uniform(-0.4, 0.4) * v
    sway += 25 * np.sin(v / 130 + rng.uniform(0, 6))
    course = mouth + np.column_stack([sway, v])
    course[:, 0] = np.clip(course[:, 0], -terrain.half[0], terrain.half[0])
    drawing.line(terrain.warp(course)[::-1], {"waterway": "stream"})


def _lakes(drawing: Drawing, plan: Plan, terrain: Terrain) -> list[shapely.Polygon]:
    """Water within the lakeside path, with a fringe of grass between."""
    waters = []
    for number, shore in enumerate(plan.lakes):
        ground = bent(np.array([shore], dtype=object), terrain)[0]
        water = ground.buffer(-28).simplify(1)
        name = names.LAKES[number % len(names.LAKES)]
        drawing.area(ground, {"landuse": "grass"})
        drawing.area(water, {"natural": "water", "water": "lake", "name": name})
        waters.append(water)
    return waters
