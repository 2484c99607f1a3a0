"""One ride, and taking a seat on it."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rides import booking, commands, planner, search
from rides.errors import NotFound, RideError
from rides.models import RideOffer
from rides.search import Found
from rides.seats import SeatsTaken
from routing.plan import Place, TripRequest
from web import loads, place_names, times
from web.pages import find, maps, trips
from web.pages.cards import RideCard
from web.pages.telling import key_of, told

MAX_WALK_M = 800


def ride(request: HttpRequest, offer_id: int) -> HttpResponse:
    """What the ride is, where it would pick me up, and Book."""
    offer = _visible(request, offer_id)
    if request.user.pk == offer.driver_id:
        return redirect("drive_day", offer_id)
    form = _form(request.GET, offer)
    trip = _trip(request, form, offer)
    found, refused = _find(offer, trip)
    query = trips.query_of(form, trip) if form.is_valid() else {}
    context = trips.form_facts(
        request,
        form=form,
        trip=trip,
        refused=refused,
        card=RideCard.of_found(found, query) if found else RideCard.of_offer(offer),
        query=query,
        luggage=loads.CHOICES,
        map=maps.map_facts(
            ends=maps.end("start", trip.origin) + maps.end("end", trip.destination),
            line=_line(trip, found) if found else None,
        ),
    )
    return render(request, "ride.html", context)


@require_POST
def book(request: HttpRequest, offer_id: int) -> HttpResponse:
    """Take the seats. Who has no account yet makes one now, and comes back to this ride."""
    offer = _visible(request, offer_id)
    form = _form(request.POST, offer)
    trip = _trip(request, form, offer)
    if not request.user.is_authenticated:
        back = f"{resolve_url('ride', offer_id)}?{_query_string(form, trip)}"
        return redirect_to_login(back, resolve_url("account_signup"))
    sent = {
        "offer": offer_id,
        "origin": trip.origin,
        "destination": trip.destination,
        "seats": trip.seats,
        "litres": trip.load.litres,
        "length_cm": trip.load.length_cm,
        "max_walk_m": MAX_WALK_M,
        **_wanted_time(form),
    }
    answer = commands.book(request.user, sent, key_of(request))
    if answer.data.get("code") == SeatsTaken.code:
        told(request, answer)
        return find.results(request, form, trip, status=answer.status)
    if not told(request, answer):
        return redirect(f"{resolve_url('ride', offer_id)}?{_query_string(form, trip)}")
    return redirect("booking", answer.data["id"])


def _visible(request: HttpRequest, offer_id: int) -> RideOffer:
    """The offer as far as it is this person's business."""
    try:
        return search.offer_for(request.user if request.user.is_authenticated else None, offer_id)
    except NotFound as error:
        raise Http404 from error


def _form(data: Any, offer: RideOffer) -> trips.TripForm:
    """What was asked for; somebody who came from the map rides the whole way, on the day of the ride."""
    given = data.copy()
    first, last = _ends(offer)
    given.setdefault("to", last.label)
    given.setdefault("to_at", place_names.as_field(last))
    if "origin" not in given:
        given["origin"], given["origin_at"] = first.label, place_names.as_field(first)
    given.setdefault("day", timezone.localdate(offer.departs_at, times.zone()).isoformat())
    return trips.TripForm(given)


def _ends(offer: RideOffer) -> tuple[Place, Place]:
    """Where the ride starts and ends for everybody; a public place keeps its name on the map."""
    stops = sorted(offer.stops.all(), key=lambda stop: stop.sequence)
    first, last = (
        replace(planner.public(place), osm_key="" if place.private else place.osm_key)
        for place in (stops[0].place, stops[-1].place)
    )
    return first, last


def _trip(request: HttpRequest, form: trips.TripForm, offer: RideOffer) -> TripRequest:
    if not form.is_valid():
        raise Http404
    return form.trip(_ends(offer)[0], MAX_WALK_M)


def _wanted_time(form: trips.TripForm) -> dict[str, Any]:
    """The hour that was asked for, never "now": the same tap twice must send the same."""
    day, hour = form.cleaned_data["day"], form.cleaned_data["time"]
    if hour is None:
        return {}
    wanted = times.at(day, hour)
    return {"earliest_at": wanted - times.BEFORE, "latest_at": wanted + times.AFTER}


def _find(offer: RideOffer, trip: TripRequest) -> tuple[Found | None, str]:
    """How the ride takes this trip along, or why it cannot."""
    try:
        booking.require_live(offer, timezone.now())
        prepared = planner.prepare(offer, trip)
        return search.found_on(offer, prepared), ""
    except planner.NoWay as error:
        return None, str(error.sentence) if search.seats_left(offer) >= trip.seats else _("This ride is full.")
    except RideError as error:
        return None, str(error.sentence)


def _line(trip: TripRequest, found: Found) -> dict[str, Any]:
    pickup, dropoff = found.insertion.pickup, found.insertion.dropoff
    return maps.line([pickup, dropoff], [(trip.origin, pickup), (dropoff, trip.destination)])


def _query_string(form: trips.TripForm, trip: TripRequest) -> str:
    return urlencode(trips.query_of(form, trip))
