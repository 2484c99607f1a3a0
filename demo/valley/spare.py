"""Room kept free before fields are cut: a lake far from the roads, and the furniture store beside the main road."""

from dataclasses import dataclass

import numpy as np
import shapely

from demo.valley.country import CountryRoads
from demo.valley.plan import ROUNDABOUT_M, Line
from demo.valley.settlements import Places, Rank, ring
from demo.valley.terrain import Array, Terrain

STORE_STREET = "Rue du Grand Comptoir"
_SITE = np.array([190.0, 150.0])  # half width along the road, half depth, metres
_ROAD_TO_SITE_M = 75.0


@dataclass(frozen=True, slots=True)
class StoreSite:
    """Where the store stands: centre of its site on paper, and unit vectors along and away from the road."""

    centre: Array
    along: Array
    away: Array

    def at(self, along_m: float, away_m: float) -> Array:
        return self.centre + along_m * self.along + away_m * self.away

    def box(self, left: float, near: float, right: float, far: float) -> shapely.Polygon:
        return shapely.Polygon([self.at(left, near), self.at(right, near), self.at(right, far), self.at(left, far)])


def lakes(terrain: Terrain, places: Places, roads: CountryRoads, rng: np.random.Generator) -> list[shapely.Polygon]:
    """One lake for each town, on paper, at the spot of its cell farthest from all roads."""
    tree = shapely.STRtree(roads.lines)
    found = []
    for town in places.of(Rank.TOWN):
        half = np.array([terrain.cell_width, terrain.cell_height]) / 2
        tries = places.spots[town] + rng.uniform(-0.8, 0.8, (300, 2)) * half
        tries = np.clip(tries, 2200 - terrain.half, terrain.half - 2200)
        tries = tries[abs(terrain.to_river(tries[:, 1])) > 1500 * terrain.size]
        _, clear = tree.query_nearest(shapely.points(tries), return_distance=True, all_matches=False)
        best = int(np.argmax(np.minimum(clear, 900)))
        turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
        dents = sum(rng.uniform(0.05, 0.16) * np.sin(k * turn + rng.uniform(0, 7)) for k in (1, 2, 3, 5))
        lake = ring(tries[best], min(520.0, 0.6 * clear[best]) * (1 + dents), corners=60)
        found.append(shapely.affinity.scale(lake, 1.25, 0.75))
    return found


def lakeside(lake: shapely.Polygon) -> list[Line]:
    """The path around a lake, in two lines."""
    loop = list(lake.exterior.coords)
    half = len(loop) // 2
    return [Line(shapely.LineString(part), "path", "lakeside") for part in (loop[: half + 1], loop[half:])]


def store_site(terrain: Terrain, places: Places, roads: CountryRoads, taken: list[shapely.Polygon]) -> StoreSite:
    """The best spot beside a main road out of the first town: open ground, about 1.2 km past the last houses."""
    wanted = places.radii_m[0] + 1200 * terrain.size
    others = shapely.STRtree(roads.lines)
    best, best_cost = None, np.inf
    for road, kind in zip(roads.lines, roads.kinds, strict=True):
        if kind not in ("primary", "secondary"):
            continue
        for metres in np.arange(200, road.length - 200, 50):
            spot, ahead = (np.array(road.interpolate(m).coords[0]) for m in (metres, metres + 20))
            along = (ahead - spot) / np.hypot(*(ahead - spot))
            away_from_town = np.hypot(*(spot - places.spots[0]))
            for away in (np.array([-along[1], along[0]]), np.array([along[1], -along[0]])):
                site = StoreSite(spot + away * (_ROAD_TO_SITE_M + _SITE[1]), along, away)
                ground = site.box(*-_SITE, *_SITE)
                near = others.query(ground, predicate="dwithin", distance=60)
                built = min(np.hypot(*(places.spots[places.ranks > 0] - spot).T) - places.radii_m[places.ranks > 0])
                wet = abs(terrain.to_river(site.centre[1:])[0]) < 750
                if len(near) or built < 350 or wet or any(ground.intersects(area) for area in taken):
                    continue
                if (cost := abs(away_from_town - wanted)) < best_cost:
                    best, best_cost = site, cost
    if best is None:
        raise ValueError("This valley has no open ground beside a main road for the store; try another seed.")
    return best


def store_streets(site: StoreSite) -> tuple[shapely.Polygon, list[Line]]:
    """The site's ground, and its streets: a roundabout on the road, the way in, a loop, and the car park's aisles."""
    ground = site.box(*-_SITE, *_SITE)
    door = -_SITE[1] - _ROAD_TO_SITE_M
    circle = ring(site.at(0, door), ROUNDABOUT_M, corners=16)
    lines = [Line(shapely.LineString(circle.exterior.coords), "primary", "roundabout")]
    entry = shapely.LineString([site.at(0, door), site.at(0, -_SITE[1])])
    lines.append(Line(entry, "unclassified", "store"))
    corners = list(ground.exterior.coords)
    lines.append(Line(shapely.LineString(corners[:3]), "unclassified", "store"))
    lines.append(Line(shapely.LineString(corners[2:]), "unclassified", "store"))
    for away in (-115.0, -80.0, -45.0):
        aisle = shapely.LineString([site.at(-_SITE[0], away), site.at(_SITE[0], away)])
        lines.append(Line(aisle, "service", "aisle"))
    return ground, lines
