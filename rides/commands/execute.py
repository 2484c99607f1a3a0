"""The only durable transaction: idempotency key, domain call, stored answer (decision 0002).

Pages and API go through `execute`. What needs the road network is computed by `prepare`, outside of the transaction,
and handed to `change`, which finds out under its locks whether the plan is still that one.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _
from psycopg import errors as pg

from accounts.models import User
from rides import news, preconditions
from rides.commands.answer import Answer, plain, refusal
from rides.commands.stored import Key, fingerprint_of
from rides.errors import PlanChanged, RideError

__all__ = ["Answer", "by_itself", "execute"]

NEW_PLANS = 3
"""How often a command computes again when the plan has changed meanwhile."""
DEADLOCKS = 2
LOCK_TIMEOUT_S = 3


class Busy(RideError):
    """Someone else holds the ride for longer than we wait."""

    code = "busy"
    status = 503
    settled = False
    retry_after_s = 1
    sentence = _("Many people want this at once. Please try again.")


def execute(
    *,
    person: User,
    name: str,
    body: Any,
    change: Callable[..., Any],
    render: Callable[[Any], dict[str, Any]],
    prepare: Callable[[], Any] | None = None,
    enrich: Callable[[Answer], Answer] | None = None,
    key: str = "",
    status: int = 200,
) -> Answer:
    """Run one command, at most once for a `key`, and answer; never raises a RideError.

    `prepare()` may search the road network and may raise a RideError; `change(prepared)`, or `change()` without a
    `prepare`, is the domain call. `render` makes the answer's JSON inside the same transaction. A RideError rolls
    everything back; then `enrich(refusal)` may search for what helps the person on, outside of any transaction, and
    what it returns is stored unless the refusal is about this moment only (`RideError.settled`).
    """
    mine = Key(person.pk, key, fingerprint_of(name, body) if key else "")
    plans, deadlocks = NEW_PLANS, DEADLOCKS
    while True:
        try:
            preconditions.look_early()
            return _run(mine, _call(prepare, change), render, status)
        except PlanChanged as error:
            if not plans:
                return refusal(error)
            plans -= 1
        except RideError as error:
            return _refused(mine, error, enrich)
        except OperationalError as error:
            if isinstance(error.__cause__, pg.LockNotAvailable):
                return refusal(Busy())
            if not isinstance(error.__cause__, pg.DeadlockDetected) or not deadlocks:
                raise
            deadlocks -= 1


def _call(prepare: Callable[[], Any] | None, change: Callable[..., Any]) -> Callable[[], Any]:
    if prepare is None:
        return change
    prepared = prepare()
    return lambda: change(prepared)


def _run(mine: Key, call: Callable[[], Any], render: Callable[[Any], dict[str, Any]], status: int) -> Answer:
    with transaction.atomic(durable=True):
        _wait_no_longer()
        if earlier := mine.claim():
            return earlier
        with news.gathering(), preconditions.under_lock():
            answer = Answer(status, plain(render(call())))
        mine.keep(answer)
        return answer


def _refused(mine: Key, error: RideError, enrich: Callable[[Answer], Answer] | None) -> Answer:
    if earlier := mine.earlier():  # the first time it went well, and that is why it cannot be done again
        return earlier
    answer = refusal(error)
    if enrich:
        answer = enrich(answer)
        answer = replace(answer, data=plain(answer.data))
    if not error.settled or answer.status >= 500:
        return answer
    try:
        with transaction.atomic(durable=True):
            _wait_no_longer()
            return mine.keep_refusal(answer)
    except RideError as busy:
        return refusal(busy)


def _wait_no_longer() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_S}s'")


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
