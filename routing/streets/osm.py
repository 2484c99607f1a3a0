"""Reads what a car may drive on from an OpenStreetMap file; incomplete extracts are normal input."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import osmium
from numpy.typing import NDArray

from routing.errors import BadSource

SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")

ROAD_CLASSES = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "road",
    "motorway_link",
    "trunk_link",
    "primary_link",
    "secondary_link",
    "tertiary_link",
    "ferry",
)
"""What a car drives on; a ferry is a way with route=ferry and no highway of its own."""
_NO_THROUGH_SERVICE = {"emergency_access", "parking", "parking_aisle", "private", "driveway", "drive-through"}
_DENIED = {"no", "private", "agricultural", "forestry", "delivery", "permit", "emergency", "military"}
_ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")  # the most specific word decides
_BLOCKING_BARRIERS = {
    "block", "bollard", "bus_trap", "chain", "cycle_barrier", "debris", "jersey_barrier", "log", "planter",
    "stile", "swing_gate", "turnstile",
}  # fmt: skip

_OPENED_BARRIERS = {"gate", "lift_gate", "toll_booth", "border_control", "sliding_gate"}
_INVITED = {"yes", "designated", "permissive", "destination"}

FREE, SIGNALS, STOP, GIVE_WAY, CROSSING, LIT_CROSSING, LEVEL_CROSSING, CALMING, GATE, BLOCKED = range(10)
"""What a driver meets at a node."""


@dataclass(frozen=True, slots=True)
class OsmRoads:
    """Drivable ways as the file has them: way `i` runs over `node[way_start[i]:way_start[i + 1]]`.

    `node` holds positions in `lat` and `lon` (degrees), in `node_id` (their numbers in OpenStreetMap), and in `feature`
    and `faces` (1 along the way, −1 against it, 0 both), or −1 where the extract names a node that it does not carry.
    """

    tags: list[dict[str, str]]
    way_id: NDArray[np.int64]
    way_start: NDArray[np.int64]
    node: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    node_id: NDArray[np.int64]
    feature: NDArray[np.uint8]
    faces: NDArray[np.int8]


def read_roads(path: Path) -> OsmRoads:
    """Read the drivable ways of `path`; raises BadSource when it is no OpenStreetMap file or has none."""
    with reading(path):
        locations = node_locations(path)
        tags, ids, counts, refs = _read_ways(path)
        features = _read_features(path)
    if not tags:
        raise BadSource(f"{path.name} has no road that a car may drive on.")
    named, node = np.unique(np.array(refs, np.int64), return_inverse=True)
    lat, lon = _coordinates(locations, named)
    known = ~np.isnan(lat)
    feature, faces = np.zeros(len(named), np.uint8), np.zeros(len(named), np.int8)
    for position, ref in enumerate(named.tolist()):
        if ref in features:
            feature[position], faces[position] = features[ref]
    return OsmRoads(
        tags=tags,
        way_id=np.array(ids, np.int64),
        way_start=np.concatenate(([0], np.cumsum(counts))),
        node=np.where(known[node], node, -1),
        lat=lat,
        lon=lon,
        node_id=named,
        feature=feature,
        faces=faces,
    )


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn whatever osmium says of a bad file into a sentence."""
    readable(path)
    try:
        yield
    except RuntimeError as error:  # osmium has no narrower kind
        raise BadSource(f"{path.name} cannot be read as OpenStreetMap data, or is cut off ({error}).") from error


def readable(path: Path) -> None:
    """Raise BadSource for what no reader would look at."""
    if not path.is_file():
        raise BadSource(f"There is no file {path}.")
    if not path.name.endswith(SUFFIXES):
        raise BadSource(f"{path.name} is not an OpenStreetMap file: its name should end in .osm.pbf or .osm.")
    if path.stat().st_size == 0:
        raise BadSource(f"{path.name} is empty.")


def node_locations(path: Path) -> osmium.index.LocationTable:
    """Where each node of the file is. Read ahead of the ways, since some files carry their ways first."""
    table = osmium.index.create_map("flex_mem")
    handler = osmium.NodeLocationsForWays(table)
    handler.ignore_errors()
    osmium.apply(osmium.io.Reader(str(path), osmium.osm.NODE), handler)
    return table


def nodes(path: Path, wanted: Any) -> Iterator[osmium.osm.Node]:
    """The nodes of a file that an osmium filter lets through."""
    return cast(Iterator[osmium.osm.Node], iter(osmium.FileProcessor(path, osmium.osm.NODE).with_filter(wanted)))


def ways(path: Path, wanted: Any) -> Iterator[osmium.osm.Way]:
    """The ways."""
    return cast(Iterator[osmium.osm.Way], iter(osmium.FileProcessor(path, osmium.osm.WAY).with_filter(wanted)))


def relations(path: Path, wanted: Any) -> Iterator[osmium.osm.Relation]:
    """The relations."""
    kept = osmium.FileProcessor(path, osmium.osm.RELATION).with_filter(wanted)
    return cast(Iterator[osmium.osm.Relation], iter(kept))


def _read_ways(path: Path) -> tuple[list[dict[str, str]], list[int], list[int], list[int]]:
    tags: list[dict[str, str]] = []
    ids: list[int] = []
    counts: list[int] = []
    refs: list[int] = []
    for way in ways(path, osmium.filter.KeyFilter("highway", "route")):
        if way.tags.get("highway") in ROAD_CLASSES or way.tags.get("route") == "ferry":
            words = {tag.k: tag.v for tag in way.tags}
            words.setdefault("highway", "ferry")
            if is_drivable(words):
                visited = [node.ref for node in way.nodes]
                tags.append(words)
                ids.append(way.id)
                counts.append(len(visited))
                refs += visited
    return tags, ids, counts, refs


def is_drivable(tags: dict[str, str]) -> bool:
    """Whether a car may use this way at all; "destination" and "customers" may, at a price (speeds.py)."""
    if tags.get("area") == "yes" or tags.get("service") in _NO_THROUGH_SERVICE:
        return False
    if tags["highway"] == "ferry":  # most carry people only, and say nothing of cars
        return access({**tags, "access": "no"}) in _INVITED
    return access(tags) not in _DENIED


def access(tags: dict[str, str], unsaid: str = "yes") -> str:
    """The word that says who may drive here, or `unsaid` where there is none."""
    return next((tags[key] for key in _ACCESS_KEYS if key in tags), unsaid)


def direction(tags: dict[str, str]) -> int:
    """1 when cars may only go along the way, −1 only against it, 0 both ways."""
    word = tags.get("oneway")
    if word in ("yes", "true", "1"):
        return 1
    if word in ("-1", "reverse"):
        return -1
    implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
    return 1 if implied and word is None else 0


def _read_features(path: Path) -> dict[int, tuple[int, int]]:
    keys = osmium.filter.KeyFilter("highway", "barrier", "railway", "traffic_calming")
    features = {}
    for node in nodes(path, keys):
        tags = {tag.k: tag.v for tag in node.tags}
        feature = node_feature(tags)
        if feature != FREE:
            word = tags.get("traffic_signals:direction", tags.get("direction"))
            features[node.id] = (feature, {"forward": 1, "backward": -1}.get(word or "", 0))
    return features


def node_feature(tags: dict[str, str]) -> int:
    """The one thing at this node that costs a driver most, or blocks the way."""
    if "barrier" in tags:
        unsaid = "no" if tags["barrier"] in _BLOCKING_BARRIERS else "yes"
        if access(tags, unsaid) in _DENIED:
            return BLOCKED
    if tags.get("barrier") in _OPENED_BARRIERS:
        return GATE
    highway = tags.get("highway")
    if highway == "traffic_signals":
        return SIGNALS
    if tags.get("crossing") == "traffic_signals":
        return LIT_CROSSING
    by_highway = {"stop": STOP, "give_way": GIVE_WAY, "crossing": CROSSING}
    if highway in by_highway:
        return by_highway[highway]
    if tags.get("railway") == "level_crossing":
        return LEVEL_CROSSING
    return CALMING if "traffic_calming" in tags else FREE


def read_fiction(path: Path) -> str | None:
    """The name of a made-up region (a node with place=region and fictional=yes), None for real ones."""
    with reading(path):
        for node in nodes(path, osmium.filter.KeyFilter("fictional")):
            if node.tags.get("fictional") == "yes" and node.tags.get("place") == "region":
                return str(node.tags.get("name", "Fictional region"))
    return None


def _coordinates(
    locations: osmium.index.LocationTable, refs: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Degrees of each node, NaN where the extract does not carry it."""
    lat = np.full(len(refs), np.nan)
    lon = np.full(len(refs), np.nan)
    for position, ref in enumerate(refs.tolist()):
        try:
            location = locations.get(ref)
        except KeyError:
            continue
        if location.valid():
            lat[position], lon[position] = location.lat, location.lon
    return lat, lon
