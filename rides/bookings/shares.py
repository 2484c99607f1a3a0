"""Writing down what each booking of an offer pays. A share that was told may only fall."""

from rides import news
from rides.bookings.prices import divide
from rides.driving import stops
from rides.models import Booking, RideOffer


def settle(offer: RideOffer, booking: Booking, line: stops.Line | None = None) -> None:
    """Work out the share of `booking`, which is about to be written, beside those who are confirmed.

    Once it is confirmed itself, the others' shares fall where it makes theirs less: nobody pays less for good because
    somebody else had a form open. The offer is locked; its stops are written, and are read again without `line`.
    """
    line = line or stops.read(offer)
    stop_of = {stop.pk: stop for stop in line.stops}
    others = []
    for one in offer.bookings.filter(state=Booking.State.CONFIRMED).exclude(pk=booking.pk):
        if one.pickup_id and one.dropoff_id:
            one.pickup, one.dropoff = stop_of[one.pickup_id], stop_of[one.dropoff_id]
            others.append(one)
    cents = divide(offer, [leg.distance_m for leg in line.legs], [*others, booking])
    booking.price_cents = cents[booking.pk or 0]
    if booking.state != Booking.State.CONFIRMED:
        return
    for other in others:
        if cents[other.pk] < other.price_cents:
            other.offer, other.price_cents = offer, cents[other.pk]
            other.version += 1
            other.save(update_fields=["price_cents", "version"])
            news.of_booking(other)
