"""Places are found by what people type, and points are called what people call them."""

from pathlib import Path
from time import perf_counter

import pytest

from routing.places.building import build_places
from routing.places.gazetteer import read_named
from routing.places.index import PlaceIndex
from routing.plan import Place
from routing.region import Region
from tests.routing.sketch import Sketch, at, street
from tests.shared_data import shared_data


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> PlaceIndex:
    """Two villages and a furniture store between them."""
    sketch = Sketch()
    sketch.node(0, 0, place="village", name="Fontaine")
    sketch.node(8000, 0, place="village", name="Grandpré")
    for x in (0, 8000):
        sketch.way((x, 0), (x + 400, 0), **street("Rue de l'Église"))
        sketch.way((x + 400, 0), (x + 800, 0), **street("Rue de l'Église"))
        for house in range(1, 6):
            sketch.node(x + 50 * house, 10, addr_street="Rue de l'Église", addr_housenumber=str(house))
    sketch.way((0, 300), (300, 300), **street("Rue des Tilleuls"))
    sketch.way((0, 600), (300, 600), **street("Chemin des Tilleuls"))
    sketch.node(10, 310, addr_street="Rue des Tilleuls", addr_housenumber="12 bis")
    sketch.node(60, 310, addr_street="Rue des Tilleuls", addr_housenumber="14-18")
    store = ((4500, 500), (4700, 500), (4700, 600), (4500, 600), (4500, 500))
    sketch.way(*store, building="retail", shop="furniture", name="IKEA", brand="IKEA")
    sketch.node(4600, 500.5, entrance="main")
    sketch.node(4600, 550, amenity="restaurant", name="IKEA Restaurant")
    sketch.way((4500, 400), (4700, 400), (4700, 480), (4500, 480), (4500, 400), amenity="parking")
    sketch.way((4500, -900), (4700, -900), (4700, -980), (4500, -980), (4500, -900), amenity="parking")
    sketch.node(300, 20, amenity="pharmacy", name="Au Lion d'Or")
    sketch.node(500, 20, shop="bakery", name="Œufs & Pain")
    sketch.node(600, 20, railway="station", name="Fontaine")
    sketch.node(700, 20, amenity="school", name="École Jeanne d'Arc")
    path = sketch.save(tmp_path_factory.mktemp("town") / "town.osm")
    return PlaceIndex(build_places(read_named(path)))


def first(found: list[Place]) -> str:
    return found[0].label if found else "nothing"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Rue des Tilleuls", "Rue des Tilleuls, Fontaine"),
        ("tilleuls rue", "Rue des Tilleuls, Fontaine"),
        ("RUE DES TILEULS", "Rue des Tilleuls, Fontaine"),
        ("rue des till", "Rue des Tilleuls, Fontaine"),
        ("chemin tilleuls", "Chemin des Tilleuls, Fontaine"),
        ("eglise grandpre", "Rue de l'Église, Grandpré"),
        ("rue de l'eglise fontaine", "Rue de l'Église, Fontaine"),
        ("rue de l'église 3 grandpré", "Rue de l'Église 3, Grandpré"),
        ("3 rue de l eglise, Fontaine", "Rue de l'Église 3, Fontaine"),
        ("rue des tilleuls 12bis", "Rue des Tilleuls 12 bis, Fontaine"),
        ("16 rue des tilleuls", "Rue des Tilleuls 14-18, Fontaine"),
        ("rue des tilleuls 99", "Rue des Tilleuls, Fontaine"),
        ("ikea", "IKEA, Grandpré"),
        ("Ikéa", "IKEA, Grandpré"),
        ("ika", "IKEA, Grandpré"),
        ("meubles", "IKEA, Grandpré"),
        ("pharmacie", "Au Lion d'Or, Fontaine"),
        ("pharmacy", "Au Lion d'Or, Fontaine"),
        ("oeufs", "Œufs & Pain, Fontaine"),
        ("boulangerie", "Œufs & Pain, Fontaine"),
        ("gare", "Fontaine"),
        ("jeanne arc", "École Jeanne d'Arc, Fontaine"),
        ("grandpré", "Grandpré"),
    ],
)
def test_what_is_typed_finds_what_is_meant(town: PlaceIndex, typed: str, meant: str) -> None:
    assert first(town.search(typed)) == meant


@pytest.mark.parametrize("typed", ["", "   ", "?!", "zzzzzz", "aéroport", "rue du moulin de la forêt perdue"])
def test_what_is_not_there_is_not_found(town: PlaceIndex, typed: str) -> None:
    assert town.search(typed) == []


def test_a_village_goes_before_the_streets_in_it(town: PlaceIndex) -> None:
    assert town.search("fontaine")[0].kind in ("town", "station")


def test_who_is_in_grandpre_means_the_street_there(town: PlaceIndex) -> None:
    assert first(town.search("rue de l'eglise", near=at(8000, 100))) == "Rue de l'Église, Grandpré"
    assert first(town.search("rue de l'eglise", near=at(100, 100))) == "Rue de l'Église, Fontaine"


def test_a_street_mapped_in_two_bits_is_listed_once_a_village(town: PlaceIndex) -> None:
    labels = [place.label for place in town.search("rue de l'eglise")]
    assert labels.count("Rue de l'Église, Fontaine") == 1
    assert labels.count("Rue de l'Église, Grandpré") == 1


def test_the_store_its_door_and_its_car_park_are_one_destination(town: PlaceIndex) -> None:
    (store,) = [place for place in town.search("ikea") if place.site_key]
    assert store.kind == "shop"
    assert store.site_key == store.osm_key
    members = town.of_site(store.site_key)
    assert sorted(member.kind for member in members) == ["amenity", "entrance", "parking", "shop"]
    assert all(member.site_key == store.site_key for member in members)


def test_no_more_than_the_limit(town: PlaceIndex) -> None:
    assert len(town.search("rue", limit=2)) == 2


def test_a_point_is_called_by_its_address_its_shop_its_street_or_what_is_near(town: PlaceIndex) -> None:
    def label(place: Place) -> str:
        return town.nearest(place.lat, place.lon).label

    assert label(at(102, 14)) == "Rue de l'Église 2, Fontaine"
    assert label(at(502, 22)) == "Œufs & Pain, Fontaine"
    assert label(at(150, 620)) == "Chemin des Tilleuls, Fontaine"
    assert label(at(8400, -900)).startswith("near ")


def test_a_point_at_the_store_belongs_to_its_site(town: PlaceIndex) -> None:
    place = town.nearest(at(4600, 552).lat, at(4600, 552).lon)
    assert place.site_key.startswith("way/")


def test_without_any_name_a_point_is_called_by_its_coordinates(tmp_path: Path) -> None:
    sketch = Sketch()
    sketch.way((0, 0), (100, 0), **street())
    nameless = PlaceIndex(build_places(read_named(sketch.save(tmp_path / "nameless.osm"))))
    assert nameless.nearest(46.0, 6.0).label == "46.0000, 6.0000"
    assert nameless.search("rue") == []
    assert nameless.street_near(46.0, 6.0) == ""


def test_of_kind_gives_the_same_places_each_time(town: PlaceIndex) -> None:
    assert [place.label for place in town.of_kind("school", 5)] == ["École Jeanne d'Arc, Fontaine"]
    homes = town.of_kind("address", 4)
    assert len(homes) == 4
    assert homes == town.of_kind("address", 4)
    assert town.of_kind("unheard of", 4) == []


def test_in_helsinki_a_house_is_found_with_a_slip_of_the_finger(helsinki: Region) -> None:
    assert first(helsinki.places.search("manerheimintie 12")) == "Mannerheimintie 12, Helsinki"


def test_in_the_valley_ikea_is_the_furniture_store(valley: Region) -> None:
    store = valley.places.search("ikea")[0]
    assert store.kind == "shop"
    assert "IKEA" in store.label
    assert store.site_key == store.osm_key


def test_searching_greater_porto_takes_ten_milliseconds_at_most() -> None:
    index = PlaceIndex(build_places(read_named(shared_data("osm/porto.osm.pbf"))))
    index.search("rua")
    times = []
    for text in ("rua de santa catarina", "avenida da boavsita", "r", "gaia", "praça da república 12"):
        begin = perf_counter()
        index.search(text)
        times.append(perf_counter() - begin)
    assert sorted(times)[2] < 0.010  # the middle one, since other programs run here too
