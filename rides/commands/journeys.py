"""What a rider does with her request: other hours, more people, one way is enough, I am home."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import User
from rides.commands.answer import Answer
from rides.commands.execute import execute
from rides.models import RideRequest
from rides.requests import ride_requests, round_trips
from rides.serializers.requests import RequestOut


def hurry_request(person: User, request_id: int, key: str = "") -> Answer:
    """Ask more people at once."""
    return _step(person, "hurry_request", request_id, key, partial(ride_requests.hurry, rider=person))


def move_request(person: User, request_id: int, sent: dict[str, Any], key: str = "") -> Answer:
    """Other hours (`WindowIn`)."""
    return _step(person, "move_request", request_id, key, partial(ride_requests.move, rider=person, **sent), sent)


def one_is_enough(person: User, request_id: int, key: str = "") -> Answer:
    """Both or none no longer."""
    return _step(person, "one_is_enough", request_id, key, partial(round_trips.one_is_enough, rider_id=person.pk))


def say_home(person: User, request_id: int, key: str = "") -> Answer:
    """I am home."""
    return _step(person, "say_home", request_id, key, partial(round_trips.is_home, rider_id=person.pk))


def _step(
    person: User, name: str, request_id: int, key: str, change: Callable[..., RideRequest], sent: Any = None
) -> Answer:
    return execute(
        person=person,
        name=name,
        body=[request_id, sent] if sent else request_id,
        key=key,
        change=lambda: change(request_id=request_id, now=timezone.now()),
        render=lambda request: dict(RequestOut(request, context={"person": person}).data),
    )
