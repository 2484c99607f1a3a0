"""How often somebody may ask, counted for all processes together in one table.

The generic cell rate algorithm (ITU-T I.371, Annex A), a leaky bucket that needs one instant a row. Each request is one
statement, which PostgreSQL runs as if it were alone: two processes together let no more through than one.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import Error, connection

from accounts.models import Bucket

logger = logging.getLogger(__name__)

_POUR = """
WITH clock AS MATERIALIZED (
    SELECT coalesce(%(now)s, statement_timestamp()) AS now
), poured AS (
    INSERT INTO accounts_bucket AS bucket (key, empty_at)
    SELECT %(key)s, now + %(drop)s FROM clock
    ON CONFLICT (key) DO UPDATE SET empty_at = greatest(bucket.empty_at + %(drop)s, excluded.empty_at)
    WHERE greatest(bucket.empty_at + %(drop)s, excluded.empty_at) <= (SELECT now FROM clock) + %(room)s
    RETURNING empty_at
)
SELECT true, empty_at - now FROM poured, clock
UNION ALL
SELECT false, empty_at - now FROM accounts_bucket, clock WHERE key = %(key)s AND NOT EXISTS (SELECT FROM poured)
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a minute for as long as one likes, and `burst` at once after a rest."""

    per_minute: int
    burst: int

    @property
    def drop(self) -> timedelta:
        """The time in which one request leaks out."""
        return timedelta(minutes=1) / self.per_minute

    @property
    def room(self) -> timedelta:
        """What the bucket holds."""
        return self.drop * self.burst


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether this one passes, how many more would at once, until when the next waits, and until all is as at first."""

    passes: bool
    left: int
    wait: timedelta
    rest: timedelta


def spend(key: str, rate: Rate, now: datetime | None = None) -> Verdict | None:
    """One request of `key`; by the database's clock unless `now` is given. None when nobody can count.

    Then the request passes: a limit that fails must not be what stops the site.
    """
    values: dict[str, Any] = {"key": key, "now": now, "drop": rate.drop, "room": rate.room}
    try:
        with connection.cursor() as cursor:
            cursor.execute(_POUR, values)
            row = cursor.fetchone()
    except Error as error:
        logger.warning("Requests cannot be counted, so all of them pass: %s", error)
        return None
    passes, rest = row or (False, rate.room)  # no row: its first request is being written at this moment
    left = max((rate.room - rest) // rate.drop, 0)
    return Verdict(passes, left, max(rest + rate.drop - rate.room, timedelta()), rest)


def forget(now: datetime) -> int:
    """Drop the buckets that are empty, which is how everybody begins."""
    return Bucket.objects.filter(empty_at__lt=now).delete()[0]
