"""How an event reads for a person at the moment it is sent; None when it is no longer hers to see."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from rides.access import takes_part
from rides.models import Asking, Booking, Outing, RideRequest
from rides.serializers.bookings import BookingOut
from rides.serializers.requests import AskingOut, RequestOut


def of_booking(refs: dict[str, Any], person: User) -> dict[str, Any] | None:
    booking = (
        Booking.objects.select_related("offer__driver", "offer__vehicle", "rider", "pickup_place", "dropoff_place")
        .filter(pk=refs["booking"])
        .first()
    )
    if booking is None or person.pk not in (booking.rider_id, booking.offer.driver_id):
        return None
    return dict(BookingOut(booking, context={"person": person}).data)


def of_asking(refs: dict[str, Any], person: User) -> dict[str, Any] | None:
    asking = Asking.objects.select_related("request__rider", "request__origin", "request__destination", "offer")
    found = asking.filter(pk=refs["asking"], offer__driver=person).first()
    return dict(AskingOut(found, context={"person": person}).data) if found else None


def of_request(refs: dict[str, Any], person: User) -> dict[str, Any] | None:
    request = RideRequest.objects.select_related("origin", "destination").filter(pk=refs["request"], rider=person)
    found = request.first()
    return dict(RequestOut(found, context={"person": person}).data) if found else None


def of_outing(refs: dict[str, Any], person: User) -> dict[str, Any] | None:
    """Only that something changed: the page of the outing fetches the whole."""
    outing = Outing.objects.filter(pk=refs["outing"]).first()
    if outing is None or not takes_part(person, outing):
        return None
    return {
        "id": outing.pk,
        "slug": outing.slug,
        "title": outing.title,
        "state": outing.state,
        "version": outing.version,
    }


RENDERERS: dict[str, Callable[[dict[str, Any], User], dict[str, Any] | None]] = {
    "booking": of_booking,
    "asking": of_asking,
    "request": of_request,
    "outing": of_outing,
}
