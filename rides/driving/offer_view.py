"""What anybody may know of an offer's seats: the whole truth with its version, never a difference."""

from collections.abc import Iterable
from datetime import UTC
from typing import Any

from django.db.models import Sum

from rides import planner
from rides.driving import stops
from rides.models import Booking, RideOffer
from routing import capacity


def public_offer(offer: RideOffer, line: stops.Line, held: int | None = None) -> dict[str, Any]:
    """The public event of an offer, with its line as it has just been written; without `held`, seats are counted."""
    left = capacity.seats_left(planner.configurations(offer), line.legs)
    if held is None:
        unsure = Booking.objects.filter(offer=offer, state__in=Booking.UNSURE)
        held = unsure.aggregate(seats=Sum("seats"))["seats"] or 0
    return {
        "kind": "offer",
        "offer_id": offer.pk,
        "version": offer.version,
        "state": offer.state,
        "departs_at": offer.departs_at.astimezone(UTC).isoformat(),
        "seats_left": min(left, default=0),
        "seats_held": held,
        "seats_total": max(way["seats"] for way in offer.configurations),
    }


def seats_held(bookings: Iterable[Booking]) -> int:
    """How many seats are in open forms, or asked for and not answered: they may come free."""
    return sum(booking.seats for booking in bookings if booking.state in Booking.UNSURE)
