"""What anybody may know of an offer's seats: the whole truth with its version, never a difference."""

from collections.abc import Iterable
from typing import Any

from rides import planner
from rides.models import Booking, RideOffer
from routing import capacity


def public_offer(offer: RideOffer) -> dict[str, Any]:
    """The public event of an offer; reads the legs anew, since they have just been written."""
    legs = list(offer.legs.order_by("start__sequence"))
    left = capacity.seats_left(planner.configurations(offer), legs)
    return {
        "kind": "offer",
        "offer_id": offer.pk,
        "version": offer.version,
        "state": offer.state,
        "departs_at": offer.departs_at.isoformat(),
        "seats_left": min(left, default=0),
        "seats_held": seats_held(Booking.objects.filter(offer=offer, state__in=Booking.HOLDS)),
        "seats_total": max(way["seats"] for way in offer.configurations),
    }


def seats_held(bookings: Iterable[Booking]) -> int:
    """How many seats are in open forms, or asked for and not answered: they may come free."""
    unsure = (Booking.State.HELD, Booking.State.WAITING)
    return sum(booking.seats for booking in bookings if booking.state in unsure)
