"""Nobody is in two cars at once: rides people have agreed to, and rides they drive, as spans of time.

A ride's span is the one agreed to, from pickup to dropoff. What later bookings add to it (`MAY_BE_LATER` at most) is
not counted, and spans that only touch are no overlap, so that there and back on one day is possible.
"""

from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from rides.errors import RideError
from rides.models import Booking, RideOffer

MAY_BE_LATER = timedelta(minutes=10)
"""What somebody aboard loses at most to those who book after her."""


class AlreadyRiding(RideError):
    """Nobody has two confirmed rides at the same time."""

    code = "already_riding"
    sentence = _("There is another confirmed ride at that time.")


class AlreadyDriving(RideError):
    """Nobody drives two cars, or rides in one while driving another."""

    code = "already_driving"
    sentence = _("There is another ride to drive at that time.")


def agreed(booking: Booking) -> tuple[datetime, datetime]:
    """The span that its rider agreed to."""
    return booking.latest_pickup_at - MAY_BE_LATER, booking.latest_dropoff_at - MAY_BE_LATER


def require_free(
    person_id: int, start_at: datetime, end_at: datetime, *, but_offers: tuple[int, ...] = (), but_booking: int = 0
) -> None:
    """Raises AlreadyRiding or AlreadyDriving. Whoever asks holds the person's lock, or the answer is worth nothing."""
    riding = Booking.objects.filter(
        rider_id=person_id,
        state=Booking.State.CONFIRMED,
        latest_pickup_at__lt=end_at + MAY_BE_LATER,
        latest_dropoff_at__gt=start_at + MAY_BE_LATER,
    )
    if riding.exclude(pk=but_booking).exists():
        raise AlreadyRiding
    driving = RideOffer.objects.filter(
        driver_id=person_id, state__in=RideOffer.UNDER_WAY, departs_at__lt=end_at
    ).exclude(pk__in=but_offers)
    if driving.annotate(ends_at=Max("stops__planned_at")).filter(ends_at__gt=start_at).exists():
        raise AlreadyDriving


def asked_meanwhile(booking: Booking) -> list[Booking]:
    """What the rider still asks for, or holds, in the span of `booking`: the first yes withdraws it."""
    return [one for one in asked_between(booking.rider_id, *agreed(booking)) if one.pk != booking.pk]


def asked_between(person_id: int, start_at: datetime, end_at: datetime) -> list[Booking]:
    """What the person asks for, or holds, between two instants, with offers and requests."""
    asked = Booking.objects.filter(
        rider_id=person_id,
        state__in=(Booking.State.HELD, Booking.State.WAITING),
        latest_pickup_at__lt=end_at + MAY_BE_LATER,
        latest_dropoff_at__gt=start_at + MAY_BE_LATER,
    )
    return list(asked.select_related("offer", "request"))
