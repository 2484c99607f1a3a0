"""Room kept free before fields are cut: a lake far from the roads, and the furniture store beside the main road."""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.spatial import cKDTree

from demo.valley.country import CountryRoads
from demo.valley.plan import ROUNDABOUT_M, Line
from demo.valley.settlements import Places, Rank, ring
from demo.valley.terrain import Array, Terrain

STORE_STREET = "Rue du Grand Comptoir"
_SITE = np.array([190.0, 150.0])  # half width along the road, half depth, metres
_ROAD_TO_SITE_M = 75.0


@dataclass(frozen=True, slots=True)
class StoreSite:
    """Where the store stands, in the landscape: the middle of its ground, unit vectors along and away from the road."""

    centre: Array
    along: Array
    away: Array

    def at(self, *spots: tuple[float, float]) -> Array:
        """Spots given as metres along and away from the middle, as metres in the landscape (n, 2)."""
        return self.centre + np.array(spots) @ np.stack([self.along, self.away])

    def area(self, *corners: tuple[float, float]) -> shapely.Polygon:
        return shapely.Polygon(self.at(*corners))


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
    reach = shapely.Point(places.spots[0]).buffer(wanted + 5000)
    near = [road for road, kind in zip(roads.lines, roads.kinds, strict=True) if kind in ("primary", "secondary")]
    sites = _candidates([road for road in near if road.intersects(reach)])
    sites = [site for site in sites if abs(terrain.to_river(site.centre[1:])[0]) > 750]
    grounds = np.array([site.area(*_corners(_SITE)) for site in sites], dtype=object)
    spots = np.array([site.centre - site.away * (_SITE[1] + _ROAD_TO_SITE_M) for site in sites])
    cost = abs(np.hypot(*(spots - places.spots[0]).T) - wanted)
    cost[shapely.STRtree(roads.lines).query(grounds, predicate="dwithin", distance=60)[0]] = np.inf
    cost[shapely.STRtree(taken).query(grounds, predicate="intersects")[0]] = np.inf
    lived_in = places.ranks > Rank.CROSSROADS
    built, nearest = cKDTree(places.spots[lived_in]).query(spots, k=3)
    cost[(built - places.radii_m[lived_in][nearest] < 350).any(axis=1)] = np.inf
    if not np.isfinite(cost).any():
        raise ValueError("This valley has no open ground beside a main road for the store; try another seed.")
    return _in_landscape(sites[int(np.argmin(cost))], terrain)


def _candidates(roads: list[shapely.LineString]) -> list[StoreSite]:
    """Sites, still on paper, every 80 m on both sides of the roads."""
    sites = []
    for road in roads:
        metres = np.arange(200, road.length - 200, 80)
        spots, ahead = (shapely.get_coordinates(road.interpolate(metres + step)) for step in (0, 20))
        for spot, along in zip(spots, (ahead - spots) / 20, strict=True):
            for away in (np.array([-along[1], along[0]]), np.array([along[1], -along[0]])):
                sites.append(StoreSite(spot + away * (_ROAD_TO_SITE_M + _SITE[1]), along, away))
    return sites


def _in_landscape(paper: StoreSite, terrain: Terrain) -> StoreSite:
    """The same site after the warp, square to the road as it runs there."""
    door = -_SITE[1] - _ROAD_TO_SITE_M
    spot, ahead = terrain.warp(paper.at((0, door), (30, door)))
    along = (ahead - spot) / np.hypot(*(ahead - spot))
    left = np.array([-along[1], along[0]])
    away = left if paper.away @ [-paper.along[1], paper.along[0]] > 0 else -left
    return StoreSite(spot - door * away, along, away)


def _corners(half: Array) -> list[tuple[float, float]]:
    a, b = half.tolist()
    return [(-a, -b), (a, -b), (a, b), (-a, b)]


def store_streets(site: StoreSite, terrain: Terrain) -> tuple[shapely.Polygon, list[Line]]:
    """The site's ground, and its streets: a roundabout on the road, the way in, a loop, and the car park's aisles.

    They are straight in the landscape, so on paper, where this returns them, they are bent.
    """

    def on_paper(*spots: tuple[float, float]) -> shapely.LineString:
        line = shapely.segmentize(shapely.LineString(site.at(*spots)), 15)
        return shapely.transform(line, terrain.unwarp)

    (a, b), door = _SITE.tolist(), float(-_SITE[1] - _ROAD_TO_SITE_M)
    circle = ring(site.at((0, door))[0], ROUNDABOUT_M, corners=16)
    loop = _corners(_SITE)
    lines = [
        Line(shapely.transform(circle.exterior, terrain.unwarp), "primary", "roundabout"),
        Line(on_paper((0, door), (0, -b)), "unclassified", "store"),
        Line(on_paper(*loop[:3]), "unclassified", "store"),
        Line(on_paper(*loop[2:], loop[0]), "unclassified", "store"),
    ]
    lines += [Line(on_paper((-a, away), (a, away)), "service", "aisle") for away in (-115.0, -80.0, -45.0)]
    return shapely.Polygon(on_paper(*loop, loop[0]).coords), lines
