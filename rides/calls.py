"""Calling people who have no device: who is called by whom, and what those who call may say of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import by_phone
from accounts.models import ByPhone, User
from realtime.models import Call
from realtime.notices import calls, looking
from rides import news
from rides.errors import Invalid, NotFound, RideError
from rides.locks import lock_people


class CallChanged(RideError):
    """She was told what is not what there is to tell any more."""

    code = "call_changed"
    sentence = _("There is newer news. Please tell her that, too.")


class CallOver(RideError):
    """It is over, and she was not told."""

    code = "call_over"
    sentence = _("This is closed already.")


class TooLateToUndo(RideError):
    """Too long ago, somebody else's word, or nothing that is still true."""

    code = "too_late_to_undo"
    sentence = _("This can no longer be taken back.")


class NoSuchHelper(Invalid):
    """Neither a neighbour nor a coordinator of hers, or one of the two blocked the other."""

    code = "no_such_helper"
    sentence = _("Please choose somebody from her communities.")


def shown_to(person: User) -> QuerySet[Call]:
    """The calls that are her business, open or not, each with the number to call (`phone`)."""
    return calls.seen_by(person).annotate(phone=F("person__by_phone__phone"))


def to_make(person: User) -> QuerySet[Call]:
    """The open ones, what is urgent first."""
    return shown_to(person).filter(state=Call.State.OPEN).order_by("-urgent", "opened_at", "pk")


def knows(*, call_id: int, person: User, seq: int, now: datetime) -> Call:
    """She was told. Raises NotFound, CallChanged, CallOver."""
    with _refused():
        return calls.knows(_locked(call_id, person), by=person, seq=seq, now=now)


def no_answer(*, call_id: int, person: User, now: datetime) -> Call:
    """She did not pick up. Raises NotFound, CallOver."""
    with _refused():
        return calls.no_answer(_locked(call_id, person), now=now)


def take_back(*, call_id: int, person: User, now: datetime) -> Call:
    """She was not told after all. Raises NotFound, CallOver, TooLateToUndo."""
    call = _locked(call_id, person)
    with _refused():
        return calls.take_back(call, by=person, notice=looking.render(call, call.person, call.told_at), now=now)


def set_called(*, person_id: int, by: User, phone: str, helper_id: int | None, now: datetime) -> ByPhone:
    """From now on this person is called; a new helper is asked. Raises NotFound, NoSuchHelper."""
    person = _set_by(person_id, by)
    before = _who_calls(person_id)
    helper = by_phone.who_could_help(person).filter(pk=helper_id).first() if helper_id is not None else None
    if helper_id is not None and helper is None:
        raise NoSuchHelper
    try:
        row = by_phone.set_up(person=person, phone=phone, helper=helper, by=by, now=now)
    except by_phone.NoHelper:
        raise NoSuchHelper from None
    if helper is not None and row.helper_agreed_at is None:
        news.tell({helper.pk}, "helping", {"person": person_id})
    _other_callers(person_id, before)
    return row


def call_no_more(*, person_id: int, by: User) -> User:
    """She has a device now, or wants to hear nothing. Raises NotFound. What is open is written to her instead."""
    person = _set_by(person_id, by)
    before = _who_calls(person_id)
    ByPhone.objects.filter(person=person_id).delete()
    _other_callers(person_id, before)
    return person


def help_by_phone(*, person_id: int, helper: User, yes: bool, now: datetime) -> ByPhone:
    """Her helper's own yes, or her no, also later. Raises NotFound."""
    if not by_phone.of_helper(helper).filter(person=person_id).exists():
        raise NotFound
    lock_people(person_id)
    row = by_phone.of_helper(helper).filter(person=person_id).first()
    if row is None:
        raise NotFound
    before = _who_calls(person_id)
    if yes:
        by_phone.agree(row=row, now=now)
    else:
        by_phone.step_back(row=row)
    _other_callers(person_id, before)
    return row


def _set_by(person_id: int, by: User) -> User:
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if person is None or not by_phone.may_set(person, by):
        raise NotFound
    return lock_people(person_id)[person_id]


def _who_calls(person_id: int) -> dict[int, set[int]]:
    """Who sees her open calls, by call."""
    return {call.pk: calls.told_of(call) for call in Call.objects.filter(person=person_id, state=Call.State.OPEN)}


def _other_callers(person_id: int, before: dict[int, set[int]]) -> None:
    """Whoever has come to see an open call, or sees it no more, hears so."""
    for call_id, people in _who_calls(person_id).items():
        news.tell(people ^ before.get(call_id, set()), calls.KIND, {"call": call_id})


def _locked(call_id: int, person: User) -> Call:
    """As far as it is her business, with the person whom it is about locked."""
    found = shown_to(person).filter(pk=call_id).first()
    if found is None:
        raise NotFound
    lock_people(found.person_id)
    call = shown_to(person).filter(pk=call_id).first()  # again, now that nobody else writes it
    if call is None:
        raise NotFound
    return call


@contextmanager
def _refused() -> Iterator[None]:
    """What the live room refuses, in words for people."""
    try:
        yield
    except calls.NoSuchCall:
        raise NotFound from None
    except calls.NewsChanged:
        raise CallChanged from None
    except calls.CallOver:
        raise CallOver from None
    except calls.TooLate:
        raise TooLateToUndo from None
