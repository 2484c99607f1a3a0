"""The car that comes, as the page of a booking shows it."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from rides import access, streets
from rides.models import Booking
from rides.underway import sight
from rides.underway.sight import Car


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
    near = streets.the_region().places.nearest(car.lat, car.lon).label
    return Coming(car, zone, _signs(car), near, {"lat": f"{car.lat:.5f}", "lon": f"{car.lon:.5f}"})


def _signs(car: Car) -> str:
    signs = {
        "shared": car.is_shared,
        "hidden": car.is_hidden,
        "seen": car.lat is not None,
        "timed": car.arrives_at is not None,
    }
    return " ".join(name for name, is_so in signs.items() if is_so)
