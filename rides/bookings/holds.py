"""What becomes of the room that somebody holds while her form is open, once she wants something else, or books."""

from datetime import datetime

from rides import planner
from rides.bookings.endings import end, give_back
from rides.bookings.seats import recount
from rides.models import Booking, RideOffer
from routing import capacity


def let_go(offer: RideOffer, held: Booking, wanted_id: int, now: datetime) -> None:
    """A hold turns into what its rider wants next: in the same car nobody else may have the room in between."""
    if offer.pk != wanted_id:
        end(offer, [held], Booking.Reason.NONE, now=now)
        return
    held.delete()
    recount(offer)
    offer.version += 1  # what was read of it before is not true any more


def covers(held: Booking, prepared: planner.Prepared) -> bool:
    """Whether the trip takes no more than the hold has already: then nobody who waits comes first."""
    insertion, trip, pickup, dropoff = prepared.insertion, prepared.trip, held.pickup, held.dropoff
    if held.offer_id != prepared.offer.pk or pickup is None or dropoff is None:
        return False
    if not (insertion.pickup_is_stop and insertion.dropoff_is_stop):
        return False
    inside = pickup.sequence <= insertion.pickup_sequence and insertion.dropoff_sequence <= dropoff.sequence
    return inside and capacity.covers(tuple(held.carried.values()), capacity.wanted(trip.seats, trip.load))


def leave_the_rest(offer: RideOffer, held: Booking, booking: Booking, now: datetime) -> None:
    """What a hold had and its booking does not need is for those who wait."""
    ends = [(one.offer_id, one.pickup_id, one.dropoff_id) for one in (held, booking)]
    if held.offer_id == offer.pk and (ends[0] != ends[1] or held.carried != booking.carried):
        give_back(offer, now)
