"""What rider and driver say at the kerb and after the ride; a journey that looks on."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import User
from rides.commands import bookings
from rides.commands.answer import Answer
from rides.commands.execute import execute
from rides.models import Booking, KerbSignal
from rides.serializers.requests import RequestOut
from rides.underway import completion, hand_over, kerb, no_shows


def say_at_kerb(person: User, booking_id: int, sent: dict[str, Any], key: str = "") -> Answer:
    """I am here, late, over there; nobody came (`SignalIn`)."""
    return _step(person, "say_at_kerb", booking_id, key, partial(kerb.say, **sent), sent)


def no_show(person: User, booking_id: int, key: str = "", *, note: str = "") -> Answer:
    """Nobody came: the same as saying so at the kerb."""
    return say_at_kerb(person, booking_id, {"kind": KerbSignal.Kind.NOBODY_CAME.value, "note": note}, key)


def aboard(person: User, booking_id: int, key: str = "", *, code: str = "") -> Answer:
    """The rider got on; where she has a code, the driver shows that he knows it."""
    change = partial(kerb.aboard, booking_id=booking_id, person=person, code=code)

    def look() -> None:
        if code:
            hand_over.count_try(booking_id=booking_id, person=person)

    return execute(
        person=person, name="aboard", body=[booking_id, code] if code else booking_id, key=key, prepare=look,
        change=lambda _nothing: change(now=timezone.now()), render=partial(bookings.as_seen_by, person),
    )  # fmt: skip


def want_code(person: User, booking_id: int, key: str = "", *, wanted: bool = True) -> Answer:
    """The rider wants a code for the hand-over, or none any more."""
    return _step(person, "want_code", booking_id, key, partial(hand_over.want, wanted=wanted), [wanted])


def got_off(person: User, booking_id: int, key: str = "") -> Answer:
    """The rider got off."""
    return _step(person, "got_off", booking_id, key, kerb.got_off)


def contradict(person: User, booking_id: int, key: str = "", *, note: str = "") -> Answer:
    """It is not so that nobody came."""
    return _step(person, "contradict", booking_id, key, partial(no_shows.contradict, note=note), note)


def took_place(person: User, booking_id: int, key: str = "") -> Answer:
    """The ride took place."""
    return _step(person, "took_place", booking_id, key, completion.took_place)


def did_not_happen(person: User, booking_id: int, key: str = "", *, note: str = "") -> Answer:
    """There was no ride."""
    return _step(person, "did_not_happen", booking_id, key, partial(completion.did_not_happen, note=note), note)


def look_on(person: User, request_id: int, key: str = "") -> Answer:
    """The journey is wanted after all."""
    return execute(
        person=person, name="look_on", body=request_id, key=key,
        change=lambda: no_shows.look_on(request_id=request_id, rider=person, now=timezone.now()),
        render=lambda request: dict(RequestOut(request, context={"person": person}).data),
    )  # fmt: skip


def _step(
    person: User, name: str, booking_id: int, key: str, change: Callable[..., Booking], sent: Any = None
) -> Answer:
    return execute(
        person=person,
        name=name,
        body=[booking_id, sent] if sent else booking_id,
        key=key,
        change=lambda: change(booking_id=booking_id, person=person, now=timezone.now()),
        render=partial(bookings.as_seen_by, person),
    )
