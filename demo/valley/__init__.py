"""A fictional valley, generated as real OSM data: the region that the demo and the tests live in."""

from pathlib import Path

import numpy as np
import shapely

from demo.valley import country, houses, land, names, network, osm_file, plan, settlements, shops, signs, sites, spare
from demo.valley import streets as street_classes
from demo.valley.drawing import Drawing
from demo.valley.settlements import Rank
from demo.valley.terrain import RAILWAY_V_M, Terrain

_PEOPLE = {Rank.HAMLET: (15, 90), Rank.VILLAGE: (350, 1500), Rank.TOWN: (11_000, 16_000)}
_PLACE_TAGS = {Rank.HAMLET: "hamlet", Rank.VILLAGE: "village", Rank.TOWN: "town"}
_FULL_SCALE = 4.0  # beyond, for benchmarks, fields are left out and one house in ten is built


def write_valley(target: Path, *, scale: float = 1.0, seed: int = 1) -> None:
    """Write the valley to `target` (.osm.pbf or .osm); the same scale and seed give the same bytes.

    `scale` is its size: 1 is about 30 × 18 km with a town, six villages and 4,000 junctions; junctions grow with it.
    """
    osm_file.write(draw_valley(scale, seed), target)


def draw_valley(scale: float = 1.0, seed: int = 1) -> Drawing:
    """The valley as a drawing in metres, before it becomes a file."""
    terrain = Terrain(scale, seed)
    rng = np.random.default_rng([seed, 2])
    full = scale <= _FULL_SCALE
    drawing = Drawing()
    places = settlements.settle(terrain, rng)
    roads = country.country_roads(terrain, places, rng)
    lakes = spare.lakes(terrain, places, roads, rng)
    store = spare.store_site(terrain, places, roads, lakes)
    ground, extra = spare.store_streets(store, terrain)
    extra += [line for lake in lakes for line in spare.lakeside(lake)]
    paper = plan.lay_out(terrain, places, roads, lakes, ground, extra, rng, field_size=1.0 if full else 4.0)
    streets = network.build(street_classes.all_lines(paper, places, rng), terrain, 25.0 if full else 70.0, rng)

    counts = [len(places.of(rank)) for rank in (Rank.TOWN, Rank.VILLAGE, Rank.HAMLET)]
    labels = names.all_places(counts, rng)
    centres = terrain.warp(places.spots)
    signs.name_streets(streets, places, roads, labels, rng)
    signs.draw_streets(drawing, streets, rng)
    water = land.cover(drawing, paper, places, terrain, rng, full=full)
    taken = sites.place_sites(drawing, paper, terrain, places, labels)
    _squares(drawing, paper, places, terrain)
    shops.build_store(drawing, store)
    banks = shapely.buffer(water, 16)
    closed = np.concatenate([banks, taken, land.bent(np.array(paper.kept_free, dtype=object), terrain)])
    homes = houses.build_houses(streets, places, centres, closed, rng, share=1.0 if full else 0.1)
    _addresses(drawing, homes, streets, labels)
    shops.open_shops(drawing, homes, places, centres, labels, rng)
    _label(drawing, places, centres, labels, terrain, rng)
    return drawing


def _addresses(drawing: Drawing, homes: houses.Houses, streets: network.Streets, labels: list[str]) -> None:
    for shape, line, home, number, old in zip(
        homes.shapes, homes.lines, homes.homes, homes.numbers, homes.old, strict=True
    ):
        kind = "farm" if home < 0 else "terrace" if old else "house"
        tags = {"building": kind, "addr:housenumber": str(number), "addr:street": streets.names[line]}
        drawing.area(shape, tags | ({"addr:city": labels[home]} if home >= 0 else {}))


def _squares(drawing: Drawing, paper: plan.Plan, places: settlements.Places, terrain: Terrain) -> None:
    for home, square in paper.squares.items():
        ground = land.bent(np.array([square], dtype=object), terrain)[0].buffer(-5)
        town = places.ranks[home] == Rank.TOWN
        drawing.area(ground, {"highway": "pedestrian", "area": "yes"})
        if town:
            x, y = ground.centroid.coords[0]
            drawing.point(x, y, amenity="marketplace", name="Marché de Valdétour")


def _label(
    drawing: Drawing, places: settlements.Places, centres: np.ndarray, labels: list[str], terrain: Terrain,
    rng: np.random.Generator,
) -> None:  # fmt: skip
    """Names of places, the station by the town's level crossing, and the label that says: this is fiction."""
    for number, name in enumerate(labels):
        rank = Rank(int(places.ranks[number]))
        people = str(int(rng.integers(*_PEOPLE[rank])))
        x, y = centres[number]
        drawing.point(x, y, place=_PLACE_TAGS[rank], name=name, population=people)
    for town in places.of(Rank.TOWN):
        spot = np.array([[places.spots[town, 0] + 240, places.spots[town, 1] - 430 + RAILWAY_V_M]])
        x, y = terrain.warp(spot)[0]
        drawing.point(x, y, railway="station", public_transport="station", name=f"Gare {names.of(labels[town])}")
        hall = shapely.box(x - 25, y + 12, x + 25, y + 24)
        drawing.area(hall, {"building": "train_station"})
    x, y = terrain.warp(np.array([[0.0, -0.35 * terrain.cell_height]]))[0]
    drawing.point(x, y, place="region", name=names.REGION, fictional="yes", note="Generated. No real place is meant.")
