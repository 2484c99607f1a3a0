"""The way to the doors: what is shown before a yes knows public points only, so it is measured when the driver decides.

If her limit breaks, she alone reads the exact detour, and says whether she drives it anyway (decision 0004).
"""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from accounts.models import Place
from rides import planner, streets
from rides.errors import RideError
from rides.models import Booking, RideOffer
from routing import plan


class LongerDetour(RideError):
    """To the doors it is farther than the driver allowed; `detour_s` says how far, and `anyway` accepts it."""

    code = "longer_detour"
    sentence = _("To the very door it is a longer detour than you allowed. Take them along anyway?")


def require_within_limit(booking: Booking) -> None:
    """Outside of any lock: raises LongerDetour when the trip with this booking breaks the offer's limit."""
    offer = booking.offer
    aboard = offer.bookings.filter(state=Booking.State.CONFIRMED) | offer.bookings.filter(pk=booking.pk)
    detour_s = _driven_s(offer, list(aboard.select_related("pickup_place", "dropoff_place"))) - offer.empty_s
    if detour_s > offer.max_detour_s:
        raise LongerDetour(detour_s=detour_s, allowed_s=offer.max_detour_s)


def require_prepared_within_limit(offer: RideOffer, prepared: planner.Prepared) -> None:
    """As `require_within_limit`, for a trip that is not booked yet."""
    detour_s = prepared.insertion.detour_s + prepared.exact_s
    if detour_s > offer.max_detour_s:
        raise LongerDetour(detour_s=detour_s, allowed_s=offer.max_detour_s)


def _driven_s(offer: RideOffer, aboard: Sequence[Booking]) -> int:
    """Seconds on the road through all stops, by way of the doors of who is aboard."""
    line: list[plan.Place] = []
    for stop in offer.stops.select_related("place").order_by("sequence"):
        met = [one.pickup_place for one in aboard if one.pickup_id == stop.pk]
        met += [one.dropoff_place for one in aboard if one.dropoff_id == stop.pk]
        line += _doors(met) or [streets.public(stop.place)]
    return sum(duration_s for duration_s, _m in planner.legs_through(line, offer.departs_at))


def _doors(met: Sequence[Place]) -> list[plan.Place]:
    """The doors, each once; none where somebody is met at the public point itself and nobody at a door."""
    return list({(row.lat, row.lon): streets.exact(row) for row in met if row.private}.values())
