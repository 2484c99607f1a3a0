"""Reads what has a name or a house number from an OpenStreetMap file."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import osmium

from routing.streets.osm import node_locations, nodes, reading, relations, ways

_SETTLEMENTS = {
    "city": 1.15, "town": 1.12, "village": 1.08, "suburb": 1.06, "quarter": 1.02, "neighbourhood": 1.0,
    "hamlet": 1.0, "isolated_dwelling": 0.9, "locality": 0.9,
}  # fmt: skip
_SCHOOLS = {"school", "kindergarten", "university", "college", "music_school", "language_school", "childcare"}
_HEALTH = {"hospital", "clinic", "doctors", "dentist", "pharmacy", "nursing_home", "veterinary"}
_STATIONS = {"station", "halt"}
_NAME_KEYS = ("name", "brand", "alt_name", "short_name", "official_name", "old_name", "int_name", "loc_name",
              "operator", "name:en", "name:fr", "name:de", "name:sv")  # fmt: skip
_BIG_STORES = {"furniture", "mall", "supermarket", "doityourself", "department_store", "wholesale", "garden_centre"}
_WANTED = osmium.filter.KeyFilter(
    "name", "brand", "operator", "addr:housenumber", "shop", "amenity", "entrance", "place", "public_transport"
)

STREET, ADDRESS, ENTRANCE, PARKING = "street", "address", "entrance", "parking"


@dataclass(slots=True)
class Named:
    """One thing of the map: a shop, a street, a house number, an entrance."""

    kind: str
    osm_key: str
    lat: float
    lon: float
    name: str = ""
    other_names: tuple[str, ...] = ()
    sort: str = ""
    """The word of the tag, such as "furniture" or "pharmacy", by which it may be searched too."""
    weight: float = 1.0
    number: str = ""
    street: str = ""
    town: str = ""
    line: list[tuple[float, float]] = field(default_factory=list)
    """(lat, lon) along a street, or around a building."""


def read_named(path: Path) -> list[Named]:
    """Everything in `path` that a person may want to go to; raises BadSource."""
    with reading(path):
        locations = node_locations(path)
        members = _relation_members(path)
        outlines: dict[int, list[tuple[float, float]]] = {}
        found: list[Named] = []
        for node in nodes(path, _WANTED):
            found += named_things(_tags(node), f"node/{node.id}", [(node.lat, node.lon)])
        for way in ways(path, _WANTED):
            line = _line(way, locations)
            if line:
                found += named_things(_tags(way), f"way/{way.id}", line)
        wanted = {way_id for _, _, around in members for way_id in around}
        if wanted:
            for way in ways(path, osmium.filter.IdFilter(wanted)):
                outlines[way.id] = _line(way, locations)
    for tags, osm_key, around in members:
        outline = [point for way_id in around for point in outlines.get(way_id, [])]
        if outline:
            found += named_things(tags, osm_key, outline)
    return found


def _tags(item: Any) -> dict[str, str]:
    return {tag.k: tag.v for tag in item.tags}


def _line(way: osmium.osm.Way, locations: osmium.index.LocationTable) -> list[tuple[float, float]]:
    """Degrees of those nodes of a way that the extract carries."""
    line = []
    for node in way.nodes:
        try:
            location = locations.get(node.ref)
        except KeyError:
            continue
        line.append((location.lat, location.lon))
    return line


def _relation_members(path: Path) -> list[tuple[dict[str, str], str, list[int]]]:
    """Shops, schools and the like that are drawn as relations, with the ways around them."""
    found = []
    for item in relations(path, _WANTED):
        tags = _tags(item)
        if tags.get("type") in ("multipolygon", "site"):
            around = [member.ref for member in item.members if member.type == "w" and member.role != "inner"]
            found.append((tags, f"relation/{item.id}", around))
    return found


def named_things(tags: dict[str, str], osm_key: str, line: list[tuple[float, float]]) -> Iterator[Named]:
    """What one element stands for: a shop with a house number is both."""
    lat, lon = _middle(line)
    town = tags.get("addr:city", tags.get("addr:place", ""))
    if "addr:housenumber" in tags:
        street = tags.get("addr:street", tags.get("addr:place", ""))
        for number in tags["addr:housenumber"].split(";"):
            yield Named(ADDRESS, osm_key, lat, lon, number=number.strip(), street=street, town=town)
    if "highway" in tags and osm_key.startswith("way/"):
        if tags.get("name") and tags.get("area") != "yes":
            yield Named(STREET, osm_key, lat, lon, tags["name"], _other_names(tags), line=line)
        return
    if tags.get("entrance", "no") != "no":
        yield Named(ENTRANCE, osm_key, lat, lon, tags.get("name", ""), weight=0.8)
    kind, sort, weight = _kind(tags)
    name = tags.get("name") or tags.get("brand") or tags.get("operator") or ""
    if kind == PARKING or (kind and name):
        yield Named(kind, osm_key, lat, lon, name, _other_names(tags), sort, weight, town=town, line=line)


def _kind(tags: dict[str, str]) -> tuple[str, str, float]:
    """The kind we speak of, the tag's own word, and how likely people go there; "" for what nobody drives to."""
    if tags.get("place") in _SETTLEMENTS:
        return "town", tags["place"], _SETTLEMENTS[tags["place"]]
    amenity = tags.get("amenity", "")
    if tags.get("railway") in _STATIONS or tags.get("public_transport") == "station" or amenity == "bus_station":
        return "station", "station", 1.06
    if "shop" in tags:
        return "shop", tags["shop"], 1.06 if tags["shop"] in _BIG_STORES else 1.03
    if amenity in _SCHOOLS:
        return "school", amenity, 1.03
    if amenity in _HEALTH or "healthcare" in tags:
        return "health", amenity or tags["healthcare"], 1.06 if amenity == "hospital" else 1.03
    if amenity == "parking":
        return PARKING, "parking", 0.9
    if amenity:
        return "amenity", amenity, 1.0
    if tags.get("highway") == "bus_stop" or tags.get("railway") == "tram_stop":
        return "stop", "stop", 0.92
    for key in ("leisure", "tourism", "office", "historic", "sport", "craft"):
        if key in tags:
            return key if key in ("leisure", "tourism", "office") else "leisure", tags[key], 0.97
    return ("building", "building", 0.95) if "building" in tags else ("", "", 0.0)


def is_big_store(sort: str) -> bool:
    """Whether a shop of this sort has car parks and entrances of its own."""
    return sort in _BIG_STORES


def _other_names(tags: dict[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tags[key] for key in _NAME_KEYS if key in tags))


def _middle(line: list[tuple[float, float]]) -> tuple[float, float]:
    """The centre of a closed outline, and the point half way along an open line."""
    if len(line) > 1 and line[0] == line[-1]:
        ring = line[:-1]
        return sum(lat for lat, _ in ring) / len(ring), sum(lon for _, lon in ring) / len(ring)
    return line[len(line) // 2]
