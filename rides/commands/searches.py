"""Keep a search, and drop it."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from rides.commands import bookings
from rides.commands.answer import Answer
from rides.commands.execute import execute
from rides.models import RideRequest
from rides.requests import journeys, searches
from rides.serializers.searches import SavedSearchOut


def keep_search(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """Tell me of new rides for this journey (`SavedSearchIn`)."""
    now = timezone.now()
    wanted = journeys.Wanted(
        kind=RideRequest.Kind.RIDE,
        origin=sent["origin"],
        destination=sent["destination"],
        earliest_at=sent.get("earliest_at") or now,
        latest_at=sent["latest_at"],
        seats=sent["seats"],
        load=bookings.load_from(sent),
        max_walk_m=sent["max_walk_m"],
    )
    hours = searches.Hours(tuple(sent.get("weekdays", ())), sent.get("first"), sent.get("last"))
    return execute(
        person=person, name="keep_search", body=sent, key=key,
        change=lambda: searches.keep(person=person, wanted=wanted, hours=hours, now=now),
        render=lambda kept: dict(SavedSearchOut(kept).data), status=201,
    )  # fmt: skip


def drop_search(person: User, search_id: int, key: str = "") -> Answer:
    """I no longer look for it."""
    return execute(
        person=person, name="drop_search", body=search_id, key=key,
        change=lambda: searches.drop(search_id=search_id, person=person),
        render=lambda _nothing: {},
    )  # fmt: skip
