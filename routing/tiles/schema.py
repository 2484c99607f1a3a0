"""What a tagged node, way or area becomes on the map: Shortbread layer, kind, first zoom and attributes."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

Value = str | int | bool
Tags = Mapping[str, str]
Attributes = dict[str, Value]


class Drawn(NamedTuple):
    """One appearance of a thing in one layer, from `min_zoom` on."""

    layer: str
    min_zoom: int
    attributes: Attributes


MAX_ZOOM = 14
POINT_LAYERS = frozenset(
    {"addresses", "pois", "place_labels", "public_transport", "water_polygons_labels", "streets_polygons_labels"}
)
LANGUAGES = ("fr", "en", "de", "es", "it", "pt", "fi", "sv")

ROADS = {
    "motorway": 5, "trunk": 6, "primary": 8, "secondary": 9, "tertiary": 10, "unclassified": 12, "residential": 12,
    "living_street": 12, "pedestrian": 12, "busway": 12, "road": 12, "service": 13, "track": 13, "bridleway": 13,
    "footway": 13, "cycleway": 13, "path": 13, "steps": 13,
}  # fmt: skip
RAILS = {"rail": 8, "light_rail": 10, "subway": 11, "tram": 12, "narrow_gauge": 10, "funicular": 12, "monorail": 12}
PLACES = {
    "city": 6, "town": 7, "village": 10, "suburb": 11, "island": 11, "hamlet": 12, "quarter": 13, "locality": 13,
    "neighbourhood": 14, "isolated_dwelling": 14, "farm": 14,
}  # fmt: skip
STATIONS = {"station": 12, "halt": 12, "tram_stop": 13, "subway_entrance": 14}
WATERWAYS = {"river": 9, "canal": 9, "stream": 12, "ditch": 14, "drain": 14}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LANDUSE = _words(
    "residential commercial retail industrial railway garages farmland farmyard greenhouse_horticulture orchard "
    "plant_nursery vineyard landfill quarry brownfield village_green recreation_ground allotments cemetery forest "
    "grass meadow"
)
_LEISURE = _words("park garden miniature_golf playground golf_course pitch nature_reserve stadium")
LAND: dict[str, dict[str, str]] = {
    "landuse": {value: value for value in _LANDUSE},
    "leisure": {value: value for value in _LEISURE},
    "natural": {
        "bare_rock": "bare_rock", "scree": "scree", "shingle": "shingle", "wood": "forest", "grassland": "grassland",
        "heath": "heath", "scrub": "scrub", "beach": "beach", "sand": "sand", "wetland": "marsh",
    },
    "amenity": {"grave_yard": "grave_yard"},
}  # fmt: skip
LAND_ZOOMS = {"forest": 7, "farmland": 10, "residential": 10, "commercial": 10, "industrial": 10, "meadow": 10}
SITES: dict[str, dict[str, str]] = {
    "amenity": {
        value: value for value in _words("hospital school university college kindergarten parking prison marketplace")
    },
    "leisure": {"sports_centre": "sports_center"},
    "landuse": {"construction": "construction", "military": "danger_area"},
}
ANY: frozenset[str] = frozenset()  # an empty set stands for every value, if the thing has a name
POIS: dict[str, frozenset[str]] = {
    "amenity": _words(
        "arts_centre atm bank bar bicycle_parking bicycle_rental biergarten cafe car_pooling car_rental car_sharing "
        "car_wash charging_station childcare cinema clinic college community_centre courthouse dentist doctors "
        "drinking_water embassy fast_food fire_station fountain fuel hospital ice_cream kindergarten library "
        "marketplace nightclub nursing_home parking pharmacy place_of_worship police post_box post_office prison pub "
        "public_building recycling restaurant school shelter social_facility theatre toilets townhall university "
        "veterinary"
    ),
    "shop": ANY,
    "tourism": _words(
        "alpine_hut attraction camp_site chalet gallery guest_house hostel hotel information motel museum picnic_site "
        "viewpoint zoo"
    ),
    "leisure": _words("dog_park playground sports_centre stadium swimming_pool water_park"),
    "historic": _words("archaeological_site castle memorial monument ruins wayside_cross"),
    "man_made": _words("lighthouse tower water_tower watermill windmill"),
    "office": ANY,
    "craft": ANY,
    "healthcare": ANY,
}


def of_node(tags: Tags) -> Iterator[Drawn]:
    """Layers in which a tagged node appears."""
    place = tags.get("place", "")
    if place in PLACES and "name" in tags:
        people = tags.get("population", "").replace(" ", "")
        attributes: Attributes = {"kind": place, "population": int(people) if people.isdecimal() else 0}
        yield Drawn("place_labels", PLACES[place], attributes | _names(tags))
    if (station := tags.get("railway", "")) in STATIONS:
        yield Drawn("public_transport", STATIONS[station], {"kind": station, **_names(tags)})
    elif tags.get("highway") == "bus_stop":
        yield Drawn("public_transport", 14, {"kind": "bus_stop", **_names(tags)})
    elif tags.get("amenity") in ("bus_station", "ferry_terminal"):
        yield Drawn("public_transport", 13, {"kind": tags["amenity"], **_names(tags)})
    yield from _address(tags)
    yield from _poi(tags)


def of_way(tags: Tags) -> Iterator[Drawn]:
    """Layers in which a way appears as a line."""
    yield from _street(tags)
    waterway = tags.get("waterway", "")
    if waterway in WATERWAYS:
        line = {"kind": waterway, **_flags(tags)}
        yield Drawn("water_lines", WATERWAYS[waterway], line)
        if "name" in tags:
            yield Drawn("water_lines_labels", max(12, WATERWAYS[waterway]), line | _names(tags))
    if tags.get("route") == "ferry":
        yield Drawn("ferries", 10, {"kind": "ferry", **_names(tags)})
    if tags.get("man_made") == "pier":
        yield Drawn("pier_lines", 12, {"kind": "pier"})
    if "aerialway" in tags and tags["aerialway"] not in ("pylon", "station"):
        yield Drawn("aerialways", 12, {"kind": tags["aerialway"]})
    if tags.get("boundary") == "administrative" and (level := tags.get("admin_level", "")) in ("2", "4", "8"):
        yield Drawn("boundaries", {"2": 0, "4": 7, "8": 12}[level], {"admin_level": int(level)})


def of_area(tags: Tags) -> Iterator[Drawn]:
    """Layers in which an area appears, as a polygon or (`POINT_LAYERS`) as a point inside it."""
    yield from _poi(tags)
    if tags.get("building", "no") != "no":
        yield Drawn("buildings", 14, {"dummy": 1})
        yield from _address(tags)
        return
    if (water := _water(tags)) is not None:
        yield Drawn("water_polygons", 6, {"kind": water})
        if "name" in tags:
            yield Drawn("water_polygons_labels", 12, {"kind": water, **_names(tags)})
        return
    if (highway := tags.get("highway", "")) in ("pedestrian", "footway", "service"):
        yield Drawn("street_polygons", 13, {"kind": highway})
        if "name" in tags:
            yield Drawn("streets_polygons_labels", 14, {"kind": highway, **_names(tags)})
    if tags.get("man_made") in ("pier", "bridge"):
        pier = tags["man_made"] == "pier"
        yield Drawn("pier_polygons" if pier else "bridges", 12, {"kind": tags["man_made"]})
    for key, kinds in SITES.items():
        if (value := tags.get(key, "")) in kinds:
            yield Drawn("sites", 13, {"kind": kinds[value]})
            return
    for key, kinds in LAND.items():
        if (value := tags.get(key, "")) in kinds:
            kind = kinds[value]
            yield Drawn("land", LAND_ZOOMS.get(kind, 11), {"kind": kind})
            return


def _street(tags: Tags) -> Iterator[Drawn]:
    highway, railway = tags.get("highway", ""), tags.get("railway", "")
    kind = highway.removesuffix("_link")
    if kind in ROADS and tags.get("area") != "yes":
        min_zoom = ROADS[kind]
    elif railway in RAILS:
        kind, min_zoom = railway, max(RAILS[railway], 13 if "service" in tags else 0)
    else:
        return
    attributes: Attributes = {"kind": kind, **_flags(tags)}
    if highway:
        attributes |= _road_attributes(tags)
    else:
        attributes["rail"] = True
    yield Drawn("streets", min_zoom, attributes)
    if highway and ("name" in tags or "ref" in tags):
        label = {"kind": kind, **_names(tags)} | ({"ref": tags["ref"]} if "ref" in tags else {})
        yield Drawn("street_labels", max(12, min_zoom), label)


def _road_attributes(tags: Tags) -> Attributes:
    attributes: Attributes = {}
    if tags["highway"].endswith("_link"):
        attributes["link"] = True
    if tags.get("oneway") in ("yes", "1", "true") or tags.get("junction") == "roundabout":
        attributes["oneway"] = True
    elif tags.get("oneway") == "-1":
        attributes["oneway_reverse"] = True
    if tags["highway"] == "service" and "service" in tags:
        attributes["service"] = tags["service"]
    return attributes


def _flags(tags: Tags) -> Attributes:
    return {key: True for key in ("bridge", "tunnel") if tags.get(key, "no") != "no"}


def _water(tags: Tags) -> str | None:
    if tags.get("natural") == "water":
        return "river" if tags.get("water") in ("river", "canal", "stream") else "water"
    if tags.get("waterway") in ("riverbank", "dock", "canal"):
        return "river" if tags["waterway"] == "riverbank" else tags["waterway"]
    if tags.get("landuse") in ("reservoir", "basin"):
        return tags["landuse"]
    return "glacier" if tags.get("natural") == "glacier" else None


def _address(tags: Tags) -> Iterator[Drawn]:
    if "addr:housenumber" in tags:
        yield Drawn("addresses", 14, {"housenumber": tags["addr:housenumber"]})
    elif "addr:housename" in tags:
        yield Drawn("addresses", 14, {"housename": tags["addr:housename"]})


def _poi(tags: Tags) -> Iterator[Drawn]:
    named = "name" in tags or "brand" in tags
    for key, values in POIS.items():
        value = tags.get(key)
        if value is not None and value != "no" and (value in values or (named and not values)):
            yield Drawn("pois", 14, {key: value, **_names(tags)})
            return


def _names(tags: Tags) -> Attributes:
    """`name` (a shop may have only its brand), and `name_xx` where a language calls it otherwise."""
    name = tags.get("name") or tags.get("brand")
    if name is None:
        return {}
    names: Attributes = {"name": name}
    for code in LANGUAGES:
        if (text := tags.get(f"name:{code}", name)) != name:
            names[f"name_{code}"] = text
    return names
