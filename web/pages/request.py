"""A request of mine: who is asked now, what I can do while nobody says yes, and that I am home."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from rides import commands
from rides.models import Asking, Booking, Case, RideRequest
from rides.requests import journeys, options
from web import loads, place_names, times
from web.fields import DayField
from web.pages import journeys as pages
from web.pages import maps
from web.pages.cards import RideCard
from web.pages.telling import key_of, told, way_back
from web.people import PersonRequest
from web.posted import posted


class HoursForm(forms.Form):
    """Other hours of one day."""

    day = DayField()
    first = forms.TimeField()
    last = forms.TimeField()

    def sent(self) -> dict[str, Any]:
        """As the command wants it; whoever is out late may come home after midnight."""
        data = self.cleaned_data
        earliest_at = times.at(data["day"], data["first"])
        return {"earliest_at": earliest_at, "latest_at": times.back_at(data["day"], data["first"], data["last"])}


@login_required
def page(request: PersonRequest, request_id: int, hours: HoursForm | None = None) -> HttpResponse:
    """What became of it, live; `hours` are some that were refused."""
    rows = RideRequest.objects.filter(rider=request.user).select_related("origin", "destination", "return_of")
    found = get_object_or_404(rows, pk=request_id)
    looking = found.state in journeys.LOOKING
    half = journeys.other_half(found)
    bookings = found.bookings.exclude(state__in=(Booking.State.CANCELLED, Booking.State.HELD)).order_by("pk")
    context = {
        "wish": found,
        "looking": looking,
        "asked": found.askings.filter(state=Asking.State.ASKED).count(),
        "bookings": bookings.select_related("offer__driver"),
        "half": half,
        "both": found.both_or_none or bool(half and half.both_or_none),
        "call": Case.objects.filter(kind=Case.Kind.WAY_HOME, request=found, closed_at=None).first(),
        "luggage": loads.in_words(found.litres, found.length_cm),
        "map": maps.map_facts(
            ends=[
                {"kind": kind, "at": place_names.as_field(place), "label": place.label}
                for kind, place in (("start", found.origin), ("end", found.destination))
            ]
        ),
    }
    if looking and (found.told_nobody_at or "options" in request.GET or hours):
        context["options"] = _options(found) | {"hours": hours or HoursForm(initial=_hours(found))}
    return render(request, "request.html", context, status=400 if hours else 200)


@posted
def cancel(request: PersonRequest, request_id: int) -> HttpResponse:
    """I need nothing any more."""
    told(request, commands.cancel_request(request.user, request_id, key_of(request)), _("Your request is taken back."))
    return redirect("request", request_id)


@posted
def move(request: PersonRequest, request_id: int) -> HttpResponse:
    """Other hours."""
    form = HoursForm(request.POST)
    if not form.is_valid():
        return page(request, request_id, form)
    answer = commands.move_request(request.user, request_id, form.sent(), key_of(request))
    told(request, answer, _("Drivers are asked for the new hours."))
    return redirect("request", request_id)


@posted
def step(request: PersonRequest, request_id: int, step: str) -> HttpResponse:
    """Ask more people, one way is enough, I still need a ride, I am home."""
    steps = {
        "hurry": (commands.hurry_request, _("More people are asked now.")),
        "one_is_enough": (commands.one_is_enough, _("Each way counts for itself now.")),
        "look_on": (commands.look_on, _("We look on for you.")),
        "home": (commands.say_home, _("Good to know that you are home.")),
    }
    if step not in steps:
        raise Http404
    command, done = steps[step]
    told(request, command(request.user, request_id, key_of(request)), done)
    return redirect(way_back(request, resolve_url("request", request_id)))


def _options(wish: RideRequest) -> dict[str, Any]:
    """What she can do herself; a ride of these goes on with this request."""
    found, query = options.for_request(wish, timezone.now()), pages.query_of(wish)
    return {
        "rides": [RideCard.of_found(one, query) for one in found.rides],
        "other_times": [RideCard.of_found(one, query) for one in found.other_times],
        "more_people": bool(found.more_people),
        "coordinator": found.coordinator,
    }


def _hours(wish: RideRequest) -> dict[str, Any]:
    """The hours that are asked for now, as the form says them."""
    first, last = (timezone.localtime(at, times.zone()) for at in (wish.earliest_at, wish.latest_at))
    return {"day": first.date(), "first": first.time(), "last": last.time()}
