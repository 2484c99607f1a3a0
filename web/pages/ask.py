"""Asking for a ride or a hand: drivers on the way hear of it."""

from dataclasses import asdict, replace
from typing import Any

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy

from rides import commands
from rides.models import RideRequest
from routing.plan import Load
from web import loads, times
from web.fields import PlaceField
from web.pages import maps, trips
from web.pages.telling import key_of, told


class AskForm(trips.TripForm):
    """What is wanted, and when it would suit; `back` is when to return, `both` whether one way alone is of no use."""

    kind = forms.ChoiceField(choices=RideRequest.Kind.choices, initial=RideRequest.Kind.RIDE, required=False)
    origin = PlaceField(label=gettext_lazy("From"))
    back = forms.TimeField(required=False)
    both = forms.BooleanField(required=False)
    note = forms.CharField(label=gettext_lazy("A word to drivers"), max_length=300, required=False)

    def sent(self) -> dict[str, Any]:
        """As the command wants it. Something that is fetched rides alone, and takes at least a bag's room."""
        data = self.cleaned_data
        kind = data["kind"] or RideRequest.Kind.RIDE
        alone = kind == RideRequest.Kind.FETCH
        trip = self.trip(data["origin"])
        load = loads.BY_NAME["bag"].load if alone and trip.load == Load() else trip.load
        return {
            "kind": kind,
            "origin": trip.origin,
            "destination": trip.destination,
            **_window(data),
            **_way_back(data),
            "seats": 0 if alone else trip.seats,
            **asdict(replace(load, child_seats=0) if alone else load),
            "max_walk_m": 0 if alone else trip.max_walk_m,
            "note": data["note"],
        }


def ask(request: HttpRequest) -> HttpResponse:
    """The form on GET; post the request on POST, after sign-in."""
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path, resolve_url("account_signup"))
        form = AskForm(request.POST)
        if form.is_valid():
            answer = commands.post_request(request.user, form.sent(), key_of(request))
            if told(request, answer):
                return redirect("request", answer.data["id"])
    else:
        form = AskForm(initial=_initial(request))
    context = trips.form_facts(
        request,
        form=form,
        to_at=request.POST.get("to_at") or request.GET.get("to_at", ""),
        origin_at=request.POST.get("origin_at") or request.GET.get("origin_at", ""),
        kinds=KINDS,
        luggage=loads.CHOICES,
        map=maps.map_facts(),
    )
    return render(request, "ask.html", context, status=400 if form.errors else 200)


KINDS = (
    (RideRequest.Kind.RIDE, gettext_lazy("Take me along"), "person"),
    (RideRequest.Kind.SHOPPING, gettext_lazy("Shopping"), "bag"),
    (RideRequest.Kind.FETCH, gettext_lazy("Bring me something"), "box"),
    (RideRequest.Kind.MOVING, gettext_lazy("Move something big"), "wardrobe"),
)


def _initial(request: HttpRequest) -> dict[str, Any]:
    origin = trips.usual_origin(request)
    given = request.GET
    return {
        "kind": given.get("kind", RideRequest.Kind.RIDE),
        "to": given.get("to", ""),
        "origin": given.get("origin") or (origin.label if origin else ""),
        "day": given.get("day") or times.today().isoformat(),
        "time": given.get("time", ""),
        "seats": given.get("seats", "1"),
        "load": given.get("load", "nothing"),
        "child_seats": given.get("child_seats", ""),
        "wheelchairs": given.get("wheelchairs", ""),
        "return_of": given.get("return_of", ""),
    }


def _window(data: dict[str, Any]) -> dict[str, Any]:
    """From when to when; without an hour, the rest of that day. Whole days only, so that a second tap is the same."""
    earliest_at, latest_at = times.window(data["day"], data["time"], times.at(data["day"], times.MIDNIGHT))
    if data["time"] is None and data["day"] == times.today():
        return {"latest_at": max(latest_at, timezone.now())}
    return {"earliest_at": earliest_at, "latest_at": latest_at}


def _way_back(data: dict[str, Any]) -> dict[str, Any]:
    """The other half: of which request this is the way back, or when to return."""
    if data["return_of"]:
        return {"return_of": data["return_of"]}
    if data["back"] is None:
        return {}
    earliest_at, latest_at = times.window_back(data["day"], data["time"], data["back"])
    return {"return_earliest_at": earliest_at, "return_latest_at": latest_at, "both_or_none": data["both"]}
