"""News by mail: when, to whom, in which hours; and the way out of it."""

import re
from datetime import UTC, datetime, time

import pytest
from django.test import Client

from realtime.models import Message, NoticeChoice, NoticeHours, PushSubscription
from realtime.notices import choices, sign_off
from realtime.notices.choices import Mail
from tests.realtime.noticing import NOON, PARIS, later, look, run_due, states

pytestmark = pytest.mark.django_db
NIGHT = datetime(2030, 7, 3, 21, 30, tzinfo=UTC)  # half past eleven in Paris
MORNING = datetime(2030, 7, 4, 5, tzinfo=UTC)  # seven


def test_bo_who_has_no_device_gets_a_letter(at, bo, mailoutbox):
    at(NOON, bo)
    [letter] = mailoutbox
    assert (letter.to, letter.subject) == (["bo@example.org"], "A note")
    assert "Bo, read note 1.\n\nhttps://site.example/me/" in letter.body
    assert states(bo) == [("mail", "delivered")]


@pytest.mark.parametrize(
    ("push", "mail", "ways"),
    [
        (True, Mail.INSTEAD, ["push"]),
        (True, Mail.ALWAYS, ["push", "mail"]),
        (True, Mail.NEVER, ["push"]),
        (True, Mail.DAILY, ["push", "digest"]),
        (False, Mail.INSTEAD, ["mail"]),
        (False, Mail.DAILY, ["digest"]),
        (False, Mail.NEVER, []),
    ],
)
def test_bo_hears_by_the_ways_he_has_chosen(at, subscribe, bo, push, mail, ways):
    subscribe(bo)
    choices.choose(bo.pk, "notes", push=push, mail=mail)
    at(NOON, bo)
    assert [way for way, _state in states(bo)] == ways


def test_at_night_it_waits_for_the_morning(at, subscribe, bo, service):
    subscribe(bo)
    at(NIGHT, bo)
    assert not service.arrived
    assert Message.objects.get().due_at == MORNING
    run_due(MORNING)
    assert len(service.arrived) == 1


def test_what_is_urgent_wakes_bo(at, subscribe, bo, service):
    subscribe(bo)
    at(NIGHT, bo, note=999)
    assert [one.headers["urgency"] for one in service.arrived] == ["high"]


def test_what_would_be_too_late_in_the_morning_wakes_bo_too(outside, at, subscribe, bo, service, monkeypatch):
    from dataclasses import replace

    from realtime.notices import readers

    subject, read = readers._readers["note"]
    early = later(NIGHT, hours=7)
    monkeypatch.setitem(readers._readers, "note", (subject, lambda *about: replace(read(*about), before=early)))
    subscribe(bo)
    at(NIGHT, bo)
    assert len(service.arrived) == 1


def test_of_a_night_in_which_a_thing_changed_twice_bo_hears_once(at, subscribe, tell, bo, service):
    subscribe(bo)
    at(NIGHT, bo)
    at(later(NIGHT, hours=1), bo)
    run_due(MORNING)
    assert len(service.arrived) == 1


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        ((time(22), time(7)), datetime(2030, 7, 3, 22, 1, tzinfo=PARIS), datetime(2030, 7, 4, 7, tzinfo=PARIS)),
        ((time(22), time(7)), datetime(2030, 7, 4, 6, 59, tzinfo=PARIS), datetime(2030, 7, 4, 7, tzinfo=PARIS)),
        ((time(22), time(7)), datetime(2030, 7, 4, 7, tzinfo=PARIS), None),
        ((time(22), time(7)), datetime(2030, 7, 4, 21, 59, tzinfo=PARIS), None),
        ((time(13), time(15)), datetime(2030, 7, 4, 14, tzinfo=PARIS), datetime(2030, 7, 4, 15, tzinfo=PARIS)),
        ((None, None), datetime(2030, 7, 4, 3, tzinfo=PARIS), None),
        # the night in which clocks go forward
        ((time(22), time(7)), datetime(2030, 3, 30, 23, tzinfo=PARIS), datetime(2030, 3, 31, 5, tzinfo=UTC)),
    ],
)
def test_quiet_hours_are_those_of_the_clock_on_the_wall(quiet, now, until):
    hours = NoticeHours(quiet_from=quiet[0], quiet_until=quiet[1])
    assert choices.quiet_until(hours, now.astimezone(UTC), PARIS) == until


def test_once_a_day_all_comes_in_one_letter(at, outside, bo, mailoutbox):
    choices.choose(bo.pk, "notes", push=True, mail=Mail.DAILY)
    for note in (1, 2, 3):
        at(NOON, bo, note=note)
    assert not mailoutbox
    outside.torn_off.add(2)
    run_due(datetime(2030, 7, 3, 18, tzinfo=PARIS))
    [letter] = mailoutbox
    assert letter.subject == "2 pieces of news of the day"
    assert [line for line in letter.body.splitlines() if "read note" in line] == [
        "Bo, read note 1.",
        "Bo, read note 3.",
    ]
    assert [state for _way, state in states(bo)] == ["delivered", "dropped", "delivered"]


def test_a_name_with_a_line_break_makes_no_header(at, bo, mailoutbox, outside, monkeypatch):
    from realtime.notices import readers

    title = "Bo\r\nBcc: everybody@example.org"
    monkeypatch.setitem(
        readers._readers, "note", ("notes", lambda *about: readers.Notice(title, "It is a note.", "/me/"))
    )
    at(NOON, bo)
    [letter] = mailoutbox
    assert "\n" not in letter.subject
    assert letter.recipients() == ["bo@example.org"]


@pytest.mark.parametrize(("code", "state"), [(550, "failed"), (450, "waiting")])
def test_what_a_mail_server_refuses_is_reported_or_tried_again(at, bo, monkeypatch, code, state, caplog):
    import smtplib

    from django.core.mail import EmailMessage

    def refuse(_letter, **_kwargs):
        raise smtplib.SMTPRecipientsRefused({"bo@example.org": (code, b"<bo@example.org> is not here")})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    at(NOON, bo)
    message = Message.objects.get()
    assert (message.state, message.why) == (state, f"mail refused: {code}")
    assert "bo@example.org" not in caplog.text


def way_out(letter):
    [address] = re.findall("<https://site.example(.*)>", letter.extra_headers["List-Unsubscribe"])
    return address


def test_to_look_at_the_way_out_changes_nothing(at, bo, mailoutbox):
    """Mail scanners open every link before people do."""
    at(NOON, bo)
    for method in ("get", "head"):
        assert getattr(Client(), method)(way_out(mailoutbox[0])).status_code == 200
    assert not NoticeChoice.objects.exists()


def test_one_click_ends_such_letters_and_leaves_the_devices_alone(at, bo, mailoutbox):
    at(NOON, bo)
    assert mailoutbox[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    mail_program = Client(enforce_csrf_checks=True)
    answer = mail_program.post(way_out(mailoutbox[0]), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    chosen = NoticeChoice.objects.get()
    assert (chosen.person, chosen.subject, chosen.push, chosen.mail) == (bo, "notes", True, "never")
    at(later(NOON, hours=1), bo, note=2)
    assert len(mailoutbox) == 1


def test_the_way_out_of_one_is_none_of_another(at, ann, bo, mailoutbox):
    at(NOON, bo)
    address = way_out(mailoutbox[0])
    token = address.split("/")[-2]
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", sign_off.token(ann.pk, "notes")[:20]):
        assert Client().post(address.replace(token, wrong)).status_code == 404
    assert not NoticeChoice.objects.exists()


def test_the_letter_of_a_device_that_is_gone_reads_like_any_other(at, subscribe, service, bo, mailoutbox):
    subscribe(bo)
    service.answers = [410]
    at(NOON, bo)
    assert "Bo, read note 1." in mailoutbox[0].body
    assert not PushSubscription.objects.exists()


def test_who_is_no_longer_here_gets_nothing(tell, bo, mailoutbox, outside):
    tell(bo)
    bo.is_active = False
    bo.save()
    look(NOON)
    run_due(NOON)
    assert not mailoutbox
