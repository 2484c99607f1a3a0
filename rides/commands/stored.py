"""What makes a repeated command harmless: its answer, kept under its key.

Source: draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection
from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from psycopg import errors as pg

from rides.commands.answer import Answer, as_text, refusal
from rides.errors import RideError
from rides.models import IdempotencyKey

KEPT = timedelta(days=7)


class KeyReused(RideError):
    """The same idempotency key came with another body."""

    code = "idempotency_key_reused"
    status = 422
    sentence = _("This request was sent before with other content.")


class InProgress(RideError):
    """The first request with this key is still at work."""

    code = "in_progress"
    settled = False
    retry_after_s = 1
    sentence = _("This was sent before and is still being worked on. Please look again in a moment.")


@dataclass(frozen=True, slots=True)
class Key:
    """One person's idempotency key for one command and body; without a `name` nothing is looked up and nothing kept."""

    person_id: int
    name: str
    fingerprint: str

    def earlier(self) -> Answer | None:
        """What this command answered before, if it did."""
        if not self.name:
            return None
        row = IdempotencyKey.objects.filter(person=self.person_id, key=self.name).first()
        if row is None:
            return None
        if row.fingerprint != self.fingerprint:
            return refusal(KeyReused())
        return Answer(row.status, json.loads(row.answer), replayed=True)

    def claim(self) -> Answer | None:
        """First thing in the transaction of the effect: nobody else gets through with this key until it ends.

        Waits for who has it at this moment, and is his answer when he committed; raises InProgress when that takes
        longer than the lock timeout.
        """
        return None if not self.name else self._insert(0, "")

    def keep(self, answer: Answer) -> None:
        """The answer of the effect, in its transaction."""
        if self.name:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE rides_idempotencykey SET status = %s, answer = %s WHERE person_id = %s AND key = %s",
                    [answer.status, as_text(answer.data), self.person_id, self.name],
                )

    def keep_refusal(self, answer: Answer) -> Answer:
        """A refusal has no effect, so it is kept by itself; when another try has answered meanwhile, that one holds."""
        return (self._insert(answer.status, as_text(answer.data)) if self.name else None) or answer

    def _insert(self, status: int, text: str) -> Answer | None:
        """None when the key is ours now; else what is stored under it."""
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO rides_idempotencykey (person_id, key, fingerprint, status, answer, created_at)"
                    " VALUES (%s, %s, %s, %s, %s, now()) ON CONFLICT DO NOTHING",
                    [self.person_id, self.name, self.fingerprint, status, text],
                )
                if cursor.rowcount == 1:
                    return None
        except OperationalError as error:
            if isinstance(error.__cause__, pg.LockNotAvailable):
                raise InProgress from error
            raise
        stored = self.earlier()
        if stored is None:  # forgotten in this very moment
            raise InProgress
        return stored


def fingerprint_of(name: str, body: Any) -> str:
    """The same for every way to write the same body: order of names, time zone of an instant."""
    text = json.dumps([name, body], sort_keys=True, default=_canonical)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """Loud about what it does not know: the text of an object would differ from one process to the next."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return str(value.normalize())
    if isinstance(value, UUID):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, Model):
        return [value._meta.label, value.pk]
    raise TypeError(f"A command's body holds a {type(value).__name__}, which has no canonical form.")


def forget(now: datetime) -> int:
    """Drop the keys that nobody repeats any more; how many."""
    return IdempotencyKey.objects.filter(created_at__lt=now - KEPT).delete()[0]
