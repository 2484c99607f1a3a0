"""A booking as its rider or its driver sees it, live."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from rides import access, commands
from rides.models import Booking, Case, RideRequest
from rides.serializers.bookings import BookingOut
from rides.underway import no_shows
from web import loads
from web.pages import coming, journeys, kerb, maps, progress, seat_form, trips
from web.pages.cards import RideCard
from web.pages.telling import key_of, told
from web.people import PersonRequest
from web.posted import posted


class SmallerForm(forms.Form):
    """Who still comes; what is not asked for stays as it is."""

    people = forms.IntegerField(min_value=1, max_value=trips.MOST_SEATS)
    child_seats = forms.IntegerField(min_value=0, required=False)
    wheelchairs = forms.IntegerField(min_value=0, required=False)
    companions = seat_form.NamesField(max_length=300, required=False)

    def sent(self, booking: Booking) -> dict[str, Any]:
        """As the command wants it: whoever leaves frees a seat, unless she is one of those in a wheelchair."""
        data = self.cleaned_data
        people = min(data["people"], booking.people)
        wheelchairs = booking.wheelchairs if data["wheelchairs"] is None else data["wheelchairs"]
        seats = max(people - wheelchairs, 0)
        child_seats = booking.child_seats if data["child_seats"] is None else data["child_seats"]
        return booking.carried | {
            "seats": seats,
            "wheelchairs": min(wheelchairs, people),
            "child_seats": min(child_seats, seats),
            "companions": data["companions"][: max(people - 1, 0)],
        }


@login_required
def booking(request: PersonRequest, booking_id: int) -> HttpResponse:
    """Asked, confirmed, on the way, thanked; whom I meet, where and when."""
    found, now = _mine(request, booking_id), timezone.now()
    shown = BookingOut(found, context={"person": request.user}).data
    at_kerb = kerb.seen_by(request.user, found, now)
    is_rider = at_kerb.is_rider
    context = {
        "booking": found,
        "shown": shown,
        "is_rider": is_rider,
        "other": at_kerb.other,
        "kerb": at_kerb,
        "coming": coming.seen_by(request.user, found, now),
        "link": coming.link_of(request, found) if is_rider else "",
        "late_min": kerb.LATE_MIN,
        "steps": progress.steps(found),
        "shared_by": progress.sharing(found),
        "luggage": loads.in_words(found.litres, found.length_cm),
        "next_best": _next_best(found) if is_rider else [],
        "map": maps.map_facts(ends=_ends(shown)),
        **(_round_trip(found, request.GET.get("back", "")) if is_rider else {}),
    }
    return render(request, "booking.html", context)


@posted
def cancel(request: PersonRequest, booking_id: int) -> HttpResponse:
    """Call it off, with a word of why; the seat is free again."""
    note = request.POST.get("note", "")[:200]
    answer = commands.cancel_booking(request.user, booking_id, key_of(request), note=note)
    told(request, answer, _("The booking is cancelled."))
    return redirect("booking", booking_id)


@posted
def reduce(request: PersonRequest, booking_id: int) -> HttpResponse:
    """One of us cannot come."""
    found = _mine(request, booking_id)
    form = SmallerForm(request.POST)
    if form.is_valid():
        answer = commands.reduce_booking(request.user, booking_id, form.sent(found), key_of(request))
        told(request, answer, _("Your booking is smaller now. Thank you for saying so."))
    return redirect("booking", booking_id)


def _mine(request: PersonRequest, booking_id: int) -> Booking:
    rows = access.bookings_of(request.user).exclude(state=Booking.State.HELD)
    places = ("request__origin", "request__destination", "pickup_place", "dropoff_place")
    return get_object_or_404(
        rows.select_related("offer__driver", "offer__vehicle", "rider", "pickup", "dropoff", *places), pk=booking_id
    )


def _ends(shown: dict[str, Any]) -> list[dict[str, Any]]:
    pairs = (("start", shown["pickup"]), ("end", shown["dropoff"]))
    return [{"kind": kind, "at": f"{at['lat']},{at['lon']},", "label": at["label"]} for kind, at in pairs]


def _next_best(found: Booking) -> list[RideCard]:
    """Rides for whom was left without one, from where she stands now."""
    journey = found.request
    looks = journey and journey.state in (RideRequest.State.CHOSEN, RideRequest.State.OPEN)
    if found.state != Booking.State.CANCELLED or journey is None or not looks:
        return []
    query = journeys.query_of(journey)
    return [RideCard.of_found(one, query) for one in no_shows.rides_for(journey, timezone.now(), k=3)]


def _round_trip(found: Booking, back: str) -> dict[str, Any]:
    """The other half of this journey: its booking, its request, or how to find it."""
    journey = found.request
    if journey is None:
        return {}
    half = journey.return_of or RideRequest.objects.filter(return_of=journey).first()
    facts = {
        "journey": journey,
        "both": journey.both_or_none or bool(half and half.both_or_none),
        "half": half,
        "half_booking": half and half.bookings.exclude(state=Booking.State.CANCELLED).order_by("pk").last(),
        "call": Case.objects.filter(kind=Case.Kind.WAY_HOME, request=journey, closed_at=None).first(),
    }
    if half is None and found.state in (Booking.State.WAITING, Booking.State.CONFIRMED):
        facts["way_back"] = urlencode(journeys.way_back_of(journey, found.dropoff_at, back))
    return facts
