"""A person's own stream: numbers without gap, given inside the change's transaction, read after a cursor."""

from collections import Counter
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

# One statement makes the missing streams, locks all of them in the order of the people, and takes their numbers.
# A second statement, or another order, would let two transactions wait for each other.
TAKE_NUMBERS = """
    INSERT INTO realtime_stream (person_id, epoch, head, acked)
    SELECT person_id, gen_random_uuid(), news, 0
    FROM unnest(%s::bigint[], %s::bigint[]) AS wanted (person_id, news)
    ORDER BY person_id
    ON CONFLICT (person_id) DO UPDATE SET head = realtime_stream.head + excluded.head
    RETURNING person_id, head
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
    last = _take_numbers(Counter(item.person_id for item in wanted))
    following = {person_id: end - count for person_id, (end, count) in last.items()}
    rows = []
    for item in wanted:
        following[item.person_id] += 1
        rows.append(Event(stream_id=item.person_id, seq=following[item.person_id], kind=item.kind, refs=item.refs))
    Event.objects.bulk_create(rows)
    for person_id, seq in following.items():
        publish.hint(person_id, seq)


def _take_numbers(counts: Counter[int]) -> dict[int, tuple[int, int]]:
    """The last number and the amount of numbers now taken, for each person."""
    if not counts:
        return {}
    if len(counts) > MAX_PEOPLE:
        raise ValueError(f"News for {len(counts)} people in one transaction; {MAX_PEOPLE} are allowed: use a job.")
    people = sorted(counts)
    with connection.cursor() as cursor:
        cursor.execute(TAKE_NUMBERS, [people, [counts[person_id] for person_id in people]])
        return {person_id: (head, counts[person_id]) for person_id, head in cursor.fetchall()}


def head(person_id: int) -> Cursor:
    """Where the person's stream ends; the stream is made when there is none yet."""
    stream, _ = Stream.objects.get_or_create(person_id=person_id)
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
    """The person's page has shown everything up to `seq`; an older or an impossible number changes nothing."""
    Stream.objects.filter(person_id=person_id, acked__lt=seq, head__gte=seq).update(acked=seq)


def forget(before: datetime) -> int:
    """Delete the events made before that instant (UTC) and say how many; who still wanted them gets Resync."""
    with transaction.atomic():
        return Event.objects.filter(created_at__lt=before).delete()[0]
