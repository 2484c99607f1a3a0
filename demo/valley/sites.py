"""Blocks given to the town: schools, the hospital, parks, churches, sports grounds, works."""

from dataclasses import dataclass

import numpy as np
import shapely

from demo.valley import names
from demo.valley.blocks import Shapes
from demo.valley.drawing import Drawing, Tags
from demo.valley.land import bent
from demo.valley.plan import COUNTRY, Plan
from demo.valley.settlements import Places, Rank
from demo.valley.terrain import Terrain

_KERB_M = 7.0  # from the middle of the street to the site's fence


@dataclass(frozen=True, slots=True)
class Wish:
    """A site that a place wants: about how large, how far out (share of the radius), and what stands on it."""

    tags: Tags
    area_m2: float
    out: float
    plan: str = ""  # ground plan of the main building, see `_PLANS`
    indoors: bool = False  # the tags belong to the building, not to the ground


_PLANS: dict[str, list[tuple[float, float, float, float]]] = {
    # Boxes (left, low, right, high) in shares of the site's own rectangle.
    "wing": [(0.12, 0.62, 0.88, 0.85), (0.12, 0.2, 0.34, 0.62)],
    "court": [(0.15, 0.66, 0.85, 0.86), (0.15, 0.16, 0.33, 0.66), (0.67, 0.16, 0.85, 0.66)],
    "hall": [(0.15, 0.42, 0.8, 0.88)],
    "church": [(0.2, 0.4, 0.8, 0.6), (0.58, 0.25, 0.7, 0.75)],
    "bars": [(0.12, 0.1, 0.3, 0.9), (0.42, 0.1, 0.58, 0.9), (0.7, 0.1, 0.88, 0.9)],
    "villa": [(0.3, 0.35, 0.7, 0.7)],
    "": [],
}
_TOWN: list[Wish] = [
    Wish({"amenity": "hospital", "name": "Hôpital des Saules", "emergency": "yes"}, 20_000, 0.7, "court"),
    Wish({"amenity": "school", "name": "Lycée Hélène-Pradier", "school:FR": "lycée"}, 14_000, 0.42, "court"),
    Wish({"amenity": "school", "name": "Collège du Belvédère", "school:FR": "collège"}, 11_000, 0.55, "wing"),
    Wish({"amenity": "school", "name": "Collège des Marronniers", "school:FR": "collège"}, 11_000, 0.8, "wing"),
    *[
        Wish({"amenity": "school", "name": f"École {name}", "school:FR": "primaire"}, 6000, out, "wing")
        for name, out in (("des Tilleuls", 0.26), ("du Vieux Pont", 0.36), ("des Hirondelles", 0.6),
                          ("Louise-Aubrac-Dumont", 0.7), ("du Coteau", 0.85))
    ],
    Wish({"amenity": "kindergarten", "name": "Crèche Les Petits Hérissons"}, 5000, 0.4, "villa"),
    Wish({"leisure": "stadium", "name": "Stade des Peupliers"}, 20_000, 0.88, "stadium"),
    Wish({"leisure": "sports_centre", "name": "Gymnase des Peupliers", "sport": "multi"}, 8000, 0.84, "hall", True),
    Wish({"leisure": "sports_centre", "name": "Piscine de la Doucine", "sport": "swimming"}, 7000, 0.5, "hall", True),
    Wish({"amenity": "townhall", "name": "Mairie de Valdétour"}, 3000, 0.06, "wing", True),
    Wish({"amenity": "library", "name": "Médiathèque des Carmes"}, 3200, 0.12, "wing", True),
    Wish({"amenity": "place_of_worship", "religion": "christian", "name": "Église Sainte-Ondine"}, 2800, 0.1, "church",
         True),
    Wish({"amenity": "place_of_worship", "religion": "christian", "name": "Chapelle du Faubourg"}, 4000, 0.6, "church",
         True),
    Wish({"amenity": "theatre", "name": "Théâtre des Arcades"}, 3500, 0.2, "hall", True),
    Wish({"amenity": "cinema", "name": "Cinéma Le Grillon"}, 4500, 0.25, "hall", True),
    Wish({"amenity": "nursing_home", "name": "Résidence Les Glycines", "social_facility": "nursing_home"}, 8000, 0.55,
         "court"),
    Wish({"amenity": "clinic", "name": "Maison de santé du Midi"}, 5000, 0.45, "wing"),
    Wish({"amenity": "fire_station", "name": "Centre de secours"}, 8000, 0.75, "hall", True),
    Wish({"amenity": "police", "name": "Gendarmerie"}, 6000, 0.48, "wing", True),
    Wish({"amenity": "community_centre", "name": "Salle des fêtes"}, 5000, 0.3, "hall", True),
    *[
        Wish({"shop": "supermarket", "name": name, "brand": name.split(" ")[0]}, 12_000, out, "market")
        for name, out in (("Primeval Centre", 0.33), ("Primeval Sud", 0.72), ("Biocampagne", 0.66), ("Lunaprix", 0.9))
    ],
    Wish({"shop": "doityourself", "name": "Bricovallée"}, 14_000, 0.93, "market"),
    Wish({"shop": "garden_centre", "name": "Jardinerie du Bief"}, 13_000, 0.92, "market"),
    *[Wish({"leisure": "park", "name": name}, area, out)
      for name, area, out in (("Jardin des Remparts", 6000, 0.19), ("Parc de la Filature", 16_000, 0.5),
                              ("Square des Mésanges", 6000, 0.35), ("Parc du Belvédère", 16_000, 0.78),
                              ("Square Camille-Roussel", 7000, 0.62), ("Jardin des Lavandières", 9000, 0.4))],
    Wish({"landuse": "cemetery", "name": "Cimetière de la Combe"}, 14_000, 0.86),
    Wish({"landuse": "allotments", "name": "Jardins ouvriers"}, 12_000, 0.82),
    *[Wish({"landuse": "residential"}, 13_000, out, "bars") for out in (0.6, 0.68, 0.76, 0.72)],
    *[Wish({"landuse": "industrial"}, 17_000, out, "hall") for out in (0.95, 0.93, 0.9, 0.96, 0.91)],
    *[Wish({"leisure": "playground"}, 4500, out) for out in (0.45, 0.58, 0.7, 0.8)],
    *[Wish({"amenity": "parking"}, 3500, out) for out in (0.22, 0.28, 0.34)],
]  # fmt: skip


def _village(name: str, number: int) -> list[Wish]:
    of = names.of(name)
    wishes = [
        Wish({"amenity": "townhall", "name": f"Mairie {of}"}, 5000, 0.15, "villa", True),
        Wish({"amenity": "school", "name": f"École {of}", "school:FR": "primaire"}, 8000, 0.4, "wing"),
        Wish({"amenity": "place_of_worship", "religion": "christian", "name": f"Église {of}"}, 6000, 0.25, "church",
             True),
        Wish({"landuse": "cemetery"}, 7000, 0.85),
        Wish({"leisure": "pitch", "sport": "soccer"}, 9000, 0.8),
        Wish({"amenity": "community_centre", "name": f"Salle des fêtes {of}"}, 7000, 0.6, "hall", True),
    ]  # fmt: skip
    if number % 2 == 0:
        wishes.append(Wish({"leisure": "park", "name": "Square du Tilleul"}, 7000, 0.3))
    return wishes


def place_sites(drawing: Drawing, plan: Plan, terrain: Terrain, places: Places, labels: list[str]) -> Shapes:
    """Give each wish the free block that fits it best; returns the ground taken, in metres. `labels` name places."""
    built_up = plan.homes != COUNTRY
    blocks, homes = plan.blocks[built_up], plan.homes[built_up]
    shapes = bent(blocks, terrain)
    areas = shapely.area(shapes)
    out = np.hypot(*(shapely.get_coordinates(shapely.centroid(blocks)) - places.spots[homes]).T)
    out /= places.radii_m[homes]
    compact = 4 * np.pi * areas / np.maximum(shapely.length(shapes), 1) ** 2
    taken: list[int] = []
    free = np.ones(len(shapes), dtype=bool)
    for home in np.flatnonzero(places.ranks >= Rank.VILLAGE).tolist():
        wishes = _TOWN if places.ranks[home] == Rank.TOWN else _village(labels[home], home)
        here = np.flatnonzero(homes == home)
        for wish in wishes:
            open_ = here[free[here]]
            if len(open_) == 0:
                break
            cost = abs(np.log(areas[open_] / wish.area_m2)) + 2.5 * abs(out[open_] - wish.out) - compact[open_]
            block = int(open_[np.argmin(cost)])
            free[block] = False
            taken.append(block)
            _draw(drawing, shapes[block], wish)
    return shapely.buffer(shapes[taken], -1.0)


def _draw(drawing: Drawing, block: shapely.Polygon, wish: Wish) -> None:
    ground = shapely.get_parts(block.buffer(-_KERB_M, join_style="mitre"))
    if len(ground) == 0:
        return
    ground = max(ground, key=lambda part: part.area).simplify(0.8)
    corner, right, up = _frame(ground)
    boxes = _PLANS.get(wish.plan, [])
    buildings = [_box(corner, right, up, box).intersection(ground.buffer(-2)) for box in boxes]
    building = shapely.union_all(buildings) if buildings else None
    if wish.plan == "stadium":
        drawing.area(ground, wish.tags)
        drawing.area(_box(corner, right, up, (0.18, 0.2, 0.82, 0.72)), {"leisure": "pitch", "sport": "soccer"})
        drawing.area(_box(corner, right, up, (0.25, 0.78, 0.75, 0.9)).intersection(ground), {"building": "grandstand"})
    elif wish.plan == "market":
        hall = _box(corner, right, up, (0.12, 0.5, 0.88, 0.92)).intersection(ground)
        drawing.area(ground, {"landuse": "retail"})
        drawing.area(hall, {"building": "retail", **wish.tags})
        drawing.area(_box(corner, right, up, (0.12, 0.1, 0.88, 0.46)).intersection(ground), {"amenity": "parking"})
    else:
        if not wish.indoors:
            drawing.area(ground, wish.tags)
        for number, part in enumerate(shapely.get_parts(building) if building is not None else []):
            if part.geom_type == "Polygon" and part.area > 20:
                drawing.area(part, {"building": "yes", **(wish.tags if wish.indoors and number == 0 else {})})


def _frame(ground: shapely.Polygon) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Corner and two sides of the rectangle around the ground, the longer side first."""
    corners = np.asarray(ground.minimum_rotated_rectangle.exterior.coords)
    right, up = corners[1] - corners[0], corners[3] - corners[0]
    return (corners[0], right, up) if np.hypot(*right) >= np.hypot(*up) else (corners[0], up, right)


def _box(corner: np.ndarray, right: np.ndarray, up: np.ndarray, box: tuple[float, ...]) -> shapely.Polygon:
    left, low, far, high = box
    return shapely.Polygon(
        [corner + a * right + b * up for a, b in ((left, low), (far, low), (far, high), (left, high))]
    )
