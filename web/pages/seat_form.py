"""The form of who takes a seat: who comes along, what they bring, and whether they come back."""

import json
from dataclasses import asdict, replace
from typing import Any

from django import forms
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rides import streets
from rides.models import RideOffer
from routing.plan import Place, TripRequest
from web import place_names, times
from web.fields import WeekdaysField
from web.pages import trips

MAX_WALK_M = 800
MOST_COMPANIONS, LONGEST_NAME = 7, 40
COUNTED = ("child_seats", "wheelchairs")
"""Fields whose people are among those of `seats`."""


class NamesField(forms.CharField):
    """ "Ana, Ben" → ["Ana", "Ben"]."""

    def clean(self, value: Any) -> Any:
        names = [name.strip()[:LONGEST_NAME] for name in str(super().clean(value) or "").split(",")]
        return [name for name in names if name][:MOST_COMPANIONS]


class SeatForm(trips.TripForm):
    """A journey on one ride; `back` is when somebody wants to return, `both` whether one way alone is of no use."""

    companions = NamesField(label=_("First names of who comes along"), max_length=300, required=False)
    back = forms.TimeField(required=False)
    both = forms.BooleanField(required=False)
    every = WeekdaysField()

    def sent(self, offer_id: int, trip: TripRequest) -> dict[str, Any]:
        """As the commands want it."""
        data = self.cleaned_data
        return {
            "offer": offer_id,
            "origin": trip.origin,
            "destination": trip.destination,
            "seats": trip.seats,
            **asdict(trip.load),
            "max_walk_m": MAX_WALK_M,
            "companions": data["companions"],
            "both_or_none": data["both"],
            **{name: data[name] for name in ("request", "return_of") if data[name]},
            **self._wanted_time(),
        }

    def sent_weekly(self, trip: TripRequest, series_id: int, *, way_back: bool) -> dict[str, Any]:
        """As `take_standing` wants it."""
        data = self.cleaned_data
        return {
            "series": series_id,
            "origin": trip.origin,
            "destination": trip.destination,
            "weekdays": data["every"],
            "starts_on": data["day"],
            "way_back": way_back,
            "seats": trip.seats,
            **asdict(trip.load),
            "companions": data["companions"],
            "max_walk_m": MAX_WALK_M,
        }

    def for_hold(self, trip: TripRequest) -> str:
        """What of it the browser cannot know when it asks for a hold, as JSON."""
        ends = {"origin": trip.origin, "destination": trip.destination}
        places = {
            name: {"lat": end.lat, "lon": end.lon, "label": end.label, "osm_key": end.osm_key}
            for name, end in ends.items()
        }
        hours = {name: at.isoformat() for name, at in self._wanted_time().items()}
        return json.dumps(places | hours | {"max_walk_m": MAX_WALK_M})

    def _wanted_time(self) -> dict[str, Any]:
        """The hour that was asked for, never "now": the same tap twice must send the same."""
        day, hour = self.cleaned_data["day"], self.cleaned_data["time"]
        if hour is None:
            return {}
        wanted = times.at(day, hour)
        return {"earliest_at": wanted - times.BEFORE, "latest_at": wanted + times.AFTER}


def form_for(data: Any, offer: RideOffer) -> SeatForm:
    """What was asked for; somebody who came from the map rides the whole way, on the day of the ride."""
    given = data.copy()
    first, last = ends(offer)
    given.setdefault("to", last.label)
    given.setdefault("to_at", place_names.as_field(last))
    if "origin" not in given:
        given["origin"], given["origin_at"] = first.label, place_names.as_field(first)
    given.setdefault("day", timezone.localdate(offer.departs_at, times.zone()).isoformat())
    return SeatForm(given)


def without_mistakes(data: Any, form: SeatForm, offer: RideOffer) -> SeatForm:
    """The same form with its defaults where something was wrong; 404 when it is the journey itself."""
    given = data.copy()
    for name in [*form.errors, *(COUNTED if "seats" in form.errors else ())]:
        given.pop(name, None)
    again = form_for(given, offer)
    if not again.is_valid():
        raise Http404
    return again


def trip_of(form: SeatForm, offer: RideOffer) -> TripRequest:
    """The journey; 404 for an address that somebody made up."""
    if not form.is_valid():
        raise Http404
    return form.trip(ends(offer)[0], MAX_WALK_M)


def ends(offer: RideOffer) -> tuple[Place, Place]:
    """Where the ride starts and ends for everybody; a public place keeps its name on the map."""
    stops = sorted(offer.stops.all(), key=lambda stop: stop.sequence)
    first, last = (
        replace(streets.public(place), osm_key="" if place.private else place.osm_key)
        for place in (stops[0].place, stops[-1].place)
    )
    return first, last
