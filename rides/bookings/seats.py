"""Taking room and giving it back. The only code that writes what a leg has taken."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from rides import planner, rows
from rides.driving import stops
from rides.errors import RideError
from rides.models import Booking, Leg, RideOffer
from routing import capacity


class SeatsTaken(RideError):
    """Somebody else has the seat, or the load does not fit any more."""

    code = "seats_taken"
    sentence = _("That seat has just gone.")


def take(legs: Sequence[Leg], carried: dict[str, int]) -> None:
    """Count what is carried on every one of these legs. The CHECK of each leg has the last word."""
    changes: dict[str, Any] = {
        f"taken_{kind}": F(f"taken_{kind}") + carried[kind] for kind in capacity.SUMMED if carried[kind]
    }
    for kind in capacity.LARGEST:
        if carried[kind]:
            changes[f"taken_{kind}"] = Greatest(F(f"taken_{kind}"), carried[kind])
    Leg.objects.filter(pk__in=[leg.pk for leg in legs]).update(**changes)
    for leg in legs:
        for kind in capacity.KINDS:
            before = getattr(leg, f"taken_{kind}")
            after = before + carried[kind] if kind in capacity.SUMMED else max(before, carried[kind])
            setattr(leg, f"taken_{kind}", after)


def recount(offer: RideOffer) -> None:
    """Write what the bookings that hold add up to (for lengths the maximum), on every leg where it differs, and what
    they were promised.
    """
    holding = list(offer.bookings.filter(state__in=Booking.HOLDS).select_related("pickup", "dropoff"))
    wrong = []
    for leg in offer.legs.select_related("start"):
        right = planner.taken_by(booking for booking in holding if booking.rides_from(leg.start))
        if any(getattr(leg, f"taken_{kind}") != amount for kind, amount in right.items()):
            for kind, amount in right.items():
                setattr(leg, f"taken_{kind}", amount)
            wrong.append(leg)
    rows.write(wrong, *(f"taken_{kind}" for kind in capacity.KINDS))
    stops.promise_anew(offer)


def require_free(offer: RideOffer, taken: Sequence[Leg], prepared: planner.Prepared) -> None:
    """One configuration of the whole trip has to cover every leg with the rider aboard; raises SeatsTaken.

    The plan is the one that was prepared, but others may have booked between its stops since: `taken` are its legs as
    they were read under the lock.
    """
    insertion, trip = prepared.insertion, prepared.trip
    legs: list[capacity.Taken] = [
        capacity.boarded(taken[old], trip.seats, trip.load)
        if insertion.pickup_sequence <= position < insertion.dropoff_sequence
        else taken[old]
        for position, old in enumerate(_old_leg_of_each_new_leg(len(taken) + 1, prepared))
    ]
    if capacity.fits(planner.configurations(offer), legs) is None:
        raise SeatsTaken


def fits_after_all(offer: RideOffer) -> bool:
    """Whether some configuration still covers every leg as it is now taken."""
    return capacity.fits(planner.configurations(offer), list(offer.legs.all())) is not None


def _old_leg_of_each_new_leg(old_stops: int, prepared: planner.Prepared) -> list[int]:
    insertion = prepared.insertion
    new = set()
    if not insertion.pickup_is_stop:
        new.add(insertion.pickup_sequence)
    if not insertion.dropoff_is_stop:
        new.add(insertion.dropoff_sequence)
    line, old = [], -1
    for sequence in range(old_stops + len(new) - 1):
        old += sequence not in new
        line.append(old)
    return line
