"""Taking seats and giving them back. The only code that writes what a leg has taken."""

from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from accounts import blocks
from rides import news, planner, stops
from rides.errors import NotFound, PlanChanged, RideError
from rides.locks import lock_offer, lock_people, require_transaction
from rides.models import Booking, Leg, RideOffer, RideRequest, Stop
from rides.pricing import share_cents
from routing import capacity
from routing.plan import Load

MAY_BE_LATER = timedelta(minutes=10)
"""What somebody aboard loses at most to those who book after her."""
ANSWER_WITHIN = timedelta(hours=12)
ANSWER_BEFORE_DEPARTURE = timedelta(minutes=15)


class SeatsTaken(RideError):
    """Somebody else has the seat, or the load does not fit any more."""

    code = "seats_taken"
    sentence = _("That seat has just gone.")


class NotLive(RideError):
    """The offer has left, is over, or is called off."""

    code = "not_live"
    sentence = _("This ride cannot be booked any more.")


class OwnRide(RideError):
    """A driver is in her own car already."""

    code = "own_ride"
    sentence = _("This is your own ride.")


class AlreadyRiding(RideError):
    """Nobody has two confirmed rides at the same time."""

    code = "already_riding"
    sentence = _("There is another confirmed ride at that time.")


def book(*, rider_id: int, prepared: planner.Prepared, now: datetime) -> Booking:
    """Take what the trip needs on every leg from pickup to dropoff, or on none.

    The driver answers, unless the offer accepts by itself. Raises NotFound, NotLive, OwnRide, AlreadyRiding,
    SeatsTaken, PlanChanged.
    """
    require_transaction()
    driver_id = _driver_of(prepared.offer_id)
    lock_people(rider_id, driver_id)
    if blocks.between(rider_id, driver_id):
        raise NotFound
    return seat(rider_id=rider_id, prepared=prepared, now=now)


def seat(
    *,
    rider_id: int,
    prepared: planner.Prepared,
    now: datetime,
    request: RideRequest | None = None,
    accepted: bool = False,
) -> Booking:
    """As `book`, for callers that hold the people (and the request) already; `accepted` by the driver's own hand."""
    offer = lock_offer(prepared.offer_id)
    require_live(offer, now)
    if offer.driver_id == rider_id:
        raise OwnRide
    if offer.plan_version != prepared.plan_version:
        raise PlanChanged
    insertion, trip = prepared.insertion, prepared.trip
    confirmed = accepted or offer.automatic
    if confirmed:
        require_free_time(rider_id, planner.instant(insertion.pickup_s), planner.instant(insertion.dropoff_s))
    _require_free(offer, prepared)
    pickup_place = planner.keep_meeting_point(insertion.pickup)
    dropoff_place = planner.keep_meeting_point(insertion.dropoff)
    pickup, dropoff = stops.lay(offer, prepared, pickup_place, dropoff_place)
    _tell_new_times(offer)
    take(offer, pickup, dropoff, seats=trip.seats, load=trip.load)
    booking = Booking.objects.create(
        offer=offer,
        rider_id=rider_id,
        request=request,
        state=Booking.State.CONFIRMED if confirmed else Booking.State.WAITING,
        seats=trip.seats,
        litres=trip.load.litres,
        length_cm=trip.load.length_cm,
        pickup=pickup,
        dropoff=dropoff,
        pickup_place=pickup_place,
        dropoff_place=dropoff_place,
        pickup_at=planner.instant(insertion.pickup_s),
        dropoff_at=planner.instant(insertion.dropoff_s),
        latest_pickup_at=planner.instant(insertion.pickup_s) + MAY_BE_LATER,
        latest_dropoff_at=planner.instant(insertion.dropoff_s) + MAY_BE_LATER,
        walk_to_m=planner.walk_m(trip.origin, insertion.pickup),
        walk_from_m=planner.walk_m(trip.destination, insertion.dropoff),
        added_s=insertion.added_s,
        price_cents=share_cents(cents_per_km=offer.cents_per_km, direct_m=prepared.direct_m, seats=trip.seats),
        deadline_at=None if confirmed else _deadline(offer, now),
    )
    if not (insertion.pickup_is_stop and insertion.dropoff_is_stop):
        offer.plan_version += 1
    touched(offer)
    news.of_booking(booking)
    return booking


def take(offer: RideOffer, pickup: Stop, dropoff: Stop, *, seats: int, load: Load) -> None:
    """Count the seats and the load on every leg between the two stops. The CHECK of each leg has the last word."""
    Leg.objects.filter(offer=offer, start__sequence__gte=pickup.sequence, start__sequence__lt=dropoff.sequence).update(
        taken_seats=F("taken_seats") + seats,
        taken_litres=F("taken_litres") + load.litres,
        taken_length_cm=Greatest(F("taken_length_cm"), load.length_cm),
    )


def _tell_new_times(offer: RideOffer) -> None:
    """Whoever is aboard already reads the times of the new plan."""
    for booking in offer.bookings.filter(state__in=Booking.HOLDS).select_related("pickup", "dropoff"):
        if booking.pickup is None or booking.dropoff is None:
            continue
        at = booking.pickup.planned_at, booking.dropoff.planned_at
        if at != (booking.pickup_at, booking.dropoff_at):
            booking.pickup_at, booking.dropoff_at = at
            booking.version += 1
            booking.save(update_fields=["pickup_at", "dropoff_at", "version"])
            news.of_booking(booking)


def recount(offer: RideOffer) -> None:
    """Write what the bookings that hold add up to (for lengths the maximum), on every leg."""
    holding = list(offer.bookings.filter(state__in=Booking.HOLDS).select_related("pickup", "dropoff"))
    for leg in offer.legs.select_related("start"):
        aboard = [b for b in holding if b.rides_from(leg.start)]
        leg.taken_seats = sum(b.seats for b in aboard)
        leg.taken_litres = sum(b.litres for b in aboard)
        leg.taken_length_cm = max((b.length_cm for b in aboard), default=0)
        leg.save(update_fields=["taken_seats", "taken_litres", "taken_length_cm"])


def touched(offer: RideOffer) -> None:
    """Something that screens show has changed: a new version, and news of it."""
    offer.version += 1
    offer.save(update_fields=["version", "plan_version", "departs_at", "flexibility_s", "state"])
    news.of_offer(offer)


def require_live(offer: RideOffer, now: datetime) -> None:
    """Raises NotLive unless people can still get on."""
    if offer.state != RideOffer.State.PUBLISHED or offer.departs_at + timedelta(seconds=offer.flexibility_s) < now:
        raise NotLive


def _driver_of(offer_id: int) -> int:
    driver_id = RideOffer.objects.filter(pk=offer_id).values_list("driver_id", flat=True).first()
    if driver_id is None:
        raise NotFound
    return driver_id


def require_free_time(rider_id: int, start_at: datetime, end_at: datetime) -> None:
    overlapping = Booking.objects.filter(
        rider_id=rider_id, state=Booking.State.CONFIRMED, pickup_at__lt=end_at, dropoff_at__gt=start_at
    )
    if overlapping.exists():
        raise AlreadyRiding


def _require_free(offer: RideOffer, prepared: planner.Prepared) -> None:
    """One configuration of the whole trip has to cover every leg with the rider aboard.

    The plan is the one that was prepared, but others may have booked between its stops since, so what is taken is
    read again here, under the lock.
    """
    taken = list(offer.legs.order_by("start__sequence"))
    insertion, trip = prepared.insertion, prepared.trip
    line = _old_leg_of_each_new_leg(len(taken) + 1, prepared)
    legs = [
        capacity.boarded(taken[old], trip.seats, trip.load)
        if insertion.pickup_sequence <= position < insertion.dropoff_sequence
        else taken[old]
        for position, old in enumerate(line)
    ]
    if capacity.fits(planner.configurations(offer), legs) is None:
        raise SeatsTaken


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


def _deadline(offer: RideOffer, now: datetime) -> datetime:
    return max(min(now + ANSWER_WITHIN, offer.departs_at - ANSWER_BEFORE_DEPARTURE), now + timedelta(minutes=5))
