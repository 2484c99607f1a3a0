"""The hand-over code: whoever fetches somebody who wants it so, shows that he met her, since she alone has it."""

import secrets
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.models import User
from rides.bookings.answers import AlreadyAboard, AlreadySettled, lock_booking
from rides.bookings.endings import settled
from rides.errors import NotFound, RideError
from rides.models import Booking

TRIES = limits.Rate(per_minute=1, burst=5)
"""Of one person for one booking: all codes take a week."""
BEFORE_THE_RIDE = (Booking.State.WAITING, Booking.State.CONFIRMED)


class WrongCode(RideError):
    """The rider has a code, and it is another one."""

    code = "wrong_code"
    settled = False
    sentence = _("Please ask for the code: four digits, which the other side sees on the page of the booking.")


class TriedTooOften(RideError):
    """Whoever guesses has to wait."""

    code = "tried_too_often"
    settled = False
    sentence = _("That was not the code, several times. Please wait a minute.")


def want(*, booking_id: int, person: User, now: datetime, wanted: bool = True) -> Booking:
    """The rider wants a code, or none any more. Raises NotFound, AlreadySettled, AlreadyAboard."""
    booking = lock_booking(booking_id, of_either=person)
    if person.pk != booking.rider_id:
        raise NotFound
    if booking.state not in BEFORE_THE_RIDE:
        raise AlreadySettled(state=booking.state)
    if booking.boarded_at:
        raise AlreadyAboard(state=booking.state, boarded_at=booking.boarded_at)
    if wanted != bool(booking.code):
        booking.code = f"{secrets.randbelow(10_000):04}" if wanted else ""
        booking.save(update_fields=["code"])
        settled(booking)
    return booking


def count_try(*, booking_id: int, person: User) -> None:
    """Before a code is looked at, and outside of the transaction that a wrong one ends. Raises TriedTooOften."""
    verdict = limits.spend(f"code {booking_id} {person.pk}", TRIES)
    if verdict and not verdict.passes:
        raise TriedTooOften


def require_code(booking: Booking, person: User, code: str) -> None:
    """Who has it shows it: the rider herself need not. Raises WrongCode."""
    needs = booking.code and booking.boarded_at is None and person.pk != booking.rider_id
    if needs and not secrets.compare_digest(code.strip().encode(), booking.code.encode()):
        raise WrongCode
