"""News by telephone: what a person without a device has to be told, by whom, and what came of it.

One open call a person and thing: newer news takes the place of the older. Her helper sees it first, then her
coordinators, too; it stays open until somebody says that she knows it.
"""

from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from realtime import streams
from realtime.models import Call, Message
from realtime.notices import callers
from realtime.notices.outcome import Delivered, Failed, Outcome
from realtime.notices.readers import Notice
from realtime.registry import Person
from realtime.streams import MAX_PEOPLE, News

KIND = "call"
"""Of the events that tell those who call; about these nobody is called."""
HELPER_FIRST = timedelta(hours=4)
"""Whoever works has a break by then; the other half of the day is left to the coordinators."""
IN_TIME = timedelta(hours=2)
"""Before it is of no use any more, coordinators get so long to reach her."""
AT_LEAST = timedelta(minutes=15)
"""So long the helper is alone with it, however soon it leaves: two tries and a kettle."""
UNDO = timedelta(minutes=2)
"""A tick on the wrong card is noticed at once."""
State = Call.State


class NoSuchCall(LookupError):
    """It is not there, or none of this person's business."""


class NewsChanged(Exception):
    """What she was told is no longer what there is to tell."""


class CallOver(Exception):
    """It was closed before."""


class TooLate(Exception):
    """It cannot be taken back any more, or was not this person's to take back."""


def put(message: Message, notice: Notice, now: datetime) -> Outcome:
    """Let somebody call her about this: the one open call of this thing says so from now on. Twice is as once."""
    known = callers.known()
    if known is None or message.person_id not in known.among([message.person_id]):
        return Failed("she is not called any more")
    with transaction.atomic():
        _lock(message.person_id)
        about = Call.objects.filter(person=message.person_id, kind=message.kind, refs=message.refs)
        if about.filter(seq__gte=message.seq).exclude(state=State.OVER).exists():  # of what was not told, once more
            return Delivered()
        call = about.filter(state=State.OPEN).first()
        if call is None:
            call = Call(person_id=message.person_id, kind=message.kind, refs=message.refs, version=0, opened_at=now)
        until = helpers_until(notice, now)
        call.helper_until = until if call.pk is None else min(until, call.helper_until)
        call.seq, call.told_at = message.seq, message.told_at
        _says(call, notice)
        if known.helper_of(call.person_id) is None:
            call.shared_at = call.shared_at or now
        _save(call)
    return Delivered()


def helpers_until(notice: Notice, now: datetime) -> datetime:
    """How long it is the helper's alone."""
    until = now if notice.urgent else now + HELPER_FIRST
    if notice.before is not None:
        until = min(until, notice.before - IN_TIME)
    return max(until, now + AT_LEAST)


def seen_by(person: Person) -> QuerySet[Call]:
    """What she has to tell, or had: of those whose helper she is, and what has come to the coordinators of theirs."""
    known = callers.known()
    if known is None:
        return Call.objects.none()
    helps = Q(person__in=known.helped_by(person))
    leads = Q(person__in=known.coordinated_by(person), shared_at__isnull=False)
    return Call.objects.filter(helps | leads).select_related("person", "closed_by")


def knows(call: Call, *, by: Person, seq: int, now: datetime) -> Call:
    """She has been told what the news `seq` says. To say it again changes nothing. Raises NewsChanged, CallOver."""
    call = _again(call)
    if call.state == State.OVER:
        raise CallOver
    if call.seq != seq:
        raise NewsChanged
    if call.state == State.OPEN:
        close(call, State.TOLD, by, now)
    return call


def no_answer(call: Call, *, now: datetime) -> Call:
    """Somebody tried, and tries again. Raises CallOver."""
    call = _again(call)
    if call.state != State.OPEN:
        raise CallOver
    call.tries, call.tried_at = call.tries + 1, now
    _save(call)
    return call


def take_back(call: Call, *, by: Person, notice: Notice | None, now: datetime) -> Call:
    """She was not told after all; `notice` is how it reads now. Raises TooLate."""
    call = _again(call)
    if call.state == State.OPEN:
        return call
    newer = Call.objects.filter(person=call.person_id, kind=call.kind, refs=call.refs, seq__gt=call.seq)
    until = undo_until(call, by)
    if notice is None or until is None or now > until or newer.exists():
        raise TooLate
    call.state, call.closed_at, call.closed_by = State.OPEN, None, None
    _says(call, notice)
    _save(call)
    return call


def undo_until(call: Call, person: Person) -> datetime | None:
    """When it is too late for this person to say that she was wrong; None when she has said nothing."""
    is_hers = call.state == State.TOLD and call.closed_by_id == person.pk
    return call.closed_at + UNDO if is_hers and call.closed_at else None


def close(call: Call, state: str, by: Person | None, now: datetime) -> None:
    """Nothing is left to say; the caller holds the lock. Who it was about keeps no trace of what it was."""
    call.state, call.closed_at, call.closed_by = state, now, by
    call.title = call.body = ""
    _save(call)


def share(call: Call, now: datetime) -> None:
    """Her coordinators call from now on, too; the caller holds the lock."""
    call.shared_at = call.shared_at or now
    _save(call)


def told_of(call: Call) -> set[int]:
    """Who sees it now: her helper, and her coordinators when it has come to them."""
    known = callers.known()
    if known is None:
        return set()
    helper = known.helper_of(call.person_id)
    leading = set(known.coordinators_of(call.person_id)) if call.shared_at else set()
    return leading if helper is None else leading | {helper}


def locked(call_id: int) -> Call | None:
    """The open call with its person locked; None when it is open no more."""
    found = Call.objects.filter(pk=call_id, state=State.OPEN).first()
    again = _again(found) if found else None
    return again if again is not None and again.state == State.OPEN else None


def forget(before: datetime) -> int:
    """Delete what was closed before that instant (UTC), and say how many."""
    return Call.objects.filter(closed_at__lt=before).delete()[0]


def _says(call: Call, notice: Notice) -> None:
    call.title, call.body, call.urgent, call.before = notice.title, notice.body, notice.urgent, notice.before


def _save(call: Call) -> None:
    """Write it down, and tell those who see it; its person is locked, and streams come last."""
    call.version += 1
    call.save()
    told = sorted(told_of(call))[:MAX_PEOPLE]  # a fifty-first coordinator finds it on her page
    streams.append([News(person_id, KIND, {"call": call.pk}) for person_id in told])


def _again(call: Call) -> Call:
    """As it is now, and nobody else changes it. Raises NoSuchCall."""
    _lock(call.person_id)
    found = Call.objects.select_related("person", "closed_by").filter(pk=call.pk).first()
    if found is None:
        raise NoSuchCall
    return found


def _lock(person_id: int) -> None:
    """The person comes first in the one lock order."""
    if not connection.in_atomic_block:
        raise RuntimeError("A call is changed in a transaction.")
    people = get_user_model()._default_manager.select_for_update(no_key=True)
    if not people.filter(pk=person_id).exists():
        raise NoSuchCall
