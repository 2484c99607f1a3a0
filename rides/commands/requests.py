"""Ask for a ride; answer a card."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import User
from rides.commands import bookings
from rides.commands.answer import Answer
from rides.commands.execute import execute
from rides.models import Asking, RideRequest
from rides.requests import cards, journeys, ride_requests
from rides.serializers.requests import AskingOut, RequestOut
from routing.plan import Place

WINDOW = timedelta(hours=2)
"""For who named only the earliest departure."""


def post_request(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """A wish (`RequestIn`) that drivers will hear of; with `return_earliest_at` a way out and its way back."""
    now = timezone.now()
    trip = ride_requests.Trip(
        out=_wanted(sent, sent["origin"], sent["destination"], sent.get("earliest_at") or now, sent.get("latest_at")),
        back=_way_back(sent),
        both_or_none=sent.get("both_or_none", False),
        stage=sent.get("ask_first", ""),
        return_of=sent.get("return_of"),
    )
    return execute(
        person=person, name="post_request", body=sent, key=key,
        change=lambda: ride_requests.post(rider=person, trip=trip, now=now),
        render=partial(_request, person), status=201,
    )  # fmt: skip


def cancel_request(person: User, request_id: int, key: str = "") -> Answer:
    """The wish is off."""
    return execute(
        person=person, name="cancel_request", body=request_id, key=key,
        change=lambda: ride_requests.cancel(request_id=request_id, rider=person, now=timezone.now()),
        render=partial(_request, person),
    )  # fmt: skip


def accept_asking(person: User, asking_id: int, key: str = "", *, anyway: bool = False) -> Answer:
    """The driver takes the request along; the answer is the booking. `anyway`: see `accept_booking`."""
    now = timezone.now()
    return execute(
        person=person, name="accept_asking", body=[asking_id, anyway] if anyway else asking_id, key=key,
        prepare=lambda: ride_requests.prepare_accept(asking_id, person, now, anyway=anyway),
        change=lambda prepared: ride_requests.accept(
            asking_id=asking_id, driver=person, prepared=prepared, now=now
        ),
        render=partial(bookings.as_seen_by, person),
    )  # fmt: skip


def decline_asking(person: User, asking_id: int, key: str = "") -> Answer:
    """Not this time."""
    return execute(
        person=person, name="decline_asking", body=asking_id, key=key,
        change=lambda: ride_requests.decline(asking_id=asking_id, driver=person),
        render=partial(_asking, person),
    )  # fmt: skip


def put_off_asking(person: User, asking_id: int, key: str = "") -> Answer:
    """Later."""
    return execute(
        person=person, name="put_off_asking", body=asking_id, key=key,
        change=lambda: cards.put_off(asking_id=asking_id, driver=person, now=timezone.now()),
        render=partial(_asking, person),
    )  # fmt: skip


def _way_back(sent: dict[str, Any]) -> journeys.Wanted | None:
    if not sent.get("return_earliest_at"):
        return None
    return _wanted(sent, sent["destination"], sent["origin"], sent["return_earliest_at"], sent.get("return_latest_at"))


def _wanted(
    sent: dict[str, Any], origin: Place, destination: Place, earliest_at: datetime, latest_at: datetime | None
) -> journeys.Wanted:
    return journeys.Wanted(
        kind=sent["kind"],
        origin=origin,
        destination=destination,
        earliest_at=earliest_at,
        latest_at=latest_at or earliest_at + WINDOW,
        seats=sent["seats"],
        load=bookings.load_from(sent),
        max_walk_m=sent["max_walk_m"],
        note=sent["note"],
    )


def _request(person: User, request: RideRequest) -> dict[str, Any]:
    return dict(RequestOut(request, context={"person": person}).data)


def _asking(person: User, asking: Asking) -> dict[str, Any]:
    return dict(AskingOut(asking, context={"person": person}).data)
