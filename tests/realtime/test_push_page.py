"""The devices and choices of a person, on her page and over HTTP."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from realtime.models import Message, NoticeHours, PushSubscription
from realtime.notices import choices
from tests.realtime.noticing import NOON
from tests.realtime.test_push_addresses import KEYS

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
DEVICE = KEYS | {"endpoint": "https://push.example.net/abc"}


@pytest.fixture
def bos(sign_in, bo, outside, settings):
    settings.PUSH_UNGUARDED = False
    return sign_in(bo)


def post(browser, body=DEVICE, **headers):
    return browser.post("/api/v1/push/", body, content_type="application/json", headers=headers)


def test_a_browser_lets_itself_be_woken_and_left_in_peace(bos, bo):
    answer = post(bos, **{"user-agent": PHONE})
    assert (answer.status_code, answer.json()["device"]) == (201, "Firefox, Android")
    assert "push.example.net" not in answer.content.decode()
    assert post(bos).json()["id"] == answer.json()["id"], "the same browser is the same device"
    assert bos.delete(f"/api/v1/push/{answer.json()['id']}/").status_code == 204
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"endpoint": "https://127.0.0.1/abc"}, {"endpoint": "http://push.example.net/abc"}, {"auth": "AAAA"}]
)
def test_what_no_browser_would_send_is_refused(bos, wrong):
    answer = post(bos, DEVICE | wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "not_an_endpoint")
    assert not PushSubscription.objects.exists()


def test_without_a_key_of_the_site_no_device_can_be_woken(bos, settings):
    settings.VAPID_PRIVATE_KEY = ""
    assert post(bos).json()["code"] == "push_off"
    page = bos.get(reverse("notices")).content.decode()
    assert "<wake-me" not in page
    assert "This site cannot wake devices" in page


def test_signing_out_ends_what_this_browser_shows(bos, sign_in, bo):
    post(bos)
    post(sign_in(bo), DEVICE | {"endpoint": "https://push.example.net/at-home"})
    bos.post(reverse("account_logout"))
    assert [device.endpoint for device in PushSubscription.objects.all()] == ["https://push.example.net/at-home"]


def test_a_woken_browser_asks_what_it_is_about(bos, at, bo, ann, sign_in):
    at(NOON, bo, note=7)
    message = Message.objects.get()
    answer = bos.get(f"/api/v1/notices/{message.pk}/")
    notice = answer.json()
    assert (notice["title"], notice["body"], notice["path"]) == ("A note", "Bo, read note 7.", "/me/")
    assert (notice["tag"], notice["accept"]) == (message.tag, "")
    assert answer["Cache-Control"] == "no-store"
    assert sign_in(ann).get(f"/api/v1/notices/{message.pk}/").status_code == 404
    assert Client().get(f"/api/v1/notices/{message.pk}/").status_code == 401


def test_what_is_over_is_not_told_any_more(bos, at, bo, outside):
    at(NOON, bo, note=7)
    outside.torn_off.add(7)
    assert bos.get(f"/api/v1/notices/{Message.objects.get().pk}/").status_code == 404


CHOSEN = {"notes-mail": "daily", "quiet_from": "21:00", "quiet_until": "08:30", "digest_at": "12:00"}


def test_bo_chooses_what_he_hears_of(bos, bo):
    assert bos.post(reverse("notices"), CHOSEN).status_code == 302
    chosen = choices.of_person(bo.pk)
    assert (chosen.ways["notes"].push, chosen.ways["notes"].mail) == (False, "daily")
    assert (str(chosen.hours.quiet_from), str(chosen.hours.digest_at)) == ("21:00:00", "12:00:00")
    assert 'value="21:00"' in bos.get(reverse("notices")).content.decode()


@pytest.mark.parametrize("wrong", [{"quiet_until": ""}, {"digest_at": "soon"}, {"notes-mail": "pigeon"}])
def test_what_makes_no_sense_changes_nothing(bos, wrong):
    assert bos.post(reverse("notices"), CHOSEN | wrong).status_code == 400
    assert not NoticeHours.objects.exists()


def test_neither_hour_is_no_quiet_hours(bos, bo):
    bos.post(reverse("notices"), CHOSEN | {"quiet_from": "", "quiet_until": ""})
    assert choices.of_person(bo.pk).hours.quiet_from is None


def test_without_push_there_is_no_switch_for_devices_and_what_was_chosen_is_kept(bos, bo, settings):
    page = bos.get(reverse("notices")).content.decode()
    assert "On my devices" in page  # control
    bos.post(reverse("notices"), CHOSEN | {"notes-push": "on"})
    settings.VAPID_PRIVATE_KEY = ""
    page = bos.get(reverse("notices")).content.decode()
    assert "On my devices" not in page
    [(name, value)] = re.findall(r'<input type="hidden" name="(notes-push)" value="(\w+)"', page)
    bos.post(reverse("notices"), CHOSEN | {name: value, "notes-mail": "never"})
    ways = choices.of_person(bo.pk).ways["notes"]
    assert (ways.push, ways.mail) == (True, "never")


def test_bo_takes_away_his_own_devices_only(bos, ann, sign_in):
    post(bos)
    mine = PushSubscription.objects.get().pk
    sign_in(ann).post(reverse("notices"), {"remove": mine})
    assert PushSubscription.objects.filter(pk=mine).exists()
    assert "Leave it in peace" in bos.get(reverse("notices")).content.decode()
    bos.post(reverse("notices"), {"remove": mine})
    assert not PushSubscription.objects.exists()


def test_the_service_worker_stands_at_the_root_and_is_always_looked_at_anew(client):
    answer = client.get("/sw.js", headers={"accept-language": "en"})
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer["Cache-Control"]
    text = answer.content.decode()
    assert text.startswith('self.WORDS = {"title"')
    assert 'addEventListener("push"' in text


def test_the_site_can_be_put_on_the_home_screen(client):
    """Without that, iPhones and iPads wake nobody."""
    page = client.get("/about/").content.decode()
    assert '<link rel="manifest" href="/app.webmanifest">' in page
    answer = client.get("/app.webmanifest")
    assert (answer["Content-Type"], answer.json()["display"]) == ("application/manifest+json", "standalone")
