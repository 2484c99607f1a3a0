"""Dora on the road: her phone says where she is."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import User
from rides import commands, planner, streets
from rides.commands.execute import by_itself
from rides.models import Booking, RideOffer, Sharing, Stop
from rides.underway import position
from routing import plan
from tests.rides import world


def seat(rider: User, offer: RideOffer, origin: Any, destination: Any, **fields: Any) -> Booking:
    """A confirmed seat."""
    asked = world.book(rider, offer, origin, destination, **fields)
    assert asked.ok, asked.data
    answer = commands.accept_booking(offer.driver, asked.data["id"], anyway=True)
    assert answer.data["state"] == "CONFIRMED", answer.data
    return Booking.objects.select_related("pickup", "pickup_place", "rider", "offer").get(pk=answer.data["id"])


def leave(offer: RideOffer) -> None:
    """The ride is due now, and its driver starts."""
    shift = timezone.now() - offer.stops.order_by("sequence")[0].planned_at
    moments = ("pickup_at", "dropoff_at", "latest_pickup_at", "latest_dropoff_at")
    Booking.objects.filter(offer=offer).update(**{name: F(name) + shift for name in moments})
    Stop.objects.filter(offer=offer).update(planned_at=F("planned_at") + shift)
    RideOffer.objects.filter(pk=offer.pk).update(departs_at=F("departs_at") + shift)
    assert commands.depart_offer(offer.driver, offer.pk).ok


def road(offer: RideOffer) -> list[plan.Place]:
    """The points of the way through all stops, in order."""
    stops = offer.stops.select_related("place").order_by("sequence")
    line = planner.drive([streets.public(stop.place) for stop in stops]).geometry
    return [plan.Place(lat, lon) for lon, lat in line]


def says(
    offer: RideOffer, at: plan.Place, now: datetime | None = None, *, ago_s: float = 0, accuracy_m: float = 5
) -> bool:
    """Her phone says where it is; whether that counted."""
    now = now or timezone.now()
    fix = position.Fix(at, accuracy_m, now - timedelta(seconds=ago_s))
    seen = position.look(offer_id=offer.pk, driver=offer.driver, fix=fix, now=now)
    return by_itself(partial(position.share, seen=seen, now=now))


def after_a_while(offer: RideOffer) -> None:
    """Her phone has said nothing for some seconds."""
    Sharing.objects.filter(pk=offer.pk).update(heard_at=F("heard_at") - timedelta(seconds=10))
