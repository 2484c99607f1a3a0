"""Yes, no, never mind: what becomes of a booking after it was asked for."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rides.access import is_party
from rides.bookings import booking as asking
from rides.bookings import shares
from rides.bookings.endings import end, give_back, settled
from rides.errors import Invalid, NotFound, RideError
from rides.locks import lock_offer, lock_people, lock_requests, require_transaction
from rides.models import Booking
from rides.requests import journeys
from routing import capacity

Reason = Booking.Reason


class AlreadySettled(RideError):
    """Somebody was first: the booking is in another state; `state` says which."""

    code = "already_settled"
    sentence = _("This was already answered.")


class AlreadyAboard(RideError):
    """Somebody who sits in the car has not stayed away, and stays in it; `boarded_at` says since when."""

    code = "already_aboard"
    sentence = _("This person is aboard.")


def accept(*, booking_id: int, driver: User, now: datetime) -> Booking:
    """The driver says yes, and what else the rider asked for at that time is withdrawn.

    Half of a round trip that wants both or none waits for the other half's yes (`accepted_at`). Raises NotFound,
    AlreadySettled, AlreadyRiding, AlreadyDriving, NotLive.
    """
    booking = lock_booking(booking_id, of_driver=driver, for_yes=True)
    if booking.state != Booking.State.WAITING or booking.accepted_at:
        raise AlreadySettled(state=booking.state)
    asking.require_live(booking.offer, now)
    asking.say_yes(booking, now)
    return booking


def decline(*, booking_id: int, driver: User, now: datetime, note: str = "") -> Booking:
    """The driver says no, and the seat is free again."""
    booking = lock_booking(booking_id, of_driver=driver)
    if booking.state != Booking.State.WAITING:
        raise AlreadySettled(state=booking.state)
    return _without_driver(booking, Reason.DECLINED, now, note)


def cancel(*, booking_id: int, person: User, now: datetime, note: str = "") -> Booking:
    """The rider, or the driver, calls off, with a word of why; giving back happens once (I9).

    Raises NotFound, AlreadySettled, AlreadyAboard.
    """
    booking = lock_booking(booking_id, of_either=person)
    if not booking.holds:
        raise AlreadySettled(state=booking.state)
    if booking.boarded_at:
        sentence = _("A ride that has begun cannot be cancelled. Afterwards you can say whether it took place.")
        raise AlreadyAboard(sentence, state=booking.state, boarded_at=booking.boarded_at)
    if person.pk != booking.rider_id:
        return _without_driver(booking, Reason.BY_DRIVER, now, note)
    reason = Reason.AFTER_CHANGE if booking.may_leave_freely else Reason.BY_RIDER
    end(booking.offer, [booking], reason, now=now, note=note)
    if booking.request and not booking.request.bookings.filter(state__in=Booking.HOLDS).exists():
        journeys.not_wanted(booking.request)
    return booking


def reduce(*, booking_id: int, rider: User, carried: dict[str, int], companions: list[str], now: datetime) -> Booking:
    """Fewer people, or less to carry ("one of the two of us"): the rest keeps its place and pays no more than before.

    `carried` has the new amounts by kind; none may grow. Raises NotFound, AlreadySettled, Invalid.
    """
    booking = lock_booking(booking_id, of_either=rider)
    if booking.rider_id != rider.pk:
        raise NotFound
    if not booking.holds:
        raise AlreadySettled(state=booking.state)
    if any(carried[kind] > getattr(booking, kind) for kind in capacity.KINDS):
        raise Invalid(_("A booking can only become smaller. Book again for more."))
    if not any(carried.values()) or carried["child_seats"] > carried["seats"]:
        raise Invalid(_("Nobody would be left. Cancel the booking instead."))
    people_before = max(booking.people, 1)
    for kind in capacity.KINDS:
        setattr(booking, kind, carried[kind])
    booking.price_cents = booking.price_cents * max(booking.people, 1) // people_before
    booking.companions = companions
    booking.save(update_fields=[*capacity.KINDS, "companions"])
    shares.settle(booking.offer, booking)
    settled(booking)
    give_back(booking.offer, now)
    return booking


def lapse(*, booking_id: int, now: datetime) -> Booking | None:
    """Nobody answered until the deadline: the seat is free again. None when somebody did after all."""
    booking = lock_booking(booking_id)
    if booking.state != Booking.State.WAITING or not booking.deadline_at or booking.deadline_at > now:
        return None
    return _without_driver(booking, Reason.OTHER_HALF if booking.accepted_at else Reason.NO_ANSWER, now)


def release(*, booking_id: int, now: datetime) -> bool:
    """The form stayed open too long, or was closed: the room is free again. False when the hold is gone already."""
    found = Booking.objects.filter(pk=booking_id, state=Booking.State.HELD).first()
    if found is None:
        return False
    try:
        booking = lock_booking(booking_id)
    except NotFound:  # it became a booking, or was given back, while we waited for the lock
        return False
    if booking.state != Booking.State.HELD or not booking.held_until or booking.held_until > now:
        return False
    end(booking.offer, [booking], Reason.NONE, now=now)
    return True


def _without_driver(booking: Booking, reason: Booking.Reason, now: datetime, note: str = "") -> Booking:
    end(booking.offer, [booking], reason, now=now, note=note)
    if booking.request:
        journeys.lost_a_driver(booking.request, now)
    return booking


def lock_booking(
    booking_id: int, *, of_driver: User | None = None, of_either: User | None = None, for_yes: bool = False
) -> Booking:
    """The booking with its people, its request and its offer locked, in the one order; NotFound for everybody else."""
    require_transaction()
    booking = Booking.objects.select_related("offer", "request").filter(pk=booking_id).first()
    if booking is None:
        raise NotFound
    if any(person is not None and not is_party(person, booking) for person in (of_driver, of_either)):
        raise NotFound
    if of_driver is not None and booking.rider_id == of_driver.pk:
        raise NotFound
    lock_people(booking.rider_id, booking.offer.driver_id)
    if for_yes:
        offer = asking.lock_for_yes(booking)[booking.offer_id]
    else:
        lock_requests(*([booking.request_id] if booking.request_id else []))
        offer = lock_offer(booking.offer_id)
    # again, now that nobody else writes it
    found = Booking.objects.select_related("request").filter(pk=booking_id).first()
    if found is None:
        raise NotFound
    found.offer = offer
    return found
