"""What a seat costs: rows → `pricing`. Only who is confirmed shares the cost; `shares` writes it down."""

from collections.abc import Mapping, Sequence

from django.conf import settings

from rides import planner
from rides.bookings.pricing import Aboard, Shares, Trip, for_you, split
from rides.models import Booking, RideOffer


def quote(offer: RideOffer, prepared: planner.Prepared | planner.Laid) -> int:
    """What the trip would pay on the plan it was laid into, in cents; `offer` comes with its bookings (`with_plan`)."""
    insertion, trip = prepared.insertion, prepared.trip
    position = _position_after(prepared)
    sequences = {stop.pk: position[stop.sequence] for stop in offer.stops.all()}
    riders = [
        _aboard(offer, other, sequences[other.pickup_id], sequences[other.dropoff_id])
        for other in offer.bookings.all()
        if other.state == Booking.State.CONFIRMED and other.pickup_id and other.dropoff_id
    ]
    new = Aboard(
        id=0,
        people=trip.seats + trip.load.wheelchairs,
        pickup=insertion.pickup_sequence,
        dropoff=insertion.dropoff_sequence,
        direct_m=prepared.direct_m,
        ask_cents_per_km=offer.cents_per_km,
    )
    return _shares(offer, [leg.distance_m for leg in prepared.plan.legs], [*riders, new]).rider_cents[0]


def divide(offer: RideOffer, metres: Sequence[int], bookings: Sequence[Booking]) -> Mapping[int, int]:
    """The share of each of `bookings` in cents, by id (0: not saved yet); `metres` are those of the legs."""
    riders = [
        _aboard(offer, one, one.pickup.sequence, one.dropoff.sequence) for one in bookings if one.pickup and one.dropoff
    ]
    return _shares(offer, metres, riders).rider_cents


def _shares(offer: RideOffer, metres: Sequence[int], riders: Sequence[Aboard]) -> Shares:
    if offer.purpose == RideOffer.Purpose.FOR_YOU:
        return for_you(metres, settings.RIDE_COSTS["for_you_cents_per_km"], riders)
    trip = Trip(
        leg_metres=metres,
        cost_cents_per_km=offer.cost_cents_per_km,
        tolls_cents=offer.tolls_cents,
        others=1 + offer.already_aboard,
    )
    return split(trip, riders)


def _aboard(offer: RideOffer, booking: Booking, pickup: int, dropoff: int) -> Aboard:
    return Aboard(
        id=booking.pk or 0,
        people=booking.people,
        pickup=pickup,
        dropoff=dropoff,
        direct_m=booking.direct_m,
        ask_cents_per_km=offer.cents_per_km,
        at_most_cents=booking.price_cents if booking.pk else None,
    )


def _position_after(prepared: planner.Prepared | planner.Laid) -> dict[int, int]:
    """Where each old stop stands in the new plan."""
    insertion = prepared.insertion
    new = {
        position
        for position, is_stop in (
            (insertion.pickup_sequence, insertion.pickup_is_stop),
            (insertion.dropoff_sequence, insertion.dropoff_is_stop),
        )
        if not is_stop
    }
    old = [position for position in range(len(prepared.plan.stops)) if position not in new]
    return dict(enumerate(old))
