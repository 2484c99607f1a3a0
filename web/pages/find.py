"""Rides that go my way: list and map side by side."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from rides import search
from rides.errors import RideError
from routing.plan import TripRequest
from web import loads
from web.fields import WEEKDAYS
from web.pages import maps, trips
from web.pages.cards import RideCard

MOST_RESULTS = 12
EARLIER_OR_LATER = 5


def find(request: HttpRequest) -> HttpResponse:
    """GET to, origin, day, time, seats, load → the rides, best first."""
    form = trips.TripForm(request.GET or None)
    origin = trips.usual_origin(request)
    if origin is None or not form.is_valid():
        return render(request, "find.html", _facts(request, form), status=400 if form.errors else 200)
    trip = form.trip(origin)
    if form.cleaned_data["origin"]:
        trips.remember_origin(request, trip.origin)
    return results(request, form, trip)


def results(request: HttpRequest, form: trips.TripForm, trip: TripRequest, status: int = 200) -> HttpResponse:
    """The page of results; `status` is 409 when the seat somebody wanted has just gone."""
    person = request.user if request.user.is_authenticated else None
    now = timezone.now()
    refused, found, other_times = "", [], []
    try:
        found = search.find_offers(trip=trip, person=person, now=now, k=MOST_RESULTS)
        if not found:
            other_times = search.nearby_times(trip=trip, person=person, now=now, k=EARLIER_OR_LATER)
    except RideError as error:
        refused = str(error.sentence)
    query = trips.query_of(form, trip)
    context = _facts(
        request,
        form,
        trip=trip,
        refused=refused,
        gone=status == 409,
        query=query,
        query_string=urlencode(query),
        people=trips.people_of(trip),
        weekdays=WEEKDAYS,
        rides=[RideCard.of_found(one, query) for one in found],
        other_times=[RideCard.of_found(one, query) for one in other_times],
        map=maps.map_facts(ends=maps.end("start", trip.origin) + maps.end("end", trip.destination)),
    )
    return render(request, "find.html", context, status=status)


def _facts(request: HttpRequest, form: trips.TripForm, **more: Any) -> dict[str, Any]:
    facts = trips.form_facts(request, form=form, luggage=loads.CHOICES, title=_("Rides on your way"))
    return {"map": maps.map_facts(), **facts, **more}
