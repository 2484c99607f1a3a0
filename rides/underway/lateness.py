"""Running late: whoever waits further on hears it, as the driver would say it, once for each few minutes more."""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db.models import QuerySet

from rides.bookings.answers import lock_booking
from rides.bookings.endings import settled
from rides.models import Booking, KerbSignal, RideOffer, Sight

STEP = timedelta(minutes=5)
"""So much later than she was told last, a rider hears of it."""
MOST_MIN = 600


def said_by_drivers() -> QuerySet[KerbSignal]:
    """The words by which drivers said how late they come, the oldest first."""
    return KerbSignal.objects.filter(by=KerbSignal.By.DRIVER, kind=KerbSignal.Kind.LATE)


def told_at(booking: Booking) -> datetime:
    """When she expects the car by what she was told last; the booking comes with its `late_signals`."""
    said: list[KerbSignal] = getattr(booking, "late_signals", [])
    return booking.pickup_at + timedelta(minutes=said[-1].minutes or 0 if said else 0)


def is_news(booking: Booking, sight: Sight) -> bool:
    """Whether she waits, and the car comes so much later than she expects that she should hear of it."""
    waits = booking.boarded_at is None and not sight.was_aboard
    return waits and sight.arrives_at is not None and sight.arrives_at - told_at(booking) > STEP


def to_tell(offer_id: int) -> list[int]:
    """The bookings of those who wait for this car."""
    waiting = Sight.objects.filter(
        booking__offer=offer_id, booking__state=Booking.State.CONFIRMED, booking__boarded_at=None
    )
    return list(waiting.values_list("pk", flat=True))


def tell(*, booking_id: int, now: datetime) -> Booking | None:
    """Say for the driver that she comes later; None when there is nothing to say (any more)."""
    booking = lock_booking(booking_id)
    sight = Sight.objects.filter(pk=booking_id).first()
    booking.late_signals = list(said_by_drivers().filter(booking=booking))  # type: ignore[attr-defined]
    is_under_way = booking.offer.state == RideOffer.State.DEPARTED and booking.state == Booking.State.CONFIRMED
    if sight is None or not is_under_way or not is_news(booking, sight):
        return None
    word: dict[str, Any] = {"by": KerbSignal.By.DRIVER, "kind": KerbSignal.Kind.LATE, "at": now}
    assert sight.arrives_at is not None
    late_min = ceil((sight.arrives_at - booking.pickup_at) / timedelta(minutes=1))
    KerbSignal.objects.create(booking=booking, minutes=min(late_min, MOST_MIN), **word)
    settled(booking)
    return booking
