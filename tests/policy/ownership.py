"""What is whose: the ids that somebody has any business with, for what is private."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import ApiToken, User, Vehicle
from realtime.models import Message, PushSubscription
from rides import access, calls
from rides.api import standing
from rides.models import Asking, OfferSeries, Outing, RideOffer, RideRequest, SavedSearch, WaitingEntry
from rides.underway import cases


def business_of(person: User) -> dict[str, list[Any]]:
    """By the name that an id has in addresses and bodies."""
    requests = RideRequest.objects.filter(rider=person)
    rows: dict[str, QuerySet[Any]] = {
        "booking_id": access.bookings_of(person),
        "request_id": requests,
        "asking_id": Asking.objects.filter(offer__driver=person),
        "search_id": SavedSearch.objects.filter(person=person),
        "entry_id": WaitingEntry.objects.filter(request__rider=person),
        "standing_id": standing.mine(person),
        "case_id": cases.shown_to(person),
        "call_id": calls.shown_to(person),
        "token_id": ApiToken.objects.filter(person=person),
        "device_id": PushSubscription.objects.filter(person=person),
        "message_id": Message.objects.filter(person=person),
        "vehicle": Vehicle.objects.filter(owner=person),
        "request": requests,
        "return_of": requests,
    }
    return {name: list(found.order_by("pk").values_list("pk", flat=True)) for name, found in rows.items()}


def driven_by(person: User) -> dict[str, list[Any]]:
    """What others may see too, but she alone may change."""
    offers = list(RideOffer.objects.filter(driver=person).order_by("pk").values_list("pk", flat=True))
    return {
        "offer_id": offers,
        "offer": offers,
        "series_id": list(OfferSeries.objects.filter(driver=person).order_by("pk").values_list("pk", flat=True)),
        "slug": list(Outing.objects.filter(organiser=person).order_by("pk").values_list("slug", flat=True)),
    }
