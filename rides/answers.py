"""Yes, no, never mind: what becomes of a booking after it was asked for, and how its seats come free again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rides import news, stops
from rides.booking import recount, require_free_time, require_live, touched
from rides.errors import NotFound, PlanChanged, RideError
from rides.locks import lock_offer, lock_people, require_transaction
from rides.models import Booking, RideOffer, Stop


class AlreadySettled(RideError):
    """Somebody was first: the booking is in another state; `state` says which."""

    code = "already_settled"
    sentence = _("This was already answered.")


@dataclass(frozen=True, slots=True)
class Freed:
    """What an offer looks like without one booking, computed for its plan `plan_version`."""

    plan_version: int
    stop_ids: frozenset[int]
    left: Sequence[tuple[Stop, tuple[int, int]]]


def accept(*, booking_id: int, driver: User, now: datetime) -> Booking:
    """The driver says yes; raises NotFound, AlreadySettled, AlreadyRiding, NotLive."""
    booking = _lock_booking(booking_id, of_driver=driver)
    if booking.state != Booking.State.WAITING:
        raise AlreadySettled(state=booking.state)
    require_live(booking.offer, now)
    require_free_time(booking.rider_id, booking.pickup_at, booking.dropoff_at)
    booking.state, booking.deadline_at = Booking.State.CONFIRMED, None
    _settled(booking)
    return booking


def decline(*, booking_id: int, driver: User, freed: Freed) -> Booking:
    """The driver says no, and the seat is free again."""
    booking = _lock_booking(booking_id, of_driver=driver)
    if booking.state != Booking.State.WAITING:
        raise AlreadySettled(state=booking.state)
    return _end(booking, Booking.Reason.DECLINED, freed)


def cancel(*, booking_id: int, person: User, freed: Freed) -> Booking:
    """The rider, or the driver, calls off; giving back happens once (I9)."""
    booking = _lock_booking(booking_id, of_either=person)
    if not booking.holds:
        raise AlreadySettled(state=booking.state)
    by_rider = person.pk == booking.rider_id
    return _end(booking, Booking.Reason.BY_RIDER if by_rider else Booking.Reason.BY_DRIVER, freed)


def lapse(*, booking_id: int, freed: Freed, now: datetime) -> Booking | None:
    """Nobody answered until the deadline: the seat is free again. None when somebody did after all."""
    booking = _lock_booking(booking_id)
    if booking.state != Booking.State.WAITING or not booking.deadline_at or booking.deadline_at > now:
        return None
    return _end(booking, Booking.Reason.NO_ANSWER, freed)


def prepare_freed(booking_id: int) -> Freed:
    """Outside of any lock: which stops go with the booking, and the roads between those that stay."""
    booking = Booking.objects.select_related("offer").filter(pk=booking_id).first()
    if booking is None:
        raise NotFound
    offer = booking.offer
    ends = {offer.stops.order_by("sequence").first(), offer.stops.order_by("sequence").last()}
    others = offer.bookings.filter(state__in=Booking.HOLDS).exclude(pk=booking.pk)
    used = {stop_id for pair in others.values_list("pickup_id", "dropoff_id") for stop_id in pair}
    used |= {stop.pk for stop in ends if stop}
    alone = {stop_id for stop_id in (booking.pickup_id, booking.dropoff_id) if stop_id} - used
    return Freed(offer.plan_version, frozenset(alone), stops.without(offer, alone) if alone else ())


def _end(booking: Booking, reason: Booking.Reason, freed: Freed) -> Booking:
    offer = booking.offer
    if offer.plan_version != freed.plan_version:
        raise PlanChanged
    booking.state, booking.reason, booking.deadline_at = Booking.State.CANCELLED, reason, None
    booking.pickup = booking.dropoff = None
    _settled(booking)
    recount(offer)
    if offer.state == RideOffer.State.PUBLISHED:  # a car under way keeps the stops it has planned
        stops.drop(offer, set(freed.stop_ids), list(freed.left))
    touched(offer)
    return booking


def _lock_booking(booking_id: int, *, of_driver: User | None = None, of_either: User | None = None) -> Booking:
    """The booking with its people and its offer locked, in the one order; NotFound for everybody else."""
    require_transaction()
    booking = Booking.objects.select_related("offer").filter(pk=booking_id).first()
    if booking is None:
        raise NotFound
    if of_driver is not None and booking.offer.driver_id != of_driver.pk:
        raise NotFound
    if of_either is not None and of_either.pk not in (booking.offer.driver_id, booking.rider_id):
        raise NotFound
    lock_people(booking.rider_id, booking.offer.driver_id)
    offer = lock_offer(booking.offer_id)
    booking = Booking.objects.get(pk=booking_id)  # again, now that nobody else writes it
    booking.offer = offer
    return booking


def _settled(booking: Booking) -> None:
    booking.version += 1
    booking.save(update_fields=["state", "reason", "deadline_at", "pickup", "dropoff", "version"])
    news.of_booking(booking)
