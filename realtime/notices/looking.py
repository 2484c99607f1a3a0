"""Which news nobody has seen on a page, and by which ways it goes out."""

import hashlib
import json
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import Error as DatabaseProblem
from django.db import transaction
from django.utils import timezone, translation

from realtime.models import Call, Event, Message, PushSubscription, Stream
from realtime.notices import callers, calls, choices, jobs, readers, vapid
from realtime.notices.choices import Choices, Mail
from realtime.notices.readers import Notice, Subject
from realtime.registry import Person

logger = logging.getLogger(__name__)
GRACE = timedelta(seconds=6)
"""So long an open page has to say that it has shown the event."""
AT_ONCE = 200  # events
SAID_ONCE = timedelta(days=1)


def look(now: datetime) -> int:
    """Turn events that are old enough into messages; returns how many events were considered.

    Events are read without a lock, since reading how they are told takes time; then they are claimed, and who claimed
    them writes their messages and jobs in the same transaction.
    """
    old_enough = Event.objects.filter(considered=False, created_at__lte=now - GRACE)
    events = list(old_enough.order_by("pk")[:AT_ONCE])
    planned = dict(_plan(events, now))
    with transaction.atomic():
        unclaimed = Event.objects.filter(pk__in=[event.pk for event in events], considered=False)
        claimed = set(unclaimed.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Event.objects.filter(pk__in=claimed).update(considered=True)
        rows = [row for event_id in claimed for row in planned.get(event_id, ())]
        for message in Message.objects.bulk_create(rows):
            jobs.deliver(message)
    return len(events)


def render(message_or_event: Event | Message | Call, person: Person, told_at: datetime) -> Notice | None:
    """As it reads for her now, in her language; None when there is nothing to tell."""
    zone = readers.zone()
    with translation.override(person.language), timezone.override(zone):
        return readers.read(message_or_event.kind, message_or_event.refs, person, told_at)


def hash_of(kind: str, refs: object, notice: Notice) -> str:
    text = json.dumps([kind, refs, notice.title, notice.body], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plan(events: Sequence[Event], now: datetime) -> Iterator[tuple[int, list[Message]]]:
    """For each event that has to go out, its messages; of a thing that changed twice only the last event counts."""
    last = {(event.stream_id, event.kind, json.dumps(event.refs, sort_keys=True)): event for event in events}
    ids = {event.stream_id for event in last.values()}
    if not ids:
        return
    people = get_user_model()._default_manager.filter(is_active=True).in_bulk(ids)
    acked = dict(Stream.objects.filter(pk__in=ids).values_list("pk", "acked"))
    chosen, devices, said = choices.of_people(ids), _devices(ids), _said(ids, now)
    by_phone = callers.among(ids)
    for event in last.values():
        subject = readers.subject_of(event.kind)
        person = people.get(event.stream_id)
        if person is None or subject is None or event.seq <= acked[event.stream_id]:
            continue
        notice = _read(event, person)
        if notice is None or (person.pk, hash_of(event.kind, event.refs, notice)) in said:
            continue
        is_called = person.pk in by_phone and event.kind != calls.KIND
        yield event.pk, list(_messages(event, notice, subject, chosen[person.pk], devices[person.pk], now, is_called))


def _read(event: Event, person: Person) -> Notice | None:
    try:
        return render(event, person, event.created_at)
    except DatabaseProblem:
        raise  # the next look tries again
    except Exception:  # a bug in one reader must not stop everything behind it
        logger.exception("Event %s could not be read, and is told on pages only.", event)
        return None


def _messages(
    event: Event,
    notice: Notice,
    subject: Subject,
    chosen: Choices,
    devices: list[PushSubscription],
    now: datetime,
    is_called: bool,
) -> Iterator[Message]:
    """One for each device, or a letter, as she has chosen; or a call, unless she wants to hear nothing of it."""
    zone, ways = readers.zone(), chosen.of(subject)
    due_at = choices.quiet_until(chosen.hours, now, zone) or now
    if notice.urgent or (notice.before is not None and notice.before <= due_at):
        due_at = now
    woken = devices if ways.push else []

    def message(way: Message.Way, at: datetime, device: PushSubscription | None = None) -> Message:
        return Message(
            person_id=event.stream_id,
            seq=event.seq,
            kind=event.kind,
            refs=event.refs,
            told_at=event.created_at,
            said=hash_of(event.kind, event.refs, notice),
            way=way,
            subscription=device,
            due_at=at,
        )

    if is_called:
        if ways.push or ways.mail != Mail.NEVER:
            yield message(Message.Way.CALL, due_at)
        return
    for device in woken:
        yield message(Message.Way.PUSH, due_at, device)
    if ways.mail == Mail.ALWAYS or (ways.mail == Mail.INSTEAD and not woken):
        yield message(Message.Way.MAIL, due_at)
    elif ways.mail == Mail.DAILY:
        yield message(Message.Way.DIGEST, choices.next_time(chosen.hours.digest_at, now, zone))


def _devices(people: set[int]) -> dict[int, list[PushSubscription]]:
    found: dict[int, list[PushSubscription]] = defaultdict(list)
    if vapid.is_on():
        for device in PushSubscription.objects.filter(person__in=people).order_by("pk"):
            found[device.person_id].append(device)
    return found


def _said(people: set[int], now: datetime) -> set[tuple[int, str]]:
    """What they were told, or will be, word for word."""
    told = Message.objects.filter(person__in=people, told_at__gt=now - SAID_ONCE)
    return set(told.filter(state__in=["waiting", "delivered"]).values_list("person_id", "said"))
