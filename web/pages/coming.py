"""The car that comes, as the page of a booking shows it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils import timezone

from accounts.models import User
from rides import access, streets
from rides.errors import NotFound
from rides.models import Booking
from rides.underway import links, sight
from rides.underway.sight import Car
from web.pages import maps

AGAIN_S = 15
"""Whoever has the link has no socket for it: the page looks again."""


@dataclass(frozen=True, slots=True)
class Coming:
    """`signs` say which sentences are there: others are drawn anew by the server (see coming-car.js)."""

    car: Car
    zone: str
    signs: str = ""
    near: str = ""
    at: dict[str, str] | None = None


def seen_by(person: User, booking: Booking, now: datetime) -> Coming | None:
    """None while there is no car under way that this rider sits in, or waits for."""
    if person.pk != booking.rider_id or not access.sees_car(person, booking):
        return None
    car = sight.of(booking, person, now)
    zone = booking.offer.time_zone
    if car.lat is None or car.lon is None:
        return Coming(car, zone, _signs(car))
    return Coming(car, zone, _signs(car), _near(car), _degrees(car))


def link_of(request: HttpRequest, booking: Booking) -> str:
    """The address that its rider may pass on; empty while she has not asked for one."""
    link = links.of(booking)
    return request.build_absolute_uri(resolve_url("shared_ride", link.token)) if link else ""


def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """How somebody's ride goes, for whom she gave the link to."""
    try:
        booking = links.get_booking(token)
    except NotFound:
        raise Http404 from None
    now = timezone.now()
    car = links.seen(booking, now)
    at, near = None, ""
    if car.lat is not None and car.lon is not None:
        at, near = _degrees(car), _near(car)
    context = {
        "booking": booking,
        "coming": Coming(car, booking.offer.time_zone, _signs(car), near, at),
        "destination": streets.public(booking.dropoff_place).label,
        "again_s": AGAIN_S,
        "map": maps.map_facts(),
    }
    answer = render(request, "shared_ride.html", context)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _near(car: Car) -> str:
    return streets.the_region().places.nearest(car.lat or 0, car.lon or 0).label


def _degrees(car: Car) -> dict[str, str]:
    return {"lat": f"{car.lat:.5f}", "lon": f"{car.lon:.5f}"}


def _signs(car: Car) -> str:
    signs = {
        "shared": car.is_shared,
        "hidden": car.is_hidden,
        "seen": car.lat is not None,
        "timed": car.arrives_at is not None,
    }
    return " ".join(name for name, is_so in signs.items() if is_so)
