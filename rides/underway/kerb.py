"""At the kerb: "I am here", "late", "I stand over there", aboard and off again; one of the two says it, both see it."""

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rides import access, streets
from rides.bookings.answers import AlreadyAboard, AlreadySettled, lock_booking
from rides.bookings.endings import settled
from rides.errors import Invalid, RideError
from rides.models import Booking, KerbSignal
from rides.underway import hand_over, no_shows
from routing import plan
from routing.distance import metres_between

By, Kind = KerbSignal.By, KerbSignal.Kind

OPENS_BEFORE = timedelta(minutes=60)
WAIT_MIN, WAIT_AT_MOST_MIN = 10, 30
LATE_AT_MOST_MIN = 60
NEAR_M = 300
SAID_AT_MOST = 30
"""By each of the two; all of it is shown with the booking."""
SAME_WITHIN = timedelta(minutes=1)
POINT_KEPT = timedelta(days=1)
STILL_TO_COME = (Booking.State.CONFIRMED,)
NOT_ANSWERED_FOR = (Booking.State.CONFIRMED, Booking.State.COMPLETED)
"""Whoever stands there alone may say so, though the driver has already pressed "arrived"."""


class NotNow(RideError):
    """This is for the hour of the ride."""

    code = "not_now"
    settled = False
    sentence = _("This can be said from an hour before the ride until it is over.")


class StillWaiting(RideError):
    """The other side may still come, until `wait_until`."""

    code = "still_waiting"
    settled = False
    sentence = _("Please wait a little longer: the time you agreed to wait is not over.")


class NotHere(RideError):
    """Whoever was not there himself cannot know that nobody came."""

    code = "not_here"
    settled = False
    sentence = _("Please say first that you are at the meeting point.")


class TooMuchSaid(RideError):
    """Both phones ring each time."""

    code = "too_much_said"
    sentence = _("You have said a lot already. Please call each other.")


def say(
    *,
    booking_id: int,
    person: User,
    kind: str,
    now: datetime,
    minutes: int | None = None,
    at: plan.Place | None = None,
    note: str = "",
) -> Booking:
    """One of the two says something; saying the same again within a minute changes nothing.

    With `late`, `minutes` says how late; with `here`, how long the wait lasts that the first of them begins. `moved`
    comes with a point at most 300 m from the pickup. Raises NotFound, Invalid, AlreadySettled, NotNow,
    TooMuchSaid; for `nobody_came` also AlreadyAboard, NotHere, StillWaiting.
    """
    booking = lock_booking(booking_id, of_either=person)
    signal = KerbSignal(booking=booking, by=side_of(person, booking), kind=kind, note=note, at=now)
    if kind in (Kind.HERE, Kind.LATE):
        signal.minutes = minutes
    if kind == Kind.MOVED and at is not None:
        signal.lat, signal.lon = at.lat, at.lon
    _require_sense(signal, booking, at)
    if _repeats(signal):
        return booking
    if kind == Kind.NOBODY_CAME:
        _require_nobody_came(booking, signal.by, now)
        signal.save()
        return no_shows.settle(booking, by=signal.by, now=now, note=note)
    require_open(booking, now)
    if booking.signals.filter(by=signal.by).count() >= SAID_AT_MOST:
        raise TooMuchSaid
    if kind == Kind.HERE:
        waits = timedelta(minutes=minutes or WAIT_MIN)
        signal.wait_until = wait_until(booking) or max(now, booking.pickup_at) + waits
    signal.save()
    settled(booking)
    if kind == Kind.LATE and signal.by == By.DRIVER:
        _tell_further_on(booking, signal)
    return booking


def aboard(*, booking_id: int, person: User, now: datetime, code: str = "") -> Booking:
    """The driver, or the rider herself, says that she got on. Raises NotFound, AlreadySettled, NotNow, WrongCode."""
    booking = lock_booking(booking_id, of_either=person)
    require_open(booking, now)
    hand_over.require_code(booking, person, code)
    if booking.boarded_at is None:
        booking.boarded_at = now
        settled(booking)
    return booking


def got_off(*, booking_id: int, person: User, now: datetime) -> Booking:
    """She has left the car, so she was in it. Raises NotFound, AlreadySettled, NotNow, WrongCode."""
    booking = lock_booking(booking_id, of_either=person)
    require_open(booking, now)
    hand_over.require_code(booking, person, "")
    if booking.left_at is None:
        booking.boarded_at = booking.boarded_at or min(booking.pickup_at, now)
        booking.left_at = now
        settled(booking)
    return booking


def side_of(person: User, booking: Booking) -> str:
    """Which of the two this is."""
    return By.RIDER if person.pk == booking.rider_id else By.DRIVER


def require_open(booking: Booking, now: datetime, states: tuple[str, ...] = STILL_TO_COME) -> None:
    """Raises AlreadySettled in other states, and NotNow outside of the hour of the ride."""
    if booking.state not in states:
        raise AlreadySettled(state=booking.state)
    if now < booking.pickup_at - OPENS_BEFORE or not access.is_open(booking, now):
        raise NotNow


def wait_until(booking: Booking) -> datetime | None:
    """Until when whoever came first waits; None as long as nobody is there."""
    return booking.signals.filter(kind=Kind.HERE).values_list("wait_until", flat=True).first()


def forget_points(*, now: datetime) -> int:
    """Where somebody stood a day ago is nobody's business any more; how many points went."""
    old = KerbSignal.objects.filter(at__lt=now - POINT_KEPT, lat__isnull=False)
    return old.update(lat=None, lon=None)


def _require_sense(signal: KerbSignal, booking: Booking, at: plan.Place | None) -> None:
    minutes = signal.minutes
    if signal.kind == Kind.LATE and not 1 <= (minutes or 0) <= LATE_AT_MOST_MIN:
        raise Invalid(_("Please say how many minutes late, from 1 to 60."))
    if signal.kind == Kind.HERE and not WAIT_MIN <= (minutes or WAIT_MIN) <= WAIT_AT_MOST_MIN:
        raise Invalid(_("Who is there first waits from 10 to 30 minutes."))
    if signal.kind == Kind.MOVED and (at is None or metres_between(at, streets.exact(booking.pickup_place)) > NEAR_M):
        raise Invalid(_("That is too far from where you meet. Please call each other."))


def _repeats(signal: KerbSignal) -> bool:
    same = signal.booking.signals.filter(
        by=signal.by, kind=signal.kind, minutes=signal.minutes, lat=signal.lat, lon=signal.lon, note=signal.note
    )
    return same.filter(at__gt=signal.at - SAME_WITHIN).exists()


def _require_nobody_came(booking: Booking, by: str, now: datetime) -> None:
    require_open(booking, now, NOT_ANSWERED_FOR)
    if booking.boarded_at:
        raise AlreadyAboard(state=booking.state, boarded_at=booking.boarded_at)
    until = wait_until(booking)
    if by == By.DRIVER and not booking.signals.filter(by=By.DRIVER, kind=Kind.HERE).exists():
        raise NotHere
    if until is None or (by == By.DRIVER and _rider_comes_after(booking, until)):
        until = booking.pickup_at + (timedelta(minutes=WAIT_MIN) if until is None else timedelta())
    if now < until:
        raise StillWaiting(wait_until=until)


def _rider_comes_after(booking: Booking, until: datetime) -> bool:
    """Whether the rider has said herself that she is still away when the wait is over."""
    last = booking.signals.filter(by=By.RIDER, kind__in=(Kind.HERE, Kind.LATE)).last()
    return bool(last and last.minutes and booking.pickup_at + timedelta(minutes=last.minutes) > until)


def _tell_further_on(booking: Booking, signal: KerbSignal) -> None:
    """The plan stays, but whoever the driver fetches there or later hears the same."""
    assert booking.pickup is not None
    waiting = booking.offer.bookings.filter(
        state=Booking.State.CONFIRMED, boarded_at=None, pickup__sequence__gte=booking.pickup.sequence
    )
    for other in waiting.exclude(pk=booking.pk).select_related("pickup", "dropoff"):
        other.offer = booking.offer
        KerbSignal.objects.create(booking=other, by=By.DRIVER, kind=Kind.LATE, minutes=signal.minutes, at=signal.at)
        settled(other)
