"""Whether a car is near somebody's home, so that nobody else sees it there.

A circle around a door would tell where the door is, once the car had come and gone a few times. So what hides a car is
the whole area whose homes share one public point (decision 0004), and 300 m around it: the same for all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians

from accounts.models import Place
from rides import streets
from rides.models import Booking
from routing import plan
from routing.distance import metres_between

HIDDEN_M = 300
M_PER_DEGREE = 111_195
_AROUND = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (0.7, -0.7), (-0.7, 0.7), (-0.7, -0.7)]


@dataclass(frozen=True, slots=True)
class Home:
    """A private place on the way; `of` is the booking of the rider who has it, or None for the driver."""

    place: Place
    of: int | None


def on_the_way(ends: Iterable[Place], bookings: Iterable[Booking]) -> list[Home]:
    """The private ends of the driver's trip, and the doors of her riders; bookings come with their places."""
    homes = [Home(place, None) for place in ends if place.private]
    for booking in bookings:
        doors = (booking.pickup_place, booking.dropoff_place)
        homes += [Home(place, booking.pk) for place in doors if place.private]
    return homes


def near(homes: Iterable[Home], at: plan.Place) -> list[Home]:
    """The homes that hide a car at `at`."""
    areas = {_area(at.lat + north, at.lon + east) for north, east in _steps(at.lat)}
    return [
        home
        for home in homes
        if _area(home.place.lat, home.place.lon) in areas or metres_between(streets.exact(home.place), at) <= HIDDEN_M
    ]


def _steps(lat: float) -> list[tuple[float, float]]:
    """Degrees to the point itself, and to eight others 300 m around it."""
    degree = HIDDEN_M / M_PER_DEGREE
    return [(north * degree, east * degree / cos(radians(lat))) for north, east in _AROUND]


def _area(lat: float, lon: float) -> int:
    return streets.the_region().public.at(lat, lon)
