"""A request of mine as it travels from page to page: the same journey on another ride, or its way back."""

from datetime import datetime

from django.utils import timezone

from accounts.models import Place
from rides.models import RideRequest
from web import loads, place_names, times


def query_of(journey: RideRequest) -> dict[str, str]:
    """The same journey, looked for on other rides; whoever books goes on with this request."""
    day = timezone.localdate(journey.earliest_at, times.zone())
    return _query(journey, journey.origin, journey.destination, day=day.isoformat(), request=str(journey.pk))


def way_back_of(journey: RideRequest, arrives_at: datetime, back: str = "") -> dict[str, str]:
    """The way back, around `back` ("18:30") or a while after the arrival."""
    leaves = timezone.localtime(arrives_at + times.A_WHILE, times.zone())
    hour = back or leaves.strftime("%H:%M")
    day = leaves.date().isoformat()
    return _query(journey, journey.destination, journey.origin, day=day, time=hour, return_of=str(journey.pk))


def _query(journey: RideRequest, origin: Place, destination: Place, **more: str) -> dict[str, str]:
    query = {
        "origin": origin.label,
        "origin_at": place_names.as_field(origin),
        "to": destination.label,
        "to_at": place_names.as_field(destination),
        "seats": str(max(journey.people, 1)),
        "load": loads.in_words(journey.litres, journey.length_cm).name,
        "child_seats": str(journey.child_seats or ""),
        "wheelchairs": str(journey.wheelchairs or ""),
        **more,
    }
    return {name: text for name, text in query.items() if text}
