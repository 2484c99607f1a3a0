"""After the ride: it took place, or it did not; what nobody says is settled by the clock."""

from datetime import datetime, timedelta

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from rides.bookings.answers import AlreadySettled, lock_booking
from rides.bookings.endings import end, give_back, settled, touched
from rides.bookings.seats import recount
from rides.driving.offers import let_nobody_on, lock_with_riders
from rides.errors import RideError
from rides.models import Booking, KerbSignal, RideOffer
from rides.requests import at_the_wheel, journeys

State = Booking.State


class NotOver(RideError):
    """What has not ended yet can still take place."""

    code = "not_over"
    settled = False
    sentence = _("The ride is not over yet.")


FINISHED_AFTER = timedelta(hours=3)
VALIDATED_AFTER = timedelta(days=3)


def took_place(*, booking_id: int, person: User, now: datetime) -> Booking:
    """The rider's word validates; the driver's is kept for her to see, and does not validate by itself.

    Raises NotFound, AlreadySettled, NotOver.
    """
    booking = lock_booking(booking_id, of_either=person)
    if booking.state == State.VALIDATED:
        return booking
    _require_over(booking, now)
    if person.pk == booking.rider_id:
        _validate(booking, now)
        return booking
    _said, new = booking.signals.get_or_create(
        by=KerbSignal.By.DRIVER, kind=KerbSignal.Kind.TOOK_PLACE, defaults={"at": now}
    )
    if new:
        settled(booking)
    return booking


def did_not_happen(*, booking_id: int, person: User, now: datetime, note: str = "") -> Booking:
    """Either of the two says that there was no ride: nobody pays for it. Raises NotFound, AlreadySettled, NotOver."""
    booking = lock_booking(booking_id, of_either=person)
    _require_over(booking, now)
    booking.price_cents = 0
    end(booking.offer, [booking], Booking.Reason.DID_NOT_HAPPEN, now=now, note=note)
    if booking.request and not booking.request.bookings.filter(state__in=Booking.HOLDS).exists():
        journeys.is_over(booking.request)
    return booking


def to_finish(now: datetime) -> QuerySet[RideOffer]:
    """Rides that are long over, though nobody pressed "arrived"; some of them never even left, as far as we know."""
    over = Q(state=RideOffer.State.DEPARTED, ends_at__lt=now - FINISHED_AFTER)
    never_left = Q(state=RideOffer.State.PUBLISHED, ends_at__lt=now)
    old = RideOffer.objects.filter(state__in=RideOffer.UNDER_WAY, departs_at__lt=now - FINISHED_AFTER)
    return old.annotate(ends_at=Max("stops__planned_at")).filter(over | never_left)


def finish(*, offer_id: int, now: datetime) -> RideOffer | None:
    """End a ride as its driver would have; whoever was confirmed is asked whether it took place.

    None when it is not one of `to_finish` (any more). Raises PlanChanged.
    """
    found = to_finish(now).select_related("driver").filter(pk=offer_id).first()
    if found is None:
        return None
    offer = lock_with_riders(offer_id, found.driver)[offer_id]
    if not to_finish(now).filter(pk=offer_id).exists():
        return None
    drove, offer.state = offer.state == RideOffer.State.DEPARTED, RideOffer.State.COMPLETED
    unanswered = list(offer.bookings.filter(state__in=(State.WAITING, State.HELD)).select_related("request"))
    end(offer, unanswered, Booking.Reason.NO_ANSWER, now=now)
    for booking in offer.bookings.filter(state=State.CONFIRMED):
        booking.state = State.COMPLETED
        settled(booking)
    recount(offer)
    touched(offer)
    let_nobody_on(offer, unanswered, now)
    if drove:
        at_the_wheel.on_arrival(offer.driver_id)
    return offer


def to_validate(now: datetime) -> QuerySet[Booking]:
    """Rides of which nobody has said anything for days, but somebody said at the kerb that the rider got on."""
    return Booking.objects.filter(state=State.COMPLETED, boarded_at__isnull=False, dropoff_at__lt=now - VALIDATED_AFTER)


def validate(*, booking_id: int, now: datetime) -> Booking | None:
    """Count an unanswered ride as one that took place; None when it is not one of `to_validate` (any more)."""
    booking = lock_booking(booking_id)
    if not to_validate(now).filter(pk=booking_id).exists():
        return None
    _validate(booking, now)
    return booking


def _validate(booking: Booking, now: datetime) -> None:
    gave_back = booking.holds
    booking.state = State.VALIDATED
    settled(booking)
    if gave_back:
        give_back(booking.offer, now)


def _require_over(booking: Booking, now: datetime) -> None:
    if booking.state == State.CONFIRMED and now < booking.dropoff_at:
        raise NotOver
    if booking.state not in (State.CONFIRMED, State.COMPLETED):
        raise AlreadySettled(state=booking.state)
