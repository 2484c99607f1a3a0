"""How far a booking has come: the five steps of its picture, and who shares what it costs."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from rides.models import Booking

State = Booking.State
STEPS = (
    (_("Asked"), "note"),
    (_("Confirmed"), "check"),
    (_("Aboard"), "drive"),
    (_("Arrived"), "flag"),
    (_("Thanked"), "heart"),
)
AGREED = (State.CONFIRMED, State.COMPLETED, State.VALIDATED)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the picture."""

    label: Any
    icon: str
    done: bool
    now: bool


def steps(booking: Booking) -> list[Step]:
    """Asked → confirmed → aboard → arrived → thanked; the last one that is reached is where we are."""
    over = booking.state in (State.COMPLETED, State.VALIDATED)
    reached = (
        True,
        booking.state in AGREED,
        over or booking.boarded_at is not None,
        over or booking.left_at is not None,
        booking.state == State.VALIDATED,
    )
    here = max(number for number, is_reached in enumerate(reached) if is_reached)
    return [Step(label, icon, number < here, number == here) for number, (label, icon) in enumerate(STEPS)]


def sharing(booking: Booking) -> int:
    """Up to how many people share the way: the driver's side, the rider's, and who rides some of the same road."""
    offer, pickup, dropoff = booking.offer, booking.pickup, booking.dropoff
    beside_her = 1 + offer.already_aboard + booking.people
    if pickup is None or dropoff is None:
        return beside_her
    agreed = offer.bookings.filter(
        state__in=AGREED, pickup__sequence__lt=dropoff.sequence, dropoff__sequence__gt=pickup.sequence
    ).exclude(pk=booking.pk)
    return beside_her + sum(seats + wheelchairs for seats, wheelchairs in agreed.values_list("seats", "wheelchairs"))
