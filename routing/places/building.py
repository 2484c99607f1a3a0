"""Sorts what the gazetteer read into the columns that PlaceIndex searches."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from routing.distance import EARTH_M
from routing.places.gazetteer import ADDRESS, ENTRANCE, PARKING, STREET, Named
from routing.places.index import KINDS, Places
from routing.places.lines import dense
from routing.places.sites import site_keys
from routing.places.texts import pack_texts
from routing.places.wording import fold, words

_TOWN_SHARE, _SORT_SHARE = 0.5, 0.85
_SAMPLE_M = 40.0
_REACH = {"city": 3.0, "town": 2.0, "village": 1.0, "suburb": 1.0, "quarter": 0.5}
"""How far a settlement's name reaches, against a village's."""
_VILLAGE_DEGREES = 0.04
"""Farther than this (4.4 km) from a village, its name does not tell where a street is."""
_SAME_STREET_M = 1_500.0


def build_places(things: list[Named]) -> Places:
    """Columns of streets (each once a locality), shops, stations and towns, with the addresses on their streets."""
    towns = _Towns(things)
    site_of = {id(thing): key for thing, key in zip(things, site_keys(things), strict=True)}
    store_name = {thing.osm_key: thing.name for thing in things if thing.osm_key == site_of[id(thing)]}
    for thing in things:
        if thing.kind in (PARKING, ENTRANCE):
            thing.name = thing.name or store_name.get(site_of[id(thing)], "")
    spots = [thing for thing in things if thing.name and thing.kind not in (STREET, ADDRESS)]
    spots = [thing for thing in spots if thing.kind != ENTRANCE or site_of[id(thing)]]
    streets = _Streets([thing for thing in things if thing.kind == STREET], towns)
    addresses = [thing for thing in things if thing.kind == ADDRESS]
    street_of = [streets.of(address) for address in addresses]
    entries = streets.entries + spots
    order = sorted(range(len(addresses)), key=lambda i: (street_of[i], fold(addresses[i].number), addresses[i].osm_key))
    addresses, owner = [addresses[i] for i in order], np.array([street_of[i] for i in order], np.int64)
    town_names = [thing.town or towns.around(thing) for thing in entries]
    known_towns = sorted(set(town_names) - {""})
    number_blob, number_start = pack_texts(address.number for address in addresses)
    name_blob, name_start = pack_texts(thing.name for thing in entries)
    town_blob, town_start = pack_texts(known_towns)
    sample_place, samples = streets.samples()
    return Places(
        lat=_floats(thing.lat for thing in entries),
        lon=_floats(thing.lon for thing in entries),
        kind=np.array([KINDS.index(thing.kind) for thing in entries], np.uint8),
        weight=np.array([thing.weight for thing in entries], np.float32),
        osm=_osm_numbers(thing.osm_key for thing in entries),
        site=_osm_numbers(site_of.get(id(thing), "") for thing in entries),
        town=np.array([known_towns.index(name) if name else -1 for name in town_names], np.int32),
        name_blob=name_blob,
        name_start=name_start,
        town_blob=town_blob,
        town_start=town_start,
        address_first=np.searchsorted(owner, np.arange(len(entries) + 1)),
        address_lat=_floats(address.lat for address in addresses),
        address_lon=_floats(address.lon for address in addresses),
        address_osm=_osm_numbers(address.osm_key for address in addresses),
        number_blob=number_blob,
        number_start=number_start,
        sample_place=sample_place,
        sample_lat=samples[:, 0],
        sample_lon=samples[:, 1],
        **_postings(entries, town_names),
    )


class _Towns:
    """Which settlement a point belongs to: the nearest, measured by how far its kind reaches."""

    def __init__(self, things: list[Named]) -> None:
        towns = [thing for thing in things if thing.kind == "town" and thing.sort in _REACH]
        self._names = [town.name for town in towns]
        self._at = np.array([(town.lat, town.lon) for town in towns]).reshape(-1, 2)
        self._reach = np.array([_REACH[town.sort] for town in towns])

    def around(self, thing: Named) -> str:
        """The settlement's name; "" for a settlement itself and where none is mapped."""
        if not self._names or thing.kind == "town":
            return ""
        east = np.cos(np.radians(thing.lat))
        away = np.hypot(self._at[:, 0] - thing.lat, (self._at[:, 1] - thing.lon) * east) / self._reach
        nearest = int(np.argmin(away))
        return self._names[nearest] if away[nearest] < _VILLAGE_DEGREES else ""


class _Streets:
    """Streets, one for each name and locality, however many ways they are mapped as."""

    def __init__(self, ways: list[Named], towns: _Towns) -> None:
        self._ways: list[list[Named]] = []
        self.entries: list[Named] = []
        self._by_name: dict[str, list[int]] = defaultdict(list)
        groups: dict[tuple[str, str], list[Named]] = defaultdict(list)
        for way in ways:
            groups[fold(way.name), towns.around(way)].append(way)
        for (name, town), namesakes in groups.items():
            for members in _neighbours(namesakes):
                longest = max(members, key=lambda way: (len(way.line), way.osm_key))
                longest.town = town
                self._add(name, longest, members)

    def _add(self, name: str, entry: Named, members: list[Named]) -> int:
        self._by_name[name].append(len(self.entries))
        self.entries.append(entry)
        self._ways.append(members)
        return len(self.entries) - 1

    def of(self, address: Named) -> int:
        """The street an address stands on; made up when the extract has the house but not the street."""
        name = fold(address.street)
        near = min(self._by_name.get(name, ()), key=lambda i: self._away_m(i, address), default=-1)
        if near >= 0:
            in_town = address.town in ("", self.entries[near].town)
            if in_town or self._away_m(near, address) <= _SAME_STREET_M:
                return near
        street = Named(STREET, address.osm_key, address.lat, address.lon, address.street, town=address.town)
        return self._add(name, street, [])

    def _away_m(self, i: int, thing: Named) -> float:
        entry = self.entries[i]
        east = np.cos(np.radians(thing.lat))
        return float(np.radians(np.hypot(entry.lat - thing.lat, (entry.lon - thing.lon) * east)) * EARTH_M)

    def samples(self) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Points along all streets, no farther apart than 40 m: the street of each, and [points, (lat, lon)]."""
        owner: list[NDArray[np.int32]] = [np.empty(0, np.int32)]
        points: list[NDArray[np.float64]] = [np.empty((0, 2))]
        for i, members in enumerate(self._ways):
            for way in members:
                line = dense(np.array(way.line), _SAMPLE_M)
                owner.append(np.full(len(line), i, np.int32))
                points.append(line)
        return np.concatenate(owner), np.concatenate(points)


def _neighbours(ways: list[Named]) -> list[list[Named]]:
    """Ways of one name, parted where they are too far from each other to be one street."""
    if len(ways) == 1:
        return [ways]
    flat = np.array([(way.lat, way.lon * np.cos(np.radians(ways[0].lat))) for way in ways])
    pairs = cKDTree(flat).query_pairs(np.degrees(_SAME_STREET_M / EARTH_M), output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(ways), len(ways)))
    count, part = connected_components(links, directed=False)
    return [[way for way, mine in zip(ways, part, strict=True) if mine == number] for number in range(count)]


def _postings(entries: list[Named], towns: list[str]) -> dict[str, Any]:
    """Which word names which places, and how much each word tells."""
    postings: dict[str, dict[int, float]] = defaultdict(dict)
    for i, (entry, town) in enumerate(zip(entries, towns, strict=True)):
        for text, share in (
            (entry.sort.replace("_", " "), _SORT_SHARE),
            (town, _TOWN_SHARE),
            *((name, 0.95) for name in entry.other_names),
            (entry.name, 1.0),
        ):
            for word in words(text):
                postings[word][i] = max(share, postings[word].get(i, 0.0))
    vocabulary = sorted(postings)
    names = [sum(1 for share in postings[word].values() if share > _SORT_SHARE) for word in vocabulary]
    weight = np.log1p(len(entries) / (np.array(names) + 1.0)) + 0.1
    number = {word: i for i, word in enumerate(vocabulary)}
    own = [sum(float(weight[number[word]]) for word in words(entry.name)) for entry in entries]
    blob, start = pack_texts(vocabulary)
    return {
        "word_blob": blob,
        "word_start": start,
        "word_weight": weight.astype(np.float32),
        "posting_start": np.cumsum([0] + [len(postings[word]) for word in vocabulary], dtype=np.int64),
        "posting_place": np.array([i for word in vocabulary for i in postings[word]], np.int32),
        "posting_weight": np.array([share for word in vocabulary for share in postings[word].values()], np.float32),
        "name_weight": np.array(own, np.float32),
    }


def _floats(values: Iterable[float]) -> NDArray[np.float64]:
    return np.array(list(values), np.float64)


def _osm_numbers(keys: Iterable[str]) -> NDArray[np.int64]:
    """ "way/12" → 12 × 4 + 1, "" → −1."""
    kinds = ("node", "way", "relation")
    parts = [key.partition("/") for key in keys]
    return np.array([int(number) * 4 + kinds.index(kind) if kind else -1 for kind, _, number in parts], np.int64)
