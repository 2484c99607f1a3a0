"""Nobody is in two cars at once: rides people have agreed to, and rides they drive, as spans of time.

A ride's span is the one agreed to, from pickup to dropoff. What later bookings add to it (`MAY_BE_LATER` at most) is
not counted, and spans that only touch are no overlap, so that there and back on one day is possible.
"""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from rides.errors import RideError
from rides.models import Booking, RideOffer, Stop

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


def bookings_of(person_id: int) -> list[Booking]:
    """All that the person rides, asks for or holds."""
    return list(Booking.objects.filter(rider_id=person_id, state__in=Booking.HOLDS))


def held_among(bookings: list[Booking]) -> Booking | None:
    """The one hold that a person may have."""
    return next((one for one in bookings if one.state == Booking.State.HELD), None)


def is_between(booking: Booking, start_at: datetime, end_at: datetime) -> bool:
    """Whether the span that its rider agreed to, or would agree to, overlaps with this one."""
    return booking.latest_pickup_at < end_at + MAY_BE_LATER and booking.latest_dropoff_at > start_at + MAY_BE_LATER


def require_free(
    person_id: int,
    start_at: datetime,
    end_at: datetime,
    *,
    but_offers: tuple[int, ...] = (),
    but_booking: int = 0,
    bookings: list[Booking] | None = None,
) -> None:
    """Raises AlreadyRiding or AlreadyDriving. Whoever asks holds the person's lock, or the answer is worth nothing.

    Without `bookings_of` the person they are read here.
    """
    for one in bookings_of(person_id) if bookings is None else bookings:
        if one.state == Booking.State.CONFIRMED and one.pk != but_booking and is_between(one, start_at, end_at):
            raise AlreadyRiding
    driving = Stop.objects.filter(
        offer__driver=person_id, offer__state__in=RideOffer.UNDER_WAY, offer__departs_at__lt=end_at
    ).exclude(offer__in=but_offers)
    if driving.filter(planned_at__gt=start_at).exists():
        raise AlreadyDriving


def asked_meanwhile(booking: Booking) -> list[Booking]:
    """What the rider still asks for, or holds, in the span of `booking` or for its journey: its yes withdraws them."""
    asked = asked_between(booking.rider_id, *agreed(booking), request_id=booking.request_id)
    return [one for one in asked if one.pk != booking.pk]


def asked_between(
    person_id: int,
    start_at: datetime,
    end_at: datetime,
    *,
    request_id: int | None = None,
    bookings: list[Booking] | None = None,
) -> list[Booking]:
    """What the person asks for, or holds, between two instants, or at any hour for a journey."""
    return [
        one
        for one in (bookings_of(person_id) if bookings is None else bookings)
        if one.state in Booking.UNSURE
        and (is_between(one, start_at, end_at) or (request_id is not None and one.request_id == request_id))
    ]
