"""Simulated neighbours want something: so the map is alive at any hour, and stays small."""

from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import User
from demo import doings, people, trips
from demo.neighbourhood import Neighbourhood
from rides import commands
from rides.models import Booking, RideOffer, RideRequest

LIVE_OFFERS, OPEN_REQUESTS, SEATS_HELD = 80, 14, 50
"""Nobody adds to more than that."""
BETWEEN_RIDES = timedelta(minutes=90)
LEAVES_SOON = timedelta(minutes=20)


def publish(hood: Neighbourhood, now: datetime) -> None:
    """Somebody who is not driving around that time offers a ride."""
    if rides().filter(state=RideOffer.State.PUBLISHED).count() >= LIVE_OFFERS:
        return
    at = trips.departure(now, hood.time_zone, hood.rng)
    driving = RideOffer.objects.filter(departs_at__range=(at - BETWEEN_RIDES, at + BETWEEN_RIDES))
    if driver := _somebody(hood, people.simulated().filter(vehicles__isnull=False).exclude(offers__in=driving)):
        doings.publish(hood, driver, at)


def post(hood: Neighbourhood, now: datetime) -> None:
    """Somebody without an open wish asks for a ride."""
    wishes = RideRequest.objects.filter(state=RideRequest.State.OPEN)
    if wishes.count() >= OPEN_REQUESTS:
        return
    if rider := _somebody(hood, people.simulated().exclude(requests__in=wishes)):
        doings.post(hood, rider, trips.departure(now, hood.time_zone, hood.rng), now)


def book(hood: Neighbourhood, now: datetime) -> None:
    """Somebody who is riding nowhere takes a seat."""
    held = Booking.objects.filter(state__in=Booking.HOLDS)
    if held.count() >= SEATS_HELD:
        return
    if rider := _somebody(hood, people.simulated().exclude(bookings__in=held)):
        doings.book(hood, rider, trips.departure(now, hood.time_zone, hood.rng), now)


def cancel(hood: Neighbourhood, now: datetime) -> None:
    """Somebody stays at home after all, and the seat is free again."""
    held = Booking.objects.filter(state__in=Booking.HOLDS, rider__in=people.simulated(), offer__in=rides())
    candidates = list(held.filter(pickup_at__gt=now + LEAVES_SOON).select_related("rider").order_by("pk"))
    if candidates:
        booking = hood.rng.choice(candidates)
        commands.cancel_booking(booking.rider, booking.pk)


def rides() -> QuerySet[RideOffer]:
    """Public rides of simulated drivers; those of outings are not theirs alone."""
    return RideOffer.objects.filter(driver__in=people.simulated(), audience=RideOffer.Audience.PUBLIC)


def _somebody(hood: Neighbourhood, among: QuerySet[User]) -> User | None:
    found = list(among.distinct().order_by("email"))
    return hood.rng.choice(found) if found else None
