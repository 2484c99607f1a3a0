"""Carry out one message: delivered, dropped, tried again, or reported as failed; never forgotten (I10).

A row says what is still to do, and a job says when. A worker that is killed in between leaves its job behind, which is
taken up by another: so a message may come twice, and a browser shows both as one, by their `tag`.
"""

import logging
from datetime import datetime, timedelta

from django.db import Error as DatabaseProblem
from django.db import transaction
from django.db.models import QuerySet

from realtime.models import Call, Message, PushSubscription, Stream
from realtime.notices import calls, choices, jobs, letters, looking, readers, vapid
from realtime.notices.choices import Mail
from realtime.notices.outcome import Delivered, Dropped, Failed, Gone, Outcome, TryAgain
from realtime.notices.readers import Notice

logger = logging.getLogger(__name__)
BACKOFF_S = (30, 120, 600, 3600, 4 * 3600)
LONGEST_WAIT_S = 24 * 3600  # whatever the other side asks for
OVERDUE = timedelta(minutes=15)
State, Way = Message.State, Message.Way


def deliver(message_id: int, now: datetime) -> None:
    """Bring it on its way, if it still is to be told."""
    message = Message.objects.select_related("person", "subscription").filter(pk=message_id, state=State.WAITING)
    found = message.first()
    if found is None or found.due_at > now:
        return
    if found.way == Way.DIGEST:
        _deliver_digest(found, now)
    else:
        settle(found, _send(found, now), now)


def _send(message: Message, now: datetime) -> Outcome:
    try:
        notice = still(message)
        if notice is None:
            return Dropped("no longer news")
        if message.way == Way.MAIL:
            return letters.send(message, notice)
        if message.way == Way.CALL:
            return calls.put(message, notice, now)
        if message.subscription is None:
            return Gone("the device was removed")
        if not vapid.is_on():
            return Failed("push is switched off")
        from realtime.notices import push  # its libraries are large, and only workers need them

        return push.send(message, message.subscription, urgent=notice.urgent)
    except DatabaseProblem:
        raise  # nothing could be written down either: the job comes again
    except Exception as bug:
        logger.exception("Message %s could not be sent.", message.pk)
        return TryAgain(type(bug).__name__)


def _deliver_digest(one: Message, now: datetime) -> None:
    """All that is due for this person, in one letter."""
    due = Message.objects.filter(person=one.person_id, way=Way.DIGEST, state=State.WAITING, due_at__lte=now)
    messages = list(due.select_related("person").order_by("seq"))
    notices = [(message, still(message)) for message in messages]
    told = [(message, notice) for message, notice in notices if notice is not None]
    outcome: Outcome = letters.send_digest(one.person, told) if told else Dropped("no longer news")
    for message, notice in notices:
        settle(message, outcome if notice is not None else Dropped("no longer news"), now)


def still(message: Message) -> Notice | None:
    """How it reads now; None when a page has shown it, it is settled, or something newer was said about it."""
    if not message.person.is_active or Stream.objects.filter(pk=message.person_id, acked__gte=message.seq).exists():
        return None
    about = Message.objects.filter(person=message.person_id, kind=message.kind, refs=message.refs, way=message.way)
    newer = about.filter(seq__gt=message.seq, subscription=message.subscription_id)
    if newer.exclude(state=State.FAILED).exists():
        return None
    return looking.render(message, message.person, message.told_at)


def settle(message: Message, outcome: Outcome, now: datetime) -> None:
    """Write down what became of it, and enqueue what follows from that, in one transaction."""
    with transaction.atomic():
        mates = Message.objects.filter(person=message.person_id, seq=message.seq).order_by("pk")
        together = {row.pk: row for row in mates.select_for_update()}
        row = together.get(message.pk)
        if row is None or row.state != State.WAITING:
            return
        row.tries += 1
        match outcome:
            case TryAgain() if row.tries <= len(BACKOFF_S):
                wait_s = max(BACKOFF_S[row.tries - 1], min(outcome.after_s, LONGEST_WAIT_S))
                row.due_at, row.why = now + timedelta(seconds=wait_s), outcome.why[:200]
                jobs.deliver(row)
            case Delivered():
                row.state, row.why = State.DELIVERED, ""
                _device(row).update(delivered_at=now)
            case Dropped():
                row.state, row.why = State.DROPPED, outcome.why
            case Gone() | Failed() | TryAgain():
                row.state, row.why = State.FAILED, outcome.why[:200]
                logger.error("%s could not be delivered: %s", row, row.why)
        row.settled_at = None if row.state == State.WAITING else now
        row.save(update_fields=["state", "why", "tries", "due_at", "settled_at"])
        if isinstance(outcome, Gone):
            _device(row).delete()
        if row.way in (Way.PUSH, Way.CALL) and row.state == State.FAILED:
            _write_instead(row, list(together.values()), now)


def _device(message: Message) -> QuerySet[PushSubscription]:
    return PushSubscription.objects.filter(messages=message)


def _write_instead(failed: Message, together: list[Message], now: datetime) -> None:
    """A letter, when nothing else has reached her or will, and she has not chosen otherwise."""
    reaches = any(one.pk != failed.pk and one.state in (State.WAITING, State.DELIVERED) for one in together)
    subject = readers.subject_of(failed.kind)
    if reaches or subject is None or choices.of_person(failed.person_id).of(subject).mail != Mail.INSTEAD:
        return
    names = ("person_id", "seq", "kind", "refs", "told_at", "said")
    same = {name: getattr(failed, name) for name in names}
    jobs.deliver(Message.objects.create(**same, way=Way.MAIL, due_at=now))


def was_not_told(call: Call, why: str, now: datetime, *, is_over: bool) -> None:
    """A call that nobody made has failed, like a message that did not arrive; in the transaction that closes it.

    What is not over is written to her.
    """
    logger.error("%s: %s", call, why)
    mates = Message.objects.filter(person=call.person_id, seq=call.seq).order_by("pk")
    together = list(mates.select_for_update())
    for row in together:
        if row.way == Way.CALL and (row.kind, row.refs, row.state) == (call.kind, call.refs, State.DELIVERED):
            row.state, row.why, row.settled_at = State.FAILED, why, now
            row.save(update_fields=["state", "why", "settled_at"])
            if not is_over:
                _write_instead(row, together, now)


def take_up(now: datetime) -> int:
    """Enqueue again what should have left long ago, whatever became of its job; returns how many there were."""
    with transaction.atomic():
        overdue = Message.objects.filter(state=State.WAITING, due_at__lt=now - OVERDUE)
        found = list(overdue.select_for_update(skip_locked=True))
        for message in found:
            message.due_at = now
            message.save(update_fields=["due_at"])
            jobs.deliver(message)
    return len(found)


def forget(before: datetime) -> int:
    """Delete what was settled before that instant (UTC), and say how many."""
    return Message.objects.filter(settled_at__lt=before).delete()[0]
