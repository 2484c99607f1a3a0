"""Call somebody who has no device; say who is called, and by whom."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import ByPhone, User
from realtime.models import Call
from rides import calls
from rides.commands.answer import Answer
from rides.commands.execute import execute
from rides.serializers.calls import CallOut


def know_call(person: User, call_id: int, key: str = "", *, seq: int) -> Answer:
    """She was told what the news of this number says."""
    return _step(person, "know_call", call_id, key, partial(calls.knows, seq=seq), seq)


def no_answer_call(person: User, call_id: int, key: str = "") -> Answer:
    """She did not pick up."""
    return _step(person, "no_answer_call", call_id, key, calls.no_answer)


def take_back_call(person: User, call_id: int, key: str = "") -> Answer:
    """She was not told after all."""
    return _step(person, "take_back_call", call_id, key, calls.take_back)


def set_called(person: User, person_id: int, sent: dict[str, Any], key: str = "") -> Answer:
    """She is called at `phone`, first by `helper` (an id, or None)."""
    wanted = {"phone": sent["phone"], "helper_id": sent["helper"]}
    change = partial(calls.set_called, person_id=person_id, by=person, **wanted)
    return execute(
        person=person, name="set_called", body=[person_id, sent], key=key,
        change=lambda: change(now=timezone.now()), render=_who,
    )  # fmt: skip


def call_no_more(person: User, person_id: int, key: str = "") -> Answer:
    """She is called no more."""
    return execute(
        person=person, name="call_no_more", body=person_id, key=key,
        change=lambda: calls.call_no_more(person_id=person_id, by=person), render=lambda _person: {},
    )  # fmt: skip


def help_by_phone(person: User, person_id: int, yes: bool, key: str = "") -> Answer:
    """I call her, or not."""
    change = partial(calls.help_by_phone, person_id=person_id, helper=person, yes=yes)
    return execute(
        person=person, name="help_by_phone", body=[person_id, yes], key=key,
        change=lambda: change(now=timezone.now()), render=_who,
    )  # fmt: skip


def _step(person: User, name: str, call_id: int, key: str, change: Callable[..., Call], *body: Any) -> Answer:
    def render(call: Call) -> dict[str, Any]:
        return dict(CallOut(calls.shown_to(person).get(pk=call.pk), context={"person": person}).data)

    return execute(
        person=person, name=name, body=[call_id, *body], key=key, render=render,
        change=lambda: change(call_id=call_id, person=person, now=timezone.now()),
    )  # fmt: skip


def _who(row: ByPhone) -> dict[str, Any]:
    return {"person": row.person_id, "helper": row.helper_id, "agreed": row.helper_agreed_at is not None}
