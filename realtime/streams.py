"""A person's own stream: numbers without gap, given inside the change's transaction, read after a cursor."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.db import connection, transaction

from realtime import publish, registry
from realtime.models import Event, Stream

MAX_PEOPLE = 50  # a transaction; wider fan-out is a job in chunks
MAX_BEHIND = 1000  # events; who is further behind fetches the page anew
RETENTION = timedelta(days=7)

# One statement makes the missing streams, locks all of them in the order of the people, takes their numbers and gives
# them to the news. A second statement for the locks, or another order, would let two transactions wait for each other.
APPEND = """
    WITH told AS MATERIALIZED (
        SELECT *, row_number() OVER (PARTITION BY person_id ORDER BY position) AS nth
        FROM unnest(%s::bigint[], %s::text[], %s::jsonb[]) WITH ORDINALITY AS told (person_id, kind, refs, position)
    ), numbers AS (
        INSERT INTO realtime_stream (person_id, epoch, head, acked)
        SELECT person_id, gen_random_uuid(), count(*), 0 FROM told GROUP BY person_id ORDER BY person_id
        ON CONFLICT (person_id) DO UPDATE SET head = realtime_stream.head + excluded.head
        RETURNING person_id, head
    ), events AS (
        INSERT INTO realtime_event (stream_id, seq, kind, refs, created_at)
        SELECT person_id, head - count(*) OVER (PARTITION BY person_id) + nth, kind, refs, now()
        FROM told JOIN numbers USING (person_id)
    )
    SELECT person_id, head FROM numbers
"""

# Each card that a page shows is acknowledged, so there are more of these than of anything else. One that is lost with
# the machine costs a letter about what was seen, and nobody waits for the disk meanwhile.
ACKNOWLEDGE = """
    WITH at_ease AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
    UPDATE realtime_stream SET acked = %s FROM at_ease WHERE person_id = %s AND acked < %s AND head >= %s
"""


@dataclass(frozen=True, slots=True)
class News:
    """What one person has to hear: a registered kind, and the ids its renderer needs."""

    person_id: int
    kind: str
    refs: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where somebody is in a stream; written `<epoch>:<seq>`."""

    epoch: UUID
    seq: int

    @classmethod
    def parse(cls, text: str) -> Self:
        epoch, _, seq = text.partition(":")
        if not (seq.isascii() and seq.isdigit() and len(seq) < 19):
            raise ValueError(f"Cursor {text!r} is not <epoch>:<number>.")
        return cls(UUID(epoch), int(seq))

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seq}"


@dataclass(frozen=True, slots=True)
class Page:
    """The events right after a cursor, in order; `end` is the cursor behind the last of them."""

    events: tuple[Event, ...]
    end: Cursor
    head: int


@dataclass(frozen=True, slots=True)
class Resync:
    """What was missed can no longer be told event by event: fetch everything, then go on from `head`."""

    head: Cursor


def append(news: Iterable[News]) -> None:
    """Give each person their news, numbered, in the order given; call it once, last, in the transaction of the change.

    The numbers come from locked rows: nobody else can give the next one before this transaction ends, and if it
    rolls back they were never taken.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("streams.append belongs in the transaction of the change it tells of.")
    wanted = list(news)
    for item in wanted:
        registry.require_event(item.kind)
    if not wanted:
        return
    people = [item.person_id for item in wanted]
    if len(set(people)) > MAX_PEOPLE:
        raise ValueError(f"News for {len(set(people))} people in one transaction; {MAX_PEOPLE} are allowed: use a job.")
    with connection.cursor() as cursor:
        cursor.execute(APPEND, [people, [item.kind for item in wanted], [json.dumps(item.refs) for item in wanted]])
        for person_id, seq in cursor.fetchall():
            publish.hint(person_id, seq)


def head(person_id: int) -> Cursor:
    """Where the person's stream ends; the stream is made when there is none yet."""
    stream, _ = Stream.objects.get_or_create(person_id=person_id)
    return Cursor(stream.epoch, stream.head)


def greet(person_id: int, shown: Cursor | None) -> Cursor:
    """As `head`; what the page was drawn with (`shown`) is acknowledged."""
    stream, _ = Stream.objects.get_or_create(person_id=person_id)
    if shown and shown.epoch == stream.epoch and shown.seq > stream.acked:
        acknowledge(person_id, shown.seq)
    return Cursor(stream.epoch, stream.head)


def read(person_id: int, after: Cursor, limit: int = 100) -> Page | Resync:
    """At most `limit` events after the cursor, or Resync when it is of another stream, or too far behind, or ahead."""
    end = head(person_id)
    missed = end.seq - after.seq
    if after.epoch != end.epoch or not 0 <= missed <= MAX_BEHIND:
        return Resync(end)
    rows = tuple(Event.objects.filter(stream_id=person_id, seq__gt=after.seq, seq__lte=end.seq).order_by("seq")[:limit])
    expected = range(after.seq + 1, after.seq + 1 + min(missed, limit))
    if [row.seq for row in rows] != list(expected):
        return Resync(end)  # some were forgotten already
    return Page(rows, Cursor(end.epoch, after.seq + len(rows)), end.seq)


def acknowledge(person_id: int, seq: int) -> None:
    """The person's page has shown everything up to `seq`; an older or an impossible number changes nothing.

    Not inside a transaction with anything else in it: its commit would not wait for the disk either.
    """
    with connection.cursor() as cursor:
        cursor.execute(ACKNOWLEDGE, [seq, person_id, seq, seq])


def forget(before: datetime) -> int:
    """Delete the events made before that instant (UTC) and say how many; who still wanted them gets Resync."""
    with transaction.atomic():
        return Event.objects.filter(created_at__lt=before).delete()[0]
