"""The one question with its defaults: where to, from where, when, how many, with what."""

from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rides import planner, streets
from routing.plan import Place, TripRequest
from web import loads, place_names, times
from web.fields import DayField, LoadField, PlaceField

MOST_SEATS = 6
MOST_CHILD_SEATS, MOST_WHEELCHAIRS = 4, 2
ORIGIN = "origin"
"""Session key of where this person started last."""


class TripForm(forms.Form):
    """A journey somebody wants to make."""

    to = PlaceField(label=_("Where to?"))
    origin = PlaceField(label=_("From"), required=False)
    day = DayField(label=_("Day"), required=False)
    time = forms.TimeField(label=_("Around"), required=False, widget=forms.TimeInput(attrs={"type": "time"}))
    seats = forms.IntegerField(label=_("People"), min_value=1, max_value=MOST_SEATS, required=False)
    load = LoadField(label=_("What do you bring?"))
    child_seats = forms.IntegerField(min_value=0, max_value=MOST_CHILD_SEATS, required=False)
    wheelchairs = forms.IntegerField(min_value=0, max_value=MOST_WHEELCHAIRS, required=False)
    return_of = forms.IntegerField(min_value=1, required=False)
    request = forms.IntegerField(min_value=1, required=False)

    def clean(self) -> dict[str, Any]:
        """Who rides in a wheelchair, or in a child seat, is one of the people."""
        data = super().clean() or {}
        people, wheelchairs = data.get("seats") or 1, data.get("wheelchairs") or 0
        if wheelchairs + (data.get("child_seats") or 0) > people:
            self.add_error("seats", _("Please count everybody: children and people in a wheelchair too."))
        return data

    def trip(self, origin: Place, max_walk_m: int = 800) -> TripRequest:
        """What the engine is asked."""
        data = self.cleaned_data
        earliest_at, latest_at = times.window(data["day"], data["time"], timezone.now())
        wheelchairs = data["wheelchairs"] or 0
        return TripRequest(
            origin=data["origin"] or origin,
            destination=data["to"],
            earliest_s=planner.epoch_s(earliest_at),
            latest_s=planner.epoch_s(latest_at),
            seats=(data["seats"] or 1) - wheelchairs,
            load=replace(data["load"], child_seats=data["child_seats"] or 0, wheelchairs=wheelchairs),
            max_walk_m=max_walk_m,
        )


def usual_origin(request: HttpRequest) -> Place | None:
    """Where this person started last, else the middle of the region; None before there is a region."""
    kept = request.session.get(ORIGIN)
    if kept:
        return streets.place_from(kept)
    manifest = place_names.manifest()
    if manifest is None:
        return None
    return streets.town_centre()


def remember_origin(request: HttpRequest, place: Place) -> None:
    """The next search starts here."""
    request.session[ORIGIN] = {"lat": place.lat, "lon": place.lon, "label": place.label, "osm_key": place.osm_key}


def form_facts(request: HttpRequest, **given: Any) -> dict[str, Any]:
    """What every template with the question needs."""
    origin = usual_origin(request)
    return {
        "days": times.coming_days(),
        "usual_origin": origin,
        "usual_origin_at": origin and place_names.as_field(origin),
        **given,
    }


def query_of(form: TripForm, trip: TripRequest) -> dict[str, str]:
    """The journey as it travels from page to page; what was left open stays open."""
    data = form.cleaned_data
    query = {
        "to": trip.destination.label,
        "to_at": place_names.as_field(trip.destination),
        "origin": trip.origin.label,
        "origin_at": place_names.as_field(trip.origin),
        "day": data["day"].isoformat(),
        "time": data["time"].strftime("%H:%M") if data["time"] else "",
        "seats": str(people_of(trip)),
        "load": loads.in_words(trip.load.litres, trip.load.length_cm).name,
        "child_seats": str(trip.load.child_seats or ""),
        "wheelchairs": str(trip.load.wheelchairs or ""),
        "return_of": str(data["return_of"] or ""),
        "request": str(data["request"] or ""),
    }
    return {name: text for name, text in query.items() if text}


def people_of(trip: TripRequest) -> int:
    """How many get on."""
    return trip.seats + trip.load.wheelchairs
