"""Fetches a town and its surroundings from OpenStreetMap's own servers, through OSMnx, as a file like any other."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import osmnx as ox
import requests

# The only home OSMnx gives its errors; its manual names them.
from osmnx._errors import CacheOnlyInterruptError, InsufficientResponseError, ResponseStatusCodeError

from routing.distance import EARTH_M
from routing.errors import OverpassUnreachable, PlaceNotFound

MARGIN_M = 15_000.0
"""Around the town: the furniture store lies outside its border."""
_TILE_M2 = 400e6  # one question a tile, so that no answer is larger than the server will give
_WANTED: dict[str, bool | str | list[str]] = {
    key: True
    for key in (
        "highway", "railway", "waterway", "natural", "landuse", "leisure", "place", "shop", "amenity", "tourism",
        "office", "healthcare", "public_transport", "addr:housenumber", "entrance", "barrier", "traffic_calming",
    )
}  # fmt: skip
_ORDER = ("node", "way", "relation")

Element = dict[str, Any]


def download(
    place: str,
    folder: Path,
    *,
    margin_m: float = MARGIN_M,
    overpass_url: str | None = None,
    nominatim_url: str | None = None,
) -> Path:
    """Write what lies around `place` to a .osm.pbf file in `folder`.

    The servers are those given, else OVERPASS_URL and NOMINATIM_URL of the environment, else OSMnx's own. Raises
    PlaceNotFound and OverpassUnreachable.
    """
    answers = folder / "answers"
    changes = {
        "overpass_url": overpass_url or os.environ.get("OVERPASS_URL"),
        "nominatim_url": nominatim_url or os.environ.get("NOMINATIM_URL"),
        "cache_folder": str(answers),
        "use_cache": True,
        "cache_only_mode": True,  # the answers themselves are wanted, not OSMnx's reading of them
        "max_query_area_size": _TILE_M2,
        "requests_kwargs": {"hooks": {"response": _Doubts()}},
    }
    with _settings(changes), _speaking_plainly(place):
        # OSMnx would wait a minute for a server that does not answer before it says so.
        requests.get(f"{ox.settings.overpass_url.rstrip('/')}/status", timeout=30)
        bounds = _around(place, margin_m)
        with suppress(CacheOnlyInterruptError):  # this is how OSMnx says that all answers are there
            ox.features_from_bbox(bounds, _WANTED)
    target = folder / "overpass.osm.pbf"
    write_elements(_elements(answers), target)
    return target


class _Doubts:
    """Looks at each answer: OSMnx passes over one that is only a part, and asks a busy server for ever."""

    def __init__(self) -> None:
        self._patience = 5

    def __call__(self, response: requests.Response, *_: Any, **__: Any) -> None:
        if response.status_code in (429, 504):
            self._patience -= 1
            if self._patience == 0:
                raise OverpassUnreachable(_sorry("has been too busy for some minutes"))
        if response.ok and response.content.startswith(b"{") and "remark" in response.json():
            raise OverpassUnreachable(_sorry("answered only in part; the area may be too large for it"))


def _around(place: str, margin_m: float) -> tuple[float, float, float, float]:
    """West, south, east and north of the place and a margin, in degrees."""
    west, south, east, north = ox.geocode_to_gdf(place).total_bounds
    tall = float(np.degrees(margin_m / EARTH_M))
    wide = tall / float(np.cos(np.radians((south + north) / 2)))
    return west - wide, south - tall, east + wide, north + tall


def _elements(answers: Path) -> Iterator[Element]:
    """All elements of all answers, each once, nodes before ways before relations."""
    found: dict[tuple[int, int], Element] = {}
    for file in sorted(answers.glob("*.json")):
        answer = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(answer, dict):  # the other file is the geocoder's
            for element in answer.get("elements", ()):
                key = (_ORDER.index(element["type"]), int(element["id"]))
                if key not in found or "tags" in element:
                    found[key] = element
    yield from (found[key] for key in sorted(found))


def write_elements(elements: Iterator[Element], target: Path) -> None:
    """Write elements as Overpass sends them, in order, to an OSM file."""
    new = osmium.osm.mutable
    with osmium.SimpleWriter(str(target)) as writer:
        for element in elements:
            tags = element.get("tags", {})
            if element["type"] == "node":
                writer.add_node(new.Node(id=element["id"], location=(element["lon"], element["lat"]), tags=tags))
            elif element["type"] == "way":
                writer.add_way(new.Way(id=element["id"], nodes=element.get("nodes", []), tags=tags))
            else:
                members = [(member["type"][0], member["ref"], member["role"]) for member in element.get("members", ())]
                writer.add_relation(new.Relation(id=element["id"], members=members, tags=tags))


@contextmanager
def _settings(changes: dict[str, Any]) -> Iterator[None]:
    """OSMnx's settings, and the name resolution it bends, as they were afterwards."""
    before = {name: getattr(ox.settings, name) for name in changes}
    resolve = socket.getaddrinfo
    for name, value in changes.items():
        if value is not None:
            setattr(ox.settings, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(ox.settings, name, value)
        socket.getaddrinfo = resolve


@contextmanager
def _speaking_plainly(place: str) -> Iterator[None]:
    """Each way to fail in a sentence."""
    try:
        yield
    except requests.RequestException as error:
        raise OverpassUnreachable(_sorry("cannot be reached")) from error
    except (InsufficientResponseError, TypeError) as error:
        raise PlaceNotFound(f'No town called "{place}" is known to OpenStreetMap; try "Town, Country".') from error
    except (ResponseStatusCodeError, ValueError) as error:
        raise OverpassUnreachable(_sorry("gave no usable answer")) from error


def _sorry(what: str) -> str:
    return f"OpenStreetMap's server {what}; the built-in regions valley and helsinki need no network."
