"""A browser is woken, asks what it is about, and takes Dora's yes to the server."""

import json
import time

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from realtime.models import Message, PushSubscription
from rides import commands, tasks
from rides.models import Asking
from tests.browser import PATIENCE_MS
from tests.rides import world

SUBSCRIPTION = {  # the browser of RFC 8291, section 5: the makers' push services cannot be reached from a test
    "endpoint": "https://push.invalid/dora",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}
SUBSCRIBE = """PushManager.prototype.subscribe = async function (wanted) {
  const key = new Uint8Array(wanted.applicationServerKey)
  if (!wanted.userVisibleOnly || key.length !== 65) throw new DOMException("bad", "NotAllowedError")
  return { toJSON: () => (%s) }
}"""
SHOWN = "navigator.serviceWorker.ready.then(one => one.getNotifications()).then(all => all.map(one => one.%s))"
TAP = """async action => {
  self.UNDO_MS = 0
  const [notification] = await self.registration.getNotifications()
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action }))
}"""


def until_shown(page, part, text):
    """Notifications are no part of the page, so that nothing of it changes with them."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while text not in (shown := page.evaluate(SHOWN % part)):
        assert time.monotonic() < end, shown


@pytest.fixture
def asking(ride, bo, middle):
    answer = world.ask(bo, middle, world.store())
    tasks.match_request(answer.data["id"])
    return Asking.objects.get(offer=ride)


@pytest.fixture
def woken(site, open_window, dora, asking):
    """Dora's browser shows Bo's card in a notification; Playwright's window on it."""
    page = open_window(site.url, permissions=["notifications"])
    page.add_init_script(SUBSCRIBE % json.dumps(SUBSCRIPTION))
    site.sign_in(page.context, dora)
    devtools, workers = page.context.new_cdp_session(page), []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda told: workers.extend(told["registrations"]))
    devtools.send("ServiceWorker.enable")
    page.goto("/account/notices/")
    page.get_by_role("button", name="Wake me on this device").click()
    expect(page.get_by_role("button", name="Leave it in peace")).to_be_visible()
    assert PushSubscription.objects.get().person == dora

    now = timezone.now()
    about = {"kind": "asking", "refs": {"asking": asking.pk}, "seq": 1, "told_at": now, "due_at": now}
    message = Message.objects.create(person=dora, way="push", state="dropped", settled_at=now, **about)
    [registration] = {one["registrationId"] for one in workers}
    pushed = {"origin": site.url, "registrationId": registration, "data": json.dumps({"id": message.pk})}
    devtools.send("ServiceWorker.deliverPushMessage", pushed)
    until_shown(page, "title", "Bo asks for a ride")
    return page


def test_dora_says_yes_in_the_notification(woken, asking):
    assert "1 person" in woken.evaluate(SHOWN % "body")[0]
    woken.context.service_workers[0].evaluate(TAP, "accept")
    until_shown(woken, "body", "You take them along.")
    asking.refresh_from_db()
    assert asking.state == Asking.State.ACCEPTED


def test_dora_says_yes_after_somebody_else(woken, asking, middle):
    eve = world.person("Eve")
    world.car(eve)
    ride = world.publish(eve, middle, world.store(), departs_at=asking.offer.departs_at.isoformat())
    tasks.match_offer(ride.pk)
    assert commands.accept_asking(eve, Asking.objects.get(offer=ride).pk).ok
    woken.context.service_workers[0].evaluate(TAP, "accept")
    until_shown(woken, "body", "Another driver was first.")
