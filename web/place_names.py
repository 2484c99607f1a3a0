"""Places as they travel through forms and addresses, and what the region calls itself."""

from typing import Any

from rides import streets
from routing.errors import RoutingError
from routing.plan import Place
from routing.region import Manifest


def manifest() -> Manifest | None:
    """What the region says of itself; None before one is built."""
    try:
        return streets.the_region().manifest
    except RoutingError:
        return None


def is_fictional() -> bool:
    """Whether nobody lives here."""
    found = manifest()
    return bool(found and found.fictional)


def as_field(place: Any) -> str:
    """The hidden half of a place field: "46.51970,6.63230,way/12"."""
    return f"{place.lat:.5f},{place.lon:.5f},{place.osm_key}"


def from_form(data: Any, name: str) -> Place | None:
    """The place in the fields `name` (what was typed) and `<name>_at` (what was chosen); None when it is empty.

    Without JavaScript nothing is chosen, so the best place of that name is taken.
    """
    text, chosen = data.get(name, "").strip(), data.get(f"{name}_at", "").strip()
    if chosen:
        lat, lon, key = (*chosen.split(",", 2), "", "")[:3]
        return streets.place_from({"lat": lat, "lon": lon, "label": text, "osm_key": key})
    found = streets.the_region().places.search(text, limit=1) if text else []
    return found[0] if found else None
