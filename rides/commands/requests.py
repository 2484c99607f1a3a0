"""Ask for a ride; answer a card."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import User
from rides import journeys, ride_requests
from rides.commands import bookings
from rides.commands.answer import Answer
from rides.commands.execute import execute
from rides.models import Asking, RideRequest
from rides.serializers.requests import AskingOut, RequestOut

WINDOW = timedelta(hours=2)
"""For who named only the earliest departure."""


def post_request(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """A wish (`RequestIn`) that drivers will hear of."""
    now = timezone.now()
    earliest_at = sent.get("earliest_at") or now
    wanted = journeys.Wanted(
        kind=sent["kind"],
        origin=sent["origin"],
        destination=sent["destination"],
        earliest_at=earliest_at,
        latest_at=sent.get("latest_at") or earliest_at + WINDOW,
        seats=sent["seats"],
        load=bookings.load_from(sent),
        max_walk_m=sent["max_walk_m"],
        note=sent["note"],
    )
    return execute(
        person=person, name="post_request", body=sent, key=key,
        change=lambda: ride_requests.post(rider=person, wanted=wanted, now=now),
        render=partial(_request, person), status=201,
    )  # fmt: skip


def cancel_request(person: User, request_id: int, key: str = "") -> Answer:
    """The wish is off."""
    return execute(
        person=person, name="cancel_request", body=request_id, key=key,
        change=lambda: ride_requests.cancel(request_id=request_id, rider=person, now=timezone.now()),
        render=partial(_request, person),
    )  # fmt: skip


def accept_asking(person: User, asking_id: int, key: str = "") -> Answer:
    """The driver takes the request along; the answer is the booking."""
    now = timezone.now()
    return execute(
        person=person, name="accept_asking", body=asking_id, key=key,
        prepare=lambda: ride_requests.prepare_accept(asking_id, person, now),
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


def _request(person: User, request: RideRequest) -> dict[str, Any]:
    return dict(RequestOut(request, context={"person": person}).data)


def _asking(person: User, asking: Asking) -> dict[str, Any]:
    return dict(AskingOut(asking, context={"person": person}).data)
