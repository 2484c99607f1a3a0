"""The valley: the same for everyone, whole, drivable everywhere, and plainly fictional."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

import networkx as nx
import numpy as np
import osmium
import pytest
import shapely
import tzfpy

from demo.valley import write_valley
from demo.valley.country import CountryRoads, country_roads
from demo.valley.settlements import Places, Rank, settle
from demo.valley.terrain import Terrain

DRIVABLE = {"primary", "secondary", "tertiary", "unclassified", "residential", "living_street"}


@dataclass
class Read:
    """What a reader who knows nothing of the generator finds in the file."""

    nodes: dict[int, tuple[float, float]] = field(default_factory=dict)
    node_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    ways: dict[int, list[int]] = field(default_factory=dict)
    way_tags: dict[int, dict[str, str]] = field(default_factory=dict)
    relations: list[tuple[dict[str, str], list[tuple[str, int, str]]]] = field(default_factory=list)

    def things(self, key: str, value: str) -> list[dict[str, str]]:
        return [tags for tags in [*self.node_tags.values(), *self.way_tags.values()] if tags.get(key) == value]

    def roads(self) -> dict[int, list[int]]:
        return {way: nodes for way, nodes in self.ways.items() if self.way_tags[way].get("highway") in DRIVABLE}


def read(file: Path) -> Read:
    found = Read()
    for thing in osmium.FileProcessor(file):
        tags = {tag.k: tag.v for tag in thing.tags}
        if thing.is_node():
            found.nodes[thing.id] = (thing.location.lon, thing.location.lat)
            if tags:
                found.node_tags[thing.id] = tags
        elif thing.is_way():
            found.ways[thing.id] = [node.ref for node in thing.nodes]
            found.way_tags[thing.id] = tags
        else:
            found.relations.append((tags, [(member.type, member.ref, member.role) for member in thing.members]))
    return found


@pytest.fixture(scope="module")
def valley_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("valley") / "valley.osm.pbf"
    write_valley(target)
    return target


@pytest.fixture(scope="module")
def valley(valley_file: Path) -> Read:
    return read(valley_file)


def test_two_people_with_the_same_seed_get_the_same_bytes(tmp_path: Path) -> None:
    one, other, third = (tmp_path / f"{name}.osm.pbf" for name in "abc")
    write_valley(one, scale=0.2, seed=7)
    write_valley(other, scale=0.2, seed=7)
    write_valley(third, scale=0.2, seed=8)
    assert one.read_bytes() == other.read_bytes()
    assert one.read_bytes() != third.read_bytes()


def test_it_says_that_it_is_fictional(valley: Read) -> None:
    (label,) = valley.things("place", "region")
    assert label["fictional"] == "yes" and "Valdétour" in label["name"]


def test_clocks_there_show_french_time(valley: Read) -> None:
    lon, lat = np.array(list(valley.nodes.values())).T
    assert {tzfpy.get_tz(x, y) for x in (lon.min(), lon.max()) for y in (lat.min(), lat.max())} == {"Europe/Paris"}


def test_it_is_thirty_by_eighteen_kilometres(valley: Read) -> None:
    lon, lat = np.array(list(valley.nodes.values())).T
    assert (lon.max() - lon.min()) * 111.2 * np.cos(np.radians(lat.mean())) == pytest.approx(30, abs=0.5)
    assert (lat.max() - lat.min()) * 111.2 == pytest.approx(18, abs=0.5)


def parts_one_cannot_leave(found: Read) -> int:
    streets = nx.DiGraph()
    for way, nodes in found.roads().items():
        nx.add_path(streets, nodes)
        if found.way_tags[way].get("oneway") != "yes":
            nx.add_path(streets, nodes[::-1])
    return nx.number_strongly_connected_components(streets) - 1


def test_one_can_drive_from_anywhere_to_anywhere(valley: Read) -> None:
    assert parts_one_cannot_leave(valley) == 0


@pytest.mark.parametrize(("seed", "scale", "towns"), [(2, 0.2, 1), (3, 4.5, 4)])
def test_a_hamlet_of_a_valley_and_a_whole_country_hang_together_too(
    seed: int, scale: float, towns: int, tmp_path: Path
) -> None:
    write_valley(tmp_path / "valley.osm.pbf", scale=scale, seed=seed)
    found = read(tmp_path / "valley.osm.pbf")
    assert parts_one_cannot_leave(found) == 0
    assert len(found.things("place", "town")) == towns


def test_a_crossroads_that_lies_as_far_from_the_river_as_a_bridgehead_gets_no_bridge() -> None:
    terrain = Terrain(4.5, 3)
    places = settle(terrain, np.random.default_rng(3))
    before = country_roads(terrain, places, np.random.default_rng(3))
    far_west = -terrain.half[0] + 40
    for away in (-1000, -950, 950):
        places = replace(
            places,
            spots=np.vstack([places.spots, [far_west, terrain.rivers[0] + away]]),
            ranks=np.append(places.ranks, Rank.CROSSROADS),
            cells=np.append(places.cells, 0),
            radii_m=np.append(places.radii_m, 0.0),
        )
    after = country_roads(terrain, places, np.random.default_rng(3))
    assert over_the_river(terrain, places, after) == over_the_river(terrain, places, before)


def over_the_river(terrain: Terrain, places: Places, roads: CountryRoads) -> set[tuple[int, int]]:
    bank = np.searchsorted(terrain.rivers, places.spots[:, 1])
    return {(int(one), int(other)) for one, other in roads.ends if bank[one] != bank[other]}


def test_it_has_three_to_six_thousand_junctions_and_at_least_as_many_addresses(valley: Read) -> None:
    meetings: Counter[int] = Counter()
    for way, nodes in valley.ways.items():
        if "highway" in valley.way_tags[way] and "area" not in valley.way_tags[way]:
            meetings.update(nodes[:-1])
            meetings.update(nodes[1:])
    assert 3000 <= sum(count > 2 for count in meetings.values()) <= 6000
    assert sum("addr:housenumber" in tags and "addr:street" in tags for tags in valley.way_tags.values()) >= 5000


def test_no_two_houses_of_a_place_share_an_address(valley: Read) -> None:
    homes = Counter(
        (tags.get("addr:city"), tags["addr:street"], tags["addr:housenumber"])
        for tags in valley.way_tags.values()
        if "addr:housenumber" in tags and "addr:city" in tags
    )
    assert [home for home, count in homes.items() if count > 1] == []


def test_no_road_runs_through_a_house(valley: Read) -> None:
    def shape(way: int) -> list[tuple[float, float]]:
        return [valley.nodes[node] for node in valley.ways[way]]

    houses = [shapely.Polygon(shape(way)) for way, tags in valley.way_tags.items() if "addr:housenumber" in tags]
    roads = np.array([shapely.LineString(shape(way)) for way in valley.roads()], dtype=object)
    assert len(shapely.STRtree(houses).query(roads, predicate="intersects")[0]) == 0


def test_the_river_has_two_bridges_and_no_other_crossing(valley: Read) -> None:
    river = shapely.union_all(
        [
            shapely.LineString([valley.nodes[node] for node in valley.ways[way]])
            for way, tags in valley.way_tags.items()
            if tags.get("waterway") == "river"
        ]
    )
    across = [
        valley.way_tags[way]
        for way, nodes in valley.ways.items()
        if valley.way_tags[way].get("highway") and river.crosses(shapely.LineString([valley.nodes[n] for n in nodes]))
    ]
    assert len(across) == 2
    assert all(tags["bridge"] == "yes" for tags in across)


def test_the_train_meets_the_road_at_a_level_crossing(valley: Read) -> None:
    crossings = {node for node, tags in valley.node_tags.items() if tags.get("railway") == "level_crossing"}
    on_rail = {node for way, nodes in valley.ways.items() if "railway" in valley.way_tags[way] for node in nodes}
    on_road = {node for nodes in valley.roads().values() for node in nodes}
    assert crossings and crossings == on_rail & on_road
    assert len(valley.things("railway", "station")) == 1


def test_the_store_is_one_destination_with_two_doors(valley: Read) -> None:
    (hall,) = (way for way, tags in valley.way_tags.items() if tags.get("brand") == "IKEA")
    outline = shapely.Polygon([valley.nodes[node] for node in valley.ways[hall]])
    doors = {valley.node_tags[node].get("entrance") for node in valley.ways[hall] if node in valley.node_tags}
    assert doors == {"main", "yes"}
    around = [
        shapely.Polygon([valley.nodes[node] for node in nodes])
        for way, nodes in valley.ways.items()
        if valley.way_tags[way].get("landuse") == "retail"
    ]
    assert sum(ground.contains(outline) for ground in around) == 1


def test_everything_a_town_needs_is_there(valley: Read) -> None:
    amenities = Counter(tags.get("amenity") for tags in [*valley.node_tags.values(), *valley.way_tags.values()])
    for kind in (
        "hospital",
        "school",
        "pharmacy",
        "doctors",
        "townhall",
        "library",
        "marketplace",
        "parking",
        "clinic",
    ):
        assert amenities[kind] >= 1, kind
    shops = Counter(tags.get("shop") for tags in [*valley.node_tags.values(), *valley.way_tags.values()])
    assert shops["bakery"] >= 6 and shops["supermarket"] >= 3 and shops["furniture"] == 1
    assert len(valley.things("place", "town")) == 1 and len(valley.things("place", "village")) == 6
    for value in ("stadium", "park", "sports_centre"):
        assert valley.things("leisure", value), value


def test_streets_carry_what_a_router_must_obey(valley: Read) -> None:
    tags = [valley.way_tags[way] for way in valley.roads()]
    assert sum(t.get("oneway") == "yes" and "junction" not in t for t in tags) >= 10
    assert sum(t.get("junction") == "roundabout" for t in tags) >= 4
    assert sum("maxspeed" in t for t in tags) >= 300 and sum("surface" in t for t in tags) >= 100
    assert len(valley.things("highway", "traffic_signals")) >= 5
    kinds = {t.get("highway") for t in valley.way_tags.values()}
    assert kinds >= DRIVABLE | {"service", "track", "footway", "cycleway", "path"}


def test_every_forbidden_turn_names_ways_that_meet_at_its_node(valley: Read) -> None:
    turns = [members for tags, members in valley.relations if tags["type"] == "restriction"]
    assert len(turns) >= 2
    for members in turns:
        by_role = {role: ref for _, ref, role in members}
        for role in ("from", "to"):
            nodes = valley.ways[by_role[role]]
            assert by_role["via"] in (nodes[0], nodes[-1])


def test_streets_of_a_town_mostly_have_names_of_their_own(valley: Read) -> None:
    ways = defaultdict(int)
    for way in valley.roads():
        ways[valley.way_tags[way].get("name")] += 1
    assert ways[None] < 0.12 * sum(ways.values())


def test_it_can_be_read_as_plain_xml_too(tmp_path: Path) -> None:
    write_valley(tmp_path / "valley.osm", scale=0.2)
    assert (tmp_path / "valley.osm").read_text().startswith("<?xml")
    assert read(tmp_path / "valley.osm").things("place", "town")


def test_the_warp_never_folds_and_can_be_undone() -> None:
    for seed in range(1, 4):
        terrain = Terrain(1.0, seed)
        across, up = np.meshgrid(np.linspace(-0.99, 0.99, 150), np.linspace(-0.99, 0.99, 100))
        paper = np.column_stack([across.ravel(), up.ravel()]) * terrain.half
        step = 1.0
        east, north = (terrain.warp(paper + shift) - terrain.warp(paper) for shift in ((step, 0), (0, step)))
        area = east[:, 0] * north[:, 1] - east[:, 1] * north[:, 0]
        assert area.min() > 0.15, seed
        assert np.abs(terrain.unwarp(terrain.warp(paper)) - paper).max() < 0.05
