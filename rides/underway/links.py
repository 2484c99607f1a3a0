"""A link by which somebody whom the rider chose sees how her ride goes. It ends with the ride, or when she likes."""

import secrets
from dataclasses import replace
from datetime import datetime

from accounts.models import User
from rides import access
from rides.bookings.answers import AlreadySettled, lock_booking
from rides.errors import NotFound
from rides.models import Booking, RideLink, RideOffer
from rides.underway import homes, sight
from rides.underway.sight import Car
from routing import plan

TOKEN_BYTES = 24


def want(*, booking_id: int, person: User, wanted: bool = True) -> RideLink | None:
    """The rider wants a link, or none any more: then a new one is another one. Raises NotFound, AlreadySettled."""
    booking = lock_booking(booking_id, of_either=person)
    if person.pk != booking.rider_id:
        raise NotFound
    if not wanted:
        booking.links.all().delete()
        return None
    if not _goes_on(booking):
        raise AlreadySettled(state=booking.state)
    link = booking.links.first()
    return link or RideLink.objects.create(booking=booking, token=secrets.token_urlsafe(TOKEN_BYTES))


def of(booking: Booking) -> RideLink | None:
    """The link there is, as long as it leads anywhere."""
    return booking.links.first() if _goes_on(booking) else None


def get_booking(token: str) -> Booking:
    """Whose ride a link shows; raises NotFound for one that has ended, or never was."""
    people = ("booking__offer__driver", "booking__offer__vehicle", "booking__rider")
    places = ("booking__pickup_place", "booking__dropoff_place")
    link = RideLink.objects.select_related(*people, *places).filter(token=token).first()
    if link is None or not _goes_on(link.booking):
        raise NotFound
    return link.booking


def seen(booking: Booking, now: datetime) -> Car:
    """The car as the rider sees it, but not near her own home: a link may be passed on."""
    if not access.sees_car(booking.rider, booking):
        return Car()
    car = sight.of(booking, booking.rider, now)
    if car.lat is None or car.lon is None:
        return car
    if homes.near(homes.on_the_way((), [booking]), plan.Place(car.lat, car.lon)):
        return replace(car, lat=None, lon=None, seen_at=None, is_hidden=True)
    return car


def forget() -> int:
    """Drop the links to rides that are over."""
    live = RideLink.objects.filter(
        booking__state=Booking.State.CONFIRMED,
        booking__left_at=None,
        booking__offer__state__in=RideOffer.UNDER_WAY,
    )
    gone, _each = RideLink.objects.exclude(pk__in=live.values("pk")).delete()
    return gone


def _goes_on(booking: Booking) -> bool:
    is_coming_along = booking.state == Booking.State.CONFIRMED and booking.left_at is None
    return is_coming_along and booking.offer.state in RideOffer.UNDER_WAY
