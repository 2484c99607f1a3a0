"""The region this site serves, and what people name in it: a place, its public point, the kerb where a car meets them.

Everything a stranger could see or measure is computed from public points (decision 0004).
"""

from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Place
from rides.errors import Invalid, RideError
from routing import plan
from routing.distance import metres_between

if TYPE_CHECKING:
    from routing.region import Region

PUBLIC_FROM_M = 300
"""A place from the map counts as the one named only this near to it."""


class OutsideRegion(RideError):
    """No road of ours leads there."""

    code = "outside_region"
    status = 400
    sentence = _("We know no road there. Please choose a place inside the region.")


def the_region(at: datetime | None = None) -> "Region":
    """The region this site serves; its roads at a calm hour, or as they are at an instant."""
    ours = _load(settings.REGION_DIR)
    return ours if at is None else ours.at(int(at.timestamp()))


@lru_cache(maxsize=2)
def _load(directory: Path) -> "Region":
    from routing import region  # the engine's machine code, which a process that only keeps sockets never needs

    return region.load(directory)


def keep_place(place: plan.Place) -> Place:
    """A row for a place somebody named or tapped; private unless the map knows it as a public one."""
    row = place_row(place)
    row.save()
    return row


def place_row(place: plan.Place) -> Place:
    """As `keep_place`, but not saved yet; raises OutsideRegion."""
    ours = the_region()
    west, south, east, north = ours.manifest.bounds
    if not (south <= place.lat <= north and west <= place.lon <= east):
        raise OutsideRegion
    if known := public_place(place):
        label = known.label
        return Place(
            lat=known.lat,
            lon=known.lon,
            label=label[:200],
            osm_key=known.osm_key,
            site_key=known.site_key,
            public_lat=known.lat,
            public_lon=known.lon,
            public_label=label[:200],
        )
    public = ours.public_point(place.lat, place.lon)
    label = place.label or ours.places.nearest(place.lat, place.lon).label
    return Place(
        lat=place.lat,
        lon=place.lon,
        label=label[:200],
        osm_key=place.osm_key[:40],
        private=True,
        public_lat=public.lat,
        public_lon=public.lon,
        public_label=public.label[:200],
    )


def public_place(place: plan.Place) -> plan.Place | None:
    """The shop, school, station, street or public point that the map knows there; None for a home."""
    ours = the_region()
    known = ours.places.get(place.osm_key) if place.osm_key else None
    if known and metres_between(known, place) <= PUBLIC_FROM_M:
        return known
    return replace(place, osm_key="") if ours.is_public_point(place) else None


def kerb(place: plan.Place) -> plan.Place:
    """Where a car meets somebody who is at `place`, for the engine: there, when it is public; else its public point.

    It is the same for every home around, so what others measure of a plan says nothing about a door.
    """
    return public_place(place) or the_region().public_point(place.lat, place.lon)


def at_the_kerb(trip: plan.TripRequest) -> plan.TripRequest:
    """The trip as the engine sees it: between public places."""
    return replace(trip, origin=kerb(trip.origin), destination=kerb(trip.destination))


def at_the_door(place: plan.Place, point: plan.Place) -> bool:
    """Whether the car comes for who is at `place`, a home: she is met at the very point that stands for it."""
    met = kerb(place)
    return (met.lat, met.lon) == (point.lat, point.lon) and public_place(place) is None


def walk_m(place: plan.Place, point: plan.Place) -> int:
    """Metres on foot between a place and a meeting point; none for whom the car comes to the door."""
    return 0 if at_the_door(place, point) else the_region().walk_m(place, point)


def meeting_row(point: plan.Place) -> Place:
    """A row, not saved yet, for where rider and car meet, which is public: a corner, a store, a stop's public point."""
    region = the_region()
    label = (region.named(point).label or region.places.nearest(point.lat, point.lon).label)[:200]
    return Place(
        lat=point.lat,
        lon=point.lon,
        label=label,
        osm_key=point.osm_key,
        public_lat=point.lat,
        public_lon=point.lon,
        public_label=label,
    )


def town_centre() -> plan.Place:
    """Where a search starts for who has not said where she is: the town nearest to the middle of the region."""
    ours = the_region()
    middle = ours.manifest.center
    towns = ours.places.of_kind("town", 500)
    nearest = min(towns, key=lambda town: metres_between(town, middle), default=None)
    return nearest or ours.places.nearest(middle.lat, middle.lon)


def exact(place: Place) -> plan.Place:
    """The place itself: only for the person whose place it is."""
    return plan.Place(place.lat, place.lon, place.label, place.osm_key, place.site_key)


def public(place: Place) -> plan.Place:
    """What strangers may know of the place."""
    return plan.Place(place.public_lat, place.public_lon, place.public_label, "", place.site_key)


def place_from(data: dict[str, Any]) -> plan.Place:
    """A place as JSON or a form sends it; raises Invalid."""
    try:
        place = plan.Place(
            float(data["lat"]), float(data["lon"]), str(data.get("label", ""))[:200], str(data.get("osm_key", ""))[:40]
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Invalid(_("Please choose a place from the list or on the map.")) from error
    if not (-90 <= place.lat <= 90 and -180 <= place.lon <= 180):
        raise OutsideRegion
    return place
