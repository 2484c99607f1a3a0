"""The only durable transaction: idempotency key, domain call in a savepoint, stored answer (decision 0002).

Pages and API go through `execute`. What needs the road network is computed by `prepare`, outside of the transaction,
and handed to `change`, which finds out under its locks whether the plan is still that one.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import errors as pg

from accounts.models import User
from rides import news
from rides.errors import PlanChanged, RideError
from rides.models import IdempotencyKey

NEW_PLANS = 3
"""How often a command computes again when the plan has changed meanwhile."""
DEADLOCKS = 2
LOCK_TIMEOUT_S = 3


class KeyReused(RideError):
    """The same idempotency key came with another body."""

    code = "idempotency_key_reused"
    status = 422
    sentence = _("This request was sent before with other content.")


class Busy(RideError):
    """Someone else holds the ride for longer than we wait."""

    code = "busy"
    status = 503
    sentence = _("Many people want this at once. Please try again.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered: HTTP status and JSON. A refusal has `code` and `detail`."""

    status: int
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.status < 400


def execute(
    *,
    person: User,
    name: str,
    body: Any,
    change: Callable[..., Any],
    render: Callable[[Any], dict[str, Any]],
    prepare: Callable[[], Any] | None = None,
    key: str = "",
    status: int = 200,
) -> Answer:
    """Run one command, at most once for a `key`, and answer; never raises a RideError.

    `prepare()` may search the road network and may raise a RideError; `change(prepared)`, or `change()` without a
    `prepare`, is the domain call. `render` makes the answer's JSON inside the same transaction.
    """
    fingerprint = hashlib.sha256(json.dumps([name, body], sort_keys=True, default=str).encode()).hexdigest()
    plans, deadlocks = NEW_PLANS, DEADLOCKS
    while True:
        if key and (earlier := _earlier_answer(person, key, fingerprint)):
            return earlier
        try:
            call = _call(prepare, change)
        except RideError as error:
            return refusal(error)
        try:
            return _run(person, key, fingerprint, call, render, status)
        except PlanChanged as error:
            if not plans:
                return refusal(error)
            plans -= 1
        except OperationalError as error:
            if isinstance(error.__cause__, pg.LockNotAvailable):
                return refusal(Busy())
            if not isinstance(error.__cause__, pg.DeadlockDetected) or not deadlocks:
                raise
            deadlocks -= 1


def refusal(error: RideError) -> Answer:
    """A RideError as an answer."""
    return Answer(error.status, {"code": error.code, "detail": str(error.sentence), **error.data})


def _call(prepare: Callable[[], Any] | None, change: Callable[..., Any]) -> Callable[[], Any]:
    if prepare is None:
        return change
    prepared = prepare()
    return lambda: change(prepared)


def _earlier_answer(person: User, key: str, fingerprint: str) -> Answer | None:
    row = IdempotencyKey.objects.filter(person=person, key=key, status__gt=0).first()
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        return refusal(KeyReused())
    return Answer(row.status, row.answer)


def _run(
    person: User,
    key: str,
    fingerprint: str,
    call: Callable[[], Any],
    render: Callable[[Any], dict[str, Any]],
    status: int,
) -> Answer:
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_S}s'")
        if key and not _claim(person, key, fingerprint):
            return _earlier_answer(person, key, fingerprint) or refusal(Busy())
        try:
            with transaction.atomic(), news.gathering():
                answer = Answer(status, _plain(render(call())))
        except PlanChanged:
            raise  # nothing is stored: the command is run again
        except RideError as error:
            answer = refusal(error)
        if key:
            IdempotencyKey.objects.filter(person=person, key=key).update(status=answer.status, answer=answer.data)
        return answer


def _claim(person: User, key: str, fingerprint: str) -> bool:
    """Insert the key; waits for whoever is inserting it at this moment, and is False when he committed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rides_idempotencykey (person_id, key, fingerprint, status, answer, created_at)"
            " VALUES (%s, %s, %s, 0, '{}', now()) ON CONFLICT DO NOTHING",
            [person.pk, key, fingerprint],
        )
        return bool(cursor.rowcount == 1)


def _plain(data: Any) -> Any:
    return json.loads(json.dumps(data, cls=DjangoJSONEncoder))


def by_itself(change: Callable[[], Any]) -> Any:
    """What no person asked for (a deadline, a match): the same durable transaction, without a key; may raise."""
    for last in (*[False] * DEADLOCKS, True):
        try:
            with transaction.atomic(durable=True), news.gathering():
                return change()
        except OperationalError as error:
            if last or not isinstance(error.__cause__, pg.DeadlockDetected):
                raise
    raise AssertionError("unreachable")
