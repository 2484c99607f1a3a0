"""News by telephone: Ann has no device, Hal calls her first, then Mo, who coordinates her street."""

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from accounts.models import Block, ByPhone, Community, Membership
from realtime import registry, streams
from realtime.models import Call, Event, Message, NoticeChoice
from realtime.notices import attending, calls, choices
from tests.realtime.noticing import NOON, later, look, run_due, states
from tests.realtime.test_mail import MORNING, NIGHT

pytestmark = pytest.mark.django_db


def neighbour(name, street, role=Membership.Role.MEMBER):
    person = get_user_model().objects.create_user(f"{name.lower()}@example.org", first_name=name)
    Membership.objects.create(community=street, person=person, role=role)
    return person


@pytest.fixture
def street(db):
    return Community.objects.create(name="Mill Lane", slug="mill-lane")


@pytest.fixture
def hal(street):
    return neighbour("Hal", street)


@pytest.fixture
def mo(street):
    return neighbour("Mo", street, Membership.Role.COORDINATOR)


@pytest.fixture
def called(ann, street, hal, mo):
    """Ann is called by Hal, who has said yes."""
    registry.register_event("call", lambda refs, person: dict(refs))
    Membership.objects.create(community=street, person=ann)
    return ByPhone.objects.create(person=ann, phone="+33 1 22 33 44 55", helper=hal, helper_agreed_at=NOON)


@pytest.fixture
def at(outside, called, tell):
    """Something happens, and the worker does what is due."""

    def at(now, *people, note=1):
        tell(*people, note=note)
        look(now)
        run_due(now)

    return at


def heard(person):
    """How often she was told of a call."""
    return Event.objects.filter(stream_id=person.pk, kind="call").count()


def to_make(person):
    return list(calls.seen_by(person).filter(state="open"))


def attend(now):
    attending.attend(now)


def tick(call, by, now):
    with transaction.atomic():
        return calls.knows(call, by=by, seq=call.seq, now=now)


def test_what_ann_has_to_hear_is_a_call_for_hal_and_no_letter(at, ann, hal, mailoutbox):
    at(NOON, ann)
    [call] = to_make(hal)
    assert (call.body, call.state, call.tries) == ("Ann, read note 1.", "open", 0)
    assert (states(ann), heard(hal), mailoutbox) == ([("call", "delivered")], 1, [])


def test_newer_news_of_the_same_takes_the_place_of_the_older(at, ann, hal, outside, board):
    at(NOON, ann)
    first = to_make(hal)[0]
    Message.objects.update(said="something else")
    at(later(NOON, minutes=5), ann)
    at(later(NOON, minutes=5), ann, note=2)
    again, other = to_make(hal)
    assert again.pk == first.pk and again.seq > first.seq and other.body == "Ann, read note 2."
    with pytest.raises(calls.NewsChanged), transaction.atomic():
        calls.knows(again, by=hal, seq=first.seq, now=NOON)


def test_who_is_told_twice_that_she_knows_has_told_her_once(at, ann, hal, mo):
    at(NOON, ann)
    [call] = to_make(hal)
    told = tick(call, hal, NOON)
    assert tick(call, mo, later(NOON, minutes=1)).closed_by == hal
    assert (told.state, told.closed_at, heard(hal), to_make(hal)) == ("told", NOON, 2, [])
    assert Call.objects.get().body == ""


def test_the_same_message_twice_is_one_call_and_none_after_the_tick(at, ann, hal):
    at(NOON, ann)
    for _ in range(2):
        Message.objects.update(state="waiting", settled_at=None)
        run_due(NOON)
    assert heard(hal) == 1
    tick(to_make(hal)[0], hal, NOON)
    Message.objects.update(state="waiting", settled_at=None)
    run_due(NOON)
    assert to_make(hal) == []


def test_after_four_hours_mo_calls_too_and_hears_so(at, ann, hal, mo):
    at(NOON, ann)
    attend(later(NOON, hours=3, minutes=59))
    assert (to_make(mo), heard(mo)) == ([], 0)
    attend(later(NOON, hours=4))
    attend(later(NOON, hours=4))
    assert (len(to_make(mo)), len(to_make(hal)), heard(mo)) == (1, 1, 1)


def test_without_the_time_that_passes_nobody_else_hears(at, ann, mo, monkeypatch):
    """Control: the escalation is taken away."""
    monkeypatch.setattr(attending, "_is_time", lambda call, now: False)
    at(NOON, ann)
    attend(later(NOON, days=2))
    assert (to_make(mo), heard(mo)) == ([], 0)


def test_what_is_urgent_comes_to_mo_after_a_quarter_of_an_hour(at, ann, mo):
    at(NIGHT, ann, note=999)
    attend(later(NIGHT, minutes=14))
    assert not to_make(mo)
    attend(later(NIGHT, minutes=15))
    assert to_make(mo)


def test_at_night_nobody_is_rung(at, ann, hal):
    at(NIGHT, ann)
    assert not to_make(hal)
    run_due(MORNING)
    assert to_make(hal)


@pytest.mark.parametrize("why", ["no yes", "nobody", "blocked"])
def test_without_a_helper_it_comes_to_mo_at_once(at, called, ann, hal, mo, why):
    if why == "blocked":
        Block.objects.create(blocker=hal, blocked=ann)
    else:
        called.helper, called.helper_agreed_at = (None if why == "nobody" else hal), None
        called.save()
    at(NOON, ann)
    assert (to_make(hal), heard(hal), len(to_make(mo)), heard(mo)) == ([], 0, 1, 1)


def test_when_hal_steps_back_mo_calls(at, called, ann, mo):
    at(NOON, ann)
    called.helper = called.helper_agreed_at = None
    called.save()
    attend(NOON)
    assert to_make(mo)


def test_without_a_coordinator_the_people_who_run_the_site_call(at, called, ann, mo):
    eve = get_user_model().objects.create_user("eve@example.org", first_name="Eve", is_staff=True)
    at(NOON, ann)
    attend(later(NOON, hours=4))
    assert to_make(mo) and not to_make(eve)
    Membership.objects.filter(person=mo).update(role=Membership.Role.MEMBER)
    assert to_make(eve) and not to_make(mo)


def test_mo_who_blocked_ann_reads_nothing_of_her(at, ann, mo):
    at(NOON, ann)
    attend(later(NOON, hours=4))
    Block.objects.create(blocker=ann, blocked=mo)
    assert not to_make(mo)


def test_what_is_over_is_reported_as_not_told(at, ann, hal, outside, caplog):
    at(NOON, ann)
    outside.torn_off.add(1)
    attend(later(NOON, minutes=1))
    [call] = calls.seen_by(hal)
    assert (call.state, call.closed_by, call.body, heard(hal)) == ("over", None, "", 2)
    assert states(ann) == [("call", "failed")]
    assert "over before anybody told her" in caplog.text


def test_what_was_not_told_and_is_sent_once_more_is_called_about_again(at, ann, hal, outside):
    at(NOON, ann)
    outside.torn_off.add(1)
    attend(later(NOON, minutes=1))
    outside.torn_off.clear()
    Message.objects.update(state="waiting", settled_at=None)
    run_due(NOON)
    assert len(to_make(hal)) == 1


def test_what_is_long_past_is_over(at, ann, hal):
    at(NOON, ann)
    Call.objects.update(before=NOON)
    attend(later(NOON, hours=3))
    assert to_make(hal)
    attend(later(NOON, hours=3, minutes=1))
    assert not to_make(hal)


def test_what_ann_reads_on_a_page_needs_no_call(at, ann, hal):
    at(NOON, ann)
    streams.acknowledge(ann.pk, 1)
    attend(NOON)
    [call] = calls.seen_by(hal)
    assert (call.state, call.closed_by) == ("told", ann)


def test_who_is_called_no_more_gets_a_letter(at, called, ann, hal, mailoutbox):
    at(NOON, ann)
    called.delete()
    attend(NOON)
    run_due(NOON)
    assert not to_make(hal)
    assert [letter.to for letter in mailoutbox] == [["ann@example.org"]]
    assert states(ann) == [("call", "failed"), ("mail", "delivered")]


def test_who_wants_to_hear_nothing_of_it_is_not_called(at, ann, hal):
    choices.choose(ann.pk, "notes", push=False, mail=NoticeChoice.Mail.NEVER)
    at(NOON, ann)
    assert not to_make(hal)


def test_no_answer_is_noted_and_it_stays(at, ann, hal):
    at(NOON, ann)
    with transaction.atomic():
        calls.no_answer(to_make(hal)[0], now=NOON)
    [call] = to_make(hal)
    assert (call.tries, call.tried_at) == (1, NOON)


def test_who_ticked_the_wrong_card_takes_it_back_within_two_minutes(at, ann, hal, mo, outside):
    at(NOON, ann)
    call = tick(to_make(hal)[0], hal, NOON)
    notice = attending.looking.render(call, ann, call.told_at)

    def take_back(by, now):
        with transaction.atomic():
            return calls.take_back(call, by=by, notice=notice, now=now)

    for by, minutes in ((mo, 1), (hal, 3)):
        with pytest.raises(calls.TooLate):
            take_back(by, later(NOON, minutes=minutes))
    assert take_back(hal, later(NOON, minutes=1)).body == "Ann, read note 1."
    assert to_make(hal)


def test_news_that_came_after_the_tick_is_a_call_of_its_own(at, ann, hal):
    at(NOON, ann)
    tick(to_make(hal)[0], hal, NOON)
    Message.objects.update(said="something else")
    at(later(NOON, minutes=1), ann)
    assert [call.seq for call in to_make(hal)] == [2]


def test_a_call_that_cannot_be_read_stays(at, ann, hal, monkeypatch):
    at(NOON, ann)
    monkeypatch.setattr(attending.looking, "render", lambda *_args: 1 / 0)
    attend(later(NOON, days=1))
    assert to_make(hal)
