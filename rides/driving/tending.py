"""Keeping an offer's plan in order after seats came free: stops nobody uses go, and the waiting list moves up.

All of it needs the road network: it is worked out outside of any lock, and written down if the plan is still that one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rides.bookings.endings import touched
from rides.driving import stops
from rides.errors import PlanChanged
from rides.locks import lock_offer
from rides.models import Booking, RideOffer, Stop


@dataclass(frozen=True, slots=True)
class Tidier:
    """An offer's plan `plan_version` without the stops that nobody uses."""

    plan_version: int
    stop_ids: frozenset[int]
    left: Sequence[tuple[Stop, tuple[int, int]]]


def prepare(offer: RideOffer) -> Tidier | None:
    """Which stops can go, and the roads between those that stay; None when all are used. A graph search."""
    line = list(offer.stops.order_by("sequence"))
    used = {line[0].pk, line[-1].pk}
    holding = offer.bookings.filter(state__in=Booking.HOLDS).values_list("pickup_id", "dropoff_id")
    used |= {stop_id for pair in holding for stop_id in pair}
    alone = {stop.pk for stop in line} - used
    if not alone:
        return None
    return Tidier(offer.plan_version, frozenset(alone), stops.without(offer, alone))


def tidy(*, offer_id: int, tidier: Tidier, now: datetime) -> None:
    """Take the unused stops out; what is left keeps its times. Raises PlanChanged."""
    offer = lock_offer(offer_id)
    if offer.plan_version != tidier.plan_version:
        raise PlanChanged
    if offer.state != RideOffer.State.PUBLISHED:  # a car under way keeps the stops it has planned
        return
    # A booking may have begun to use a stop as it is, which leaves the plan's version alone.
    used = offer.bookings.filter(state__in=Booking.HOLDS).values_list("pickup_id", "dropoff_id")
    if tidier.stop_ids & {stop_id for pair in used for stop_id in pair}:
        raise PlanChanged
    stops.drop(offer, set(tidier.stop_ids), list(tidier.left))
    touched(offer)
