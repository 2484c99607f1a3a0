"""A ride as its card shows it, on the home page and in a list of results."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

from django.urls import reverse

from rides import search
from rides.driving.offer_view import seats_held
from rides.models import RideOffer
from rides.search import Found
from web.pages import maps
from web.templatetags.detour import clock


@dataclass(frozen=True, slots=True)
class RideCard:
    """Ends are public points. `found` is there when the ride was searched for a journey."""

    offer: RideOffer
    url: str
    start: str
    end: str
    leaves_at: datetime
    arrives_at: datetime
    lat: float
    lon: float
    seats_left: int
    seats_held: int
    seats_total: int
    line_url: str
    price_cents: int | None = None
    found: Found | None = None

    @classmethod
    def of_offer(cls, offer: RideOffer) -> Self:
        """An offer that nobody searched for: its own way."""
        first, *_between, last = sorted(offer.stops.all(), key=lambda stop: stop.sequence)
        left, total = search.seats_left(offer), max(way["seats"] for way in offer.configurations)
        return cls(
            offer=offer,
            url=reverse("ride", args=[offer.pk]),
            start=first.place.public_label,
            end=last.place.public_label,
            leaves_at=first.planned_at,
            arrives_at=last.planned_at,
            lat=first.place.public_lat,
            lon=first.place.public_lon,
            seats_left=left,
            seats_held=min(seats_held(offer.bookings.all()), total - left),
            seats_total=total,
            line_url=reverse("api-offer-line", args=[offer.pk]),
        )

    @classmethod
    def of_found(cls, found: Found, query: dict[str, str]) -> Self:
        """A result: where and when it picks this rider up. `query` carries the journey to the ride's own page."""
        own, insertion = cls.of_offer(found.offer), found.insertion
        asked = "?" + urlencode(query)
        return cls(
            offer=found.offer,
            url=own.url + asked,
            start=insertion.pickup.label or own.start,
            end=insertion.dropoff.label or own.end,
            leaves_at=found.pickup_at,
            arrives_at=found.dropoff_at,
            lat=insertion.pickup.lat,
            lon=insertion.pickup.lon,
            seats_left=found.seats_left,
            seats_held=own.seats_held,
            seats_total=own.seats_total,
            line_url=maps.line_url([insertion.pickup, insertion.dropoff]),
            price_cents=found.price_cents,
            found=found,
        )

    def for_map(self) -> dict[str, Any]:
        """The marker: coordinates rounded to a metre; `off` is where a searched ride lets people off."""
        dropoff = self.found.insertion.dropoff if self.found else None
        return {
            "off": [round(dropoff.lon, 5), round(dropoff.lat, 5)] if dropoff else None,
            "id": self.offer.pk,
            "url": self.url,
            "lat": round(self.lat, 5),
            "lon": round(self.lon, 5),
            "from": self.start,
            "to": self.end,
            "time": clock(self.leaves_at),
            "seats_left": self.seats_left,
            "seats_held": self.seats_held,
            "version": self.offer.version,
        }

    @property
    def marker(self) -> str:
        """The marker as the card's data attribute."""
        return json.dumps(self.for_map())
