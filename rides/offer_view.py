"""What anybody may know of an offer's seats: the whole truth with its version, never a difference."""

from typing import Any

from rides import planner
from rides.models import RideOffer
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
        "seats_left": min(left, default=0),
        "seats_total": max(way["seats"] for way in offer.configurations),
    }
