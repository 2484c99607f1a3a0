"""How an event reads for a person at the moment it is sent; None when it is no longer hers to see."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts import by_phone
from accounts.models import User
from rides import calls
from rides.access import is_party, takes_part
from rides.models import Asking, Booking, OfferSeries, Outing, RideRequest, StandingBooking
from rides.requests import at_the_wheel, searches, way_home
from rides.serializers.bookings import BookingOut
from rides.serializers.calls import CallOut
from rides.serializers.cases import CaseOut
from rides.serializers.requests import AskingOut, RequestOut
from rides.serializers.searches import FoundRideOut
from rides.serializers.series import SeriesOut
from rides.serializers.standing import StandingOut
from rides.underway import cases


def of_booking(refs: dict[str, Any], person: User) -> dict[str, Any] | None:
    booking = (
        Booking.objects.select_related("offer__driver", "offer__vehicle", "rider", "pickup_place", "dropoff_place")
        .filter(pk=refs["booking"])
        .first()
    )
    if booking is None or not is_party(person, booking):
        return None
    return dict(BookingOut(booking, context={"person": person}).data)


def of_asking(refs: dict[str, Any], person: User) -> dict[str, Any] | None:
    """The card as it is; one that is `quiet` calls for nobody's eyes."""
    asking = Asking.objects.select_related("request__rider", "request__origin", "request__destination", "offer")
    found = asking.filter(pk=refs["asking"], offer__driver=person).first()
    if found is None:
        return None
    card = dict(AskingOut(found, context={"person": person}).data)
    return card | {"urgent": way_home.is_called(found.request_id), "quiet": at_the_wheel.is_driving(person.pk)}


def of_request(refs: dict[str, Any], person: User) -> dict[str, Any] | None:
    request = RideRequest.objects.select_related("origin", "destination").filter(pk=refs["request"], rider=person)
    found = request.first()
    return dict(RequestOut(found, context={"person": person}).data) if found else None


def of_found(refs: dict[str, Any], person: User) -> dict[str, Any] | None:
    """A ride that suits one of her searches, as long as she may see it and it has not left."""
    there = searches.still_there(person, timezone.now()).select_related("search__origin", "search__destination")
    found = there.filter(pk=refs["found"]).first()
    if found is None:
        return None
    ends = {"origin": found.search.origin.label, "destination": found.search.destination.label}
    return dict(FoundRideOut(found).data) | ends


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


def of_case(refs: dict[str, Any], person: User) -> dict[str, Any] | None:
    """For the person and her coordinators; for her neighbours only as long as she needs them."""
    found = cases.shown_to(person).filter(pk=refs["case"]).first()
    return dict(CaseOut(found, context={"person": person}).data) if found else None


def of_call(refs: dict[str, Any], person: User) -> dict[str, Any] | None:
    """For those who call somebody without a device; her number as long as it is open."""
    found = calls.shown_to(person).filter(pk=refs["call"]).first()
    return dict(CallOut(found, context={"person": person}).data) if found else None


def of_helping(refs: dict[str, Any], person: User) -> dict[str, Any] | None:
    """That somebody wants to be called by her."""
    row = by_phone.of_helper(person).filter(person=refs["person"]).first()
    return {"id": row.person_id, "person": row.person.display_name, "agreed_at": row.helper_agreed_at} if row else None


def of_series(refs: dict[str, Any], person: User) -> dict[str, Any] | None:
    """The weekly ride as it is, and `what` became of one day, if it is about that."""
    pattern = OfferSeries.objects.select_related("driver", "vehicle", "origin", "destination")
    found = pattern.filter(pk=refs["series"], driver=person).first()
    about = {name: refs[name] for name in ("what", "date", "code") if name in refs}
    return dict(SeriesOut(found, context={"person": person}).data) | about if found else None


def of_standing(refs: dict[str, Any], person: User) -> dict[str, Any] | None:
    """The standing booking as it is, and `what` became of one ride (`offer`), if it is about that."""
    rows = StandingBooking.objects.select_related("series__driver", "rider", "origin", "destination")
    found = rows.filter(Q(rider=person) | Q(series__driver=person), pk=refs["standing"]).first()
    about = {name: refs[name] for name in ("what", "offer") if name in refs}
    return dict(StandingOut(found, context={"person": person}).data) | about if found else None


RENDERERS: dict[str, Callable[[dict[str, Any], User], dict[str, Any] | None]] = {
    "booking": of_booking,
    "asking": of_asking,
    "request": of_request,
    "found": of_found,
    "outing": of_outing,
    "series": of_series,
    "standing": of_standing,
    "case": of_case,
    "call": of_call,
    "helping": of_helping,
}
