"""A fictional valley, generated as real OSM data: the region that the demo and the tests live in."""

from pathlib import Path

import numpy as np
import shapely

from demo.valley import osm_file
from demo.valley.drawing import Drawing


def write_valley(target: Path, *, scale: float = 1.0, seed: int = 1) -> None:
    """Write the valley to `target` (.osm.pbf or .osm); the same scale and seed give the same bytes."""
    d = Drawing()
    d.point(0, 0, place="region", name="Valdétour", fictional="yes")
    d.point(0, 0.5, place="town", name="Valdétour", population="12000")
    rng = np.random.default_rng(seed)
    for t, (cx, cy, n) in enumerate([(0, 0, 16), (8000, 4000, 6), (-9000, 3000, 6), (6000, -5000, 6)]):
        if t:
            d.point(cx + 3, cy + 4, place="village", name=f"Village-{t}")
            d.line(np.array([[0, 0], [cx, cy]], float), {"highway": "secondary", "name": f"Route de Village-{t}"})
        s = np.arange(-n, n + 1) * 90.0
        for i, a in enumerate(s):
            kind = "tertiary" if i % 4 == 0 else "residential"
            d.line(np.column_stack([cx + s, np.full(len(s), cy + a)]), {"highway": kind, "name": f"Rue {t}-{i}"})
            d.line(np.column_stack([np.full(len(s), cx + a), cy + s]), {"highway": kind, "name": f"Allée {t}-{i}"})
            for j, b in enumerate(s[:-1] + 30):
                x, y = cx + b, cy + a + 15
                tags = {"building": "house", "addr:housenumber": str(2 * j + 1), "addr:street": f"Rue {t}-{i}"}
                d.area(shapely.box(x, y, x + 12, y + 9), tags)
    for key, value, name in [
        ("amenity", "pharmacy", "Pharmacie du Pont"), ("amenity", "school", "École des Tilleuls"),
        ("amenity", "hospital", "Hôpital de Valdétour"), ("shop", "bakery", "Boulangerie Morel"),
        ("amenity", "townhall", "Mairie"), ("shop", "supermarket", "Supermarché du Val"),
    ]:  # fmt: skip
        x, y = rng.uniform(-1000, 1000, 2)
        d.point(x, y, **{key: value, "name": name})
    ikea = {"name": "IKEA Valdétour", "brand": "IKEA", "shop": "furniture", "building": "retail"}
    d.area(shapely.box(3000, 300, 3180, 420), ikea)
    d.line(np.array([[1440, 0], [2900, 360], [3000, 360]], float), {"highway": "service"})
    d.point(3000, 360, entrance="main")
    osm_file.write(d, target)
