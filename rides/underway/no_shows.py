"""Somebody did not come: what becomes of the booking, of the rider who stands there, and of who stays away often.

One no-show costs nothing, and none is ever shown to other riders; whoever it is said of may say otherwise.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rides import planner, search, streets
from rides.bookings.answers import AlreadySettled, lock_booking
from rides.bookings.endings import end, settled
from rides.errors import NotFound, RideError
from rides.locks import lock_people, lock_request
from rides.models import Booking, Case, KerbSignal, RideRequest
from rides.requests import journeys, way_home
from rides.underway import cases

By, Kind, Reason = KerbSignal.By, KerbSignal.Kind, Booking.Reason

CONTRADICT_WITHIN = timedelta(hours=24)
COUNTED_FOR = timedelta(days=90)
TOO_OFTEN = 3
"""From this one on a coordinator hears of it, who may talk with the person."""
STRANDED_LOOKS_ON_FOR = timedelta(hours=2)
NO_SHOWS = (Reason.RIDER_NO_SHOW, Reason.DRIVER_NO_SHOW)


class TooLate(RideError):
    """The time for this has passed."""

    code = "too_late"
    sentence = _("It is too late for that now.")


def settle(booking: Booking, *, by: str, now: datetime, note: str = "") -> Booking:
    """One of the two says that the other did not come; booking, people, request and offer are locked.

    A rider who was left behind looks on at once, and her coordinators hear of it: in one case, that of her way home if
    this was it. One who did not come looks on when she says so (`look_on`).
    """
    offer, request = booking.offer, booking.request
    if by == By.DRIVER:
        end(offer, [booking], Reason.RIDER_NO_SHOW, now=now, note=note)
        if request and not request.bookings.filter(state__in=Booking.HOLDS).exists():
            journeys.not_wanted(request)
        _tell_when_too_often(booking.rider_id, booking, now)
        return booking
    end(offer, [booking], Reason.DRIVER_NO_SHOW, now=now, note=note)
    if request:
        request.latest_at = max(request.latest_at, now + STRANDED_LOOKS_ON_FOR)
        request.save(update_fields=["latest_at"])
        journeys.lost_a_driver(request, now)
    kind = Case.Kind.WAY_HOME if request and way_home.is_called(request.pk) else Case.Kind.STRANDED
    cases.open_case(kind=kind, person_id=booking.rider_id, now=now, request=request, booking=booking, note=note)
    _tell_when_too_often(offer.driver_id, booking, now)
    return booking


def contradict(*, booking_id: int, person: User, now: datetime, note: str = "") -> Booking:
    """Either of the two says within a day that it was not so: the reason stays, with the note, and does not count.

    Raises NotFound, AlreadySettled, TooLate.
    """
    booking = lock_booking(booking_id, of_either=person)
    if booking.reason not in NO_SHOWS:
        raise AlreadySettled(state=booking.state)
    if booking.signals.filter(kind=Kind.CONTRADICTS).exists():
        return booking
    said = booking.signals.filter(kind=Kind.NOBODY_CAME).last()
    if said is None or said.at + CONTRADICT_WITHIN < now:
        raise TooLate
    by = By.RIDER if person.pk == booking.rider_id else By.DRIVER
    KerbSignal.objects.create(booking=booking, by=by, kind=Kind.CONTRADICTS, note=note, at=now)
    settled(booking)
    absent = booking.rider_id if booking.reason == Reason.RIDER_NO_SHOW else booking.offer.driver_id
    _close_when_not_so_often(absent, now)
    return booking


def counted(person_id: int, now: datetime) -> int:
    """How often the person did not come lately, as far as nobody says otherwise; for coordinators only."""
    stayed_away = Q(rider_id=person_id, reason=Reason.RIDER_NO_SHOW) | Q(
        offer__driver_id=person_id, reason=Reason.DRIVER_NO_SHOW
    )
    lately = Booking.objects.filter(stayed_away, pickup_at__gt=now - COUNTED_FOR)
    return lately.exclude(signals__kind=Kind.CONTRADICTS).count()


def look_on(*, request_id: int, rider: User, now: datetime) -> RideRequest:
    """A journey that ended without a ride is wanted after all. Raises NotFound, AlreadySettled, TooLate."""
    lock_people(rider.pk)
    request = lock_request(request_id)
    if request.rider_id != rider.pk:
        raise NotFound
    if request.state in journeys.LOOKING:
        return request
    if request.state == RideRequest.State.MATCHED:
        raise AlreadySettled(state=request.state)
    if request.latest_at <= now:
        raise TooLate
    journeys.look_on(request, now)
    return request


def rides_for(request: RideRequest, now: datetime, k: int = 5) -> list[search.Found]:
    """The best live offers for a journey, for its own rider; if she was left behind, from where she stands."""
    stood = request.bookings.filter(reason=Reason.DRIVER_NO_SHOW).select_related("pickup_place").last()
    trip = planner.trip_of(request, as_stranger=False)
    from_now = replace(
        trip,
        origin=streets.exact(stood.pickup_place) if stood else trip.origin,
        earliest_s=max(trip.earliest_s, planner.epoch_s(now)),
    )
    if from_now.earliest_s > from_now.latest_s:
        return []
    return search.find_offers(trip=from_now, person=request.rider, now=now, k=k)


def _tell_when_too_often(person_id: int, booking: Booking, now: datetime) -> None:
    if counted(person_id, now) >= TOO_OFTEN:
        cases.open_case(kind=Case.Kind.NO_SHOWS, person_id=person_id, now=now, booking=booking)


def _close_when_not_so_often(person_id: int, now: datetime) -> None:
    """A case that nobody has taken yet goes with its reason."""
    case = Case.objects.filter(kind=Case.Kind.NO_SHOWS, person_id=person_id, closed_at=None, taken_by=None).first()
    if case and counted(person_id, now) < TOO_OFTEN:
        cases.end(case, None, now)
