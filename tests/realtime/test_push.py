"""Web Push from the row of an event to the browser, against a push service of our own."""

import base64
import json
import logging
import threading

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from py_vapid import Vapid02

from realtime import streams
from realtime.models import Event, Message, PushSubscription
from realtime.notices import looking, push, sending, vapid
from tests.realtime.noticing import NOON, later, look, run_due, states

pytestmark = pytest.mark.django_db


def test_bo_is_woken_by_a_message_that_only_his_phone_can_read(service, subscribe, at, bo):
    phone = subscribe(bo)
    at(NOON, bo)
    [arrived] = service.arrived
    assert arrived.path == phone.path
    message = Message.objects.get()
    assert phone.opened(arrived) == {"id": message.pk, "kind": "note", "seq": 1}
    assert b"note" not in arrived.body
    assert arrived.headers["content-encoding"] == "aes128gcm"
    assert (message.state, message.tries) == ("delivered", 1)
    assert PushSubscription.objects.get().delivered_at == NOON


def test_the_push_service_can_tell_that_it_was_this_site(service, subscribe, at, bo, settings):
    subscribe(bo)
    at(NOON, bo)
    [arrived] = service.arrived
    assert Vapid02.verify(arrived.headers["authorization"])
    token, key = (part.split("=", 1)[1] for part in arrived.headers["authorization"].split(" ", 1)[1].split(","))
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["aud"] == service.origin
    assert claims["sub"] == settings.VAPID_SUBJECT
    assert key == vapid.public_key()
    assert not Vapid02.verify(arrived.headers["authorization"].replace(token[-4:], "AAAA"))


def test_nothing_in_a_message_says_who_or_what(service, subscribe, at, bo):
    bo.first_name = "Bartholomew"
    bo.save()
    phone = subscribe(bo)
    at(NOON, bo, note=77)
    [arrived] = service.arrived
    told = json.dumps(phone.opened(arrived)) + json.dumps(arrived.headers)
    assert "Bartholomew" not in told
    assert "bo@example.org" not in told


def test_who_has_seen_it_on_a_page_is_not_woken(service, subscribe, tell, bo):
    subscribe(bo)
    tell(bo, note=1)
    tell(bo, note=2)
    streams.acknowledge(bo.pk, 1)
    look(NOON)
    run_due(NOON)
    assert [message.seq for message in Message.objects.all()] == [2]
    assert len(service.arrived) == 1


def test_an_open_page_has_a_few_seconds_to_show_it(service, subscribe, tell, bo):
    subscribe(bo)
    tell(bo)
    Event.objects.update(created_at=NOON)
    looking.look(later(NOON, seconds=2))
    assert not Message.objects.exists()
    looking.look(later(NOON, seconds=30))
    assert states(bo) == [("push", "waiting")]


def test_each_device_is_woken_once_however_often_one_looks(service, subscribe, at, bo):
    subscribe(bo, "phone"), subscribe(bo, "laptop")
    at(NOON, bo)
    looking.look(later(NOON, minutes=1))
    run_due(later(NOON, minutes=1))
    assert sorted(one.path for one in service.arrived) == ["/push/laptop", "/push/phone"]


def test_what_is_no_longer_news_is_told_to_nobody(outside, service, subscribe, tell, bo):
    subscribe(bo)
    tell(bo, note=5)
    look(NOON)
    outside.torn_off.add(5)
    run_due(NOON)
    assert states(bo) == [("push", "dropped")]
    assert not service.arrived


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten_and_bo_gets_a_letter(service, subscribe, at, bo, status, mailoutbox):
    subscribe(bo)
    service.answers = [status]
    at(NOON, bo)
    assert not PushSubscription.objects.exists()
    assert states(bo) == [("push", "failed"), ("mail", "delivered")]
    assert [letter.to for letter in mailoutbox] == [["bo@example.org"]]


def test_no_letter_when_another_device_was_reached(service, subscribe, at, bo, mailoutbox):
    subscribe(bo, "old phone"), subscribe(bo, "phone")
    service.answers = [410, 201]
    at(NOON, bo)
    assert states(bo) == [("push", "failed"), ("push", "delivered")]
    assert not mailoutbox


@pytest.mark.parametrize("trouble", [429, 500, 503])
def test_a_push_service_in_trouble_is_asked_again_later(service, subscribe, at, bo, trouble):
    subscribe(bo)
    service.answers = [trouble, trouble]
    at(NOON, bo)
    assert Message.objects.get().due_at == later(NOON, seconds=30)
    run_due(later(NOON, seconds=29))
    assert len(service.arrived) == 1, "it was asked before its time"
    run_due(later(NOON, seconds=30))
    run_due(later(NOON, seconds=150))
    message = Message.objects.get()
    assert (message.state, message.tries, message.why) == ("delivered", 3, "")
    assert PushSubscription.objects.exists()


def test_who_asks_for_a_pause_gets_it(service, subscribe, at, bo):
    subscribe(bo)
    service.answers = [(429, {"Retry-After": "900"})]
    at(NOON, bo)
    assert Message.objects.get().due_at == later(NOON, seconds=900)


def test_in_the_end_it_is_reported_as_failed_and_bo_gets_a_letter(service, subscribe, at, bo, caplog, mailoutbox):
    subscribe(bo)
    service.answers = [500] * 20
    now = NOON
    with caplog.at_level(logging.ERROR):
        at(now, bo)
        for wait_s in sending.BACKOFF_S:
            now = later(now, seconds=wait_s)
            run_due(now)
    assert len(service.arrived) == len(sending.BACKOFF_S) + 1
    assert states(bo) == [("push", "failed"), ("mail", "delivered")]
    assert "could not be delivered: 500" in caplog.text
    assert "bo@example.org" not in caplog.text


def test_a_push_service_that_says_nothing_is_left_in_time(service, subscribe, at, bo, monkeypatch):
    monkeypatch.setattr(push, "PATIENCE_S", 0.3)
    subscribe(bo)
    never = threading.Event()
    service.answers = [never]
    at(NOON, bo)
    never.set()
    message = Message.objects.get()
    assert (message.state, message.why) == ("waiting", "no answer in time")


def test_a_redirect_is_not_followed(service, subscribe, at, bo):
    subscribe(bo)
    service.answers = [(307, {"Location": f"{service.origin}/elsewhere"})]
    at(NOON, bo)
    assert [one.path for one in service.arrived] == ["/push/phone"]
    assert states(bo)[0] == ("push", "failed")


def test_of_a_long_answer_only_the_beginning_is_kept(service, subscribe, at, bo):
    subscribe(bo)
    service.answers = [(400, {}, b"no" * 500_000)]
    at(NOON, bo)
    message = Message.objects.get(way="push")
    assert (message.state, message.why[:8], len(message.why)) == ("failed", "400 nono", 200)


def test_without_a_key_of_the_site_push_is_off_and_bo_gets_letters(service, subscribe, at, bo, settings, mailoutbox):
    subscribe(bo)
    settings.VAPID_PRIVATE_KEY = ""
    at(NOON, bo)
    assert states(bo) == [("mail", "delivered")]
    assert not service.arrived
    assert len(mailoutbox) == 1


def test_the_same_words_are_not_said_twice_in_a_day(service, subscribe, at, bo):
    subscribe(bo)
    at(NOON, bo, note=1)
    at(later(NOON, hours=1), bo, note=1)
    assert len(service.arrived) == 1
    at(later(NOON, hours=30), bo, note=1)
    assert len(service.arrived) == 2


def test_what_became_of_its_job_does_not_matter(service, subscribe, tell, bo):
    """The row alone is enough: what should have left long ago is enqueued again."""
    subscribe(bo)
    tell(bo)
    look(NOON)
    jobs = ProcrastinateJob.objects.filter(task_name="realtime.tasks.deliver")
    before = jobs.count()
    assert sending.take_up(later(NOON, minutes=1)) == 0
    assert sending.take_up(later(NOON, minutes=20)) == 1
    assert jobs.count() == before + 1
