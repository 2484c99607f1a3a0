"""How bookings end: the one way in which room comes free again."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from realtime import publish
from rides import jobs, news
from rides.bookings.seats import recount
from rides.driving import stops
from rides.models import Booking, RideOffer, WaitingEntry

WAITING_LIST_FIRST = timedelta(minutes=1)
"""Room that comes free is kept so long for those who wait, while a job looks whom it suits."""


def end(
    offer: RideOffer, bookings: Iterable[Booking], reason: Booking.Reason, *, now: datetime, note: str = ""
) -> None:
    """End bookings that hold room in `offer`; its lock and their riders' are held. What becomes of the journeys is
    for `rides.requests.journeys`.

    Stops that nobody uses any more are taken out by a job (`rides.driving.tending`), since that needs the road network.
    """
    for booking in bookings:
        if booking.state == Booking.State.HELD:  # an open form leaves no trace
            Booking.objects.filter(pk=booking.pk).delete()
            booking.state = Booking.State.CANCELLED
            continue
        booking.state, booking.reason, booking.reason_note = Booking.State.CANCELLED, reason, note
        booking.pickup = booking.dropoff = booking.deadline_at = None
        settled(booking)
    give_back(offer, now)


def give_back(offer: RideOffer, now: datetime) -> None:
    """Some bookings of `offer` need less than before, or nothing."""
    recount(offer)
    if offer.state == RideOffer.State.PUBLISHED:  # a car under way keeps the stops it has planned
        keep_for_waiting(offer, now)
        jobs.tend_offer(offer.pk)
    touched(offer)


def keep_for_waiting(offer: RideOffer, now: datetime) -> None:
    """Whoever waits comes before whoever comes now; the caller writes the offer."""
    if offer.waiting_list.filter(state=WaitingEntry.State.WAITING).exists():
        offer.reserved_until = now + WAITING_LIST_FIRST


def settled(booking: Booking) -> None:
    """Write what a step has changed in a booking, and tell its people."""
    booking.version += 1
    booking.save(
        update_fields=[
            "state", "reason", "reason_note", "deadline_at", "held_until", "accepted_at", "may_leave_freely", "pickup",
            "dropoff", "boarded_at", "left_at", "price_cents", "version",
        ]
    )  # fmt: skip
    if booking.state != Booking.State.HELD:  # an open form is nobody else's business
        news.of_booking(booking)
    if booking.left_at or booking.state not in Booking.HOLDS:  # her open pages may not follow the car any more
        publish.recheck(booking.rider_id)


def touched(offer: RideOffer, line: stops.Line | None = None) -> None:
    """Something that screens show has changed: a new version, and news of it. Without `line` it is read again."""
    offer.version += 1
    offer.save(update_fields=["version", "plan_version", "departs_at", "flexibility_s", "state", "reserved_until"])
    news.of_offer(offer, line)
