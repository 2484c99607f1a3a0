"""A browser is woken, asks what it is about, and takes Dora's yes to the server."""

import json

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
ACTIVATED = """navigator.serviceWorker.ready.then(({ active }) => new Promise(settle => {
  const look = () => active.state === "activated" && settle()
  active.addEventListener("statechange", look)
  look()
}))"""
TAP = """async action => {
  self.UNDO_MS = 0
  const [notification] = await self.registration.getNotifications()
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification, action }))
}"""
UNTIL_SHOWN = """async ([part, text, patience]) => {
  const registration = await navigator.serviceWorker.ready
  const end = performance.now() + patience
  while (true) {
    const shown = (await registration.getNotifications()).map(one => one[part])
    if (shown.includes(text)) return null
    if (performance.now() > end) return shown
    await new Promise(settle => setTimeout(settle, 50))
  }
}"""


def until_shown(page, part, text, heard=()):
    """Notifications are no part of the page, so that nothing of it changes with them."""
    missed = page.evaluate(UNTIL_SHOWN, [part, text, PATIENCE_MS])
    assert missed is None, f"{missed}; the worker: {', '.join(heard)}"


def how(version):
    return f"{version['versionId']} {version['status']} {version['runningStatus']}"


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
    devtools, workers, heard = page.context.new_cdp_session(page), [], []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda told: workers.extend(told["registrations"]))
    devtools.on("ServiceWorker.workerVersionUpdated", lambda told: heard.extend(map(how, told["versions"])))
    devtools.on("ServiceWorker.workerErrorReported", lambda told: heard.append(str(told)))
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
    page.evaluate(ACTIVATED)  # a browser that is pushed to has subscribed, and only an active worker can
    for _ in range(2):  # as a push service does that hears no receipt; Chromium on a very busy machine drops some
        heard.append("pushed")
        devtools.send("ServiceWorker.deliverPushMessage", pushed)
        if page.evaluate(UNTIL_SHOWN, ["title", "Bo asks for a ride", PATIENCE_MS / 2]) is None:
            return page
    until_shown(page, "title", "Bo asks for a ride", heard)
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
