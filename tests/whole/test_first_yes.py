"""One request, two drivers who both tap Accept: one takes them along, and the other reads that somebody was first."""

import json
import time
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from rides.models import Asking, Booking
from tests.browser import PATIENCE_MS
from tests.rides import world

LATE = "Another driver was first."
LISTENS = """() => {
  window.said = []
  const heard = changes => changes.forEach(one => one.addedNodes.forEach(node => window.said.push(node.textContent)))
  new MutationObserver(heard).observe(document.getElementById("toasts"), { childList: true })
}"""
"""What a page says in passing is gone after some seconds."""
ROUNDS = ("Bo", "Cy", "Eli")


@pytest.fixture
def drivers(town):
    """Dora and Eve leave from the same place at the same hour, each with seats for all."""
    place = town(seats=len(ROUNDS))
    eve = world.person("Eve")
    world.car(eve, len(ROUNDS))
    world.publish(eve, place.start, place.store, departs_at=place.offer.departs_at.isoformat())
    return SimpleNamespace(dora=place.driver, eve=eve, start=place.start, store=place.store)


def inbox(site, open_window, person, *, deaf: bool = False, **options) -> Page:
    page = open_window(site.url, **options)
    if deaf:
        page.route_web_socket("**/ws/**", _without_news)
    site.sign_in(page.context, person)
    page.goto("/inbox/")
    return page


def _without_news(socket: WebSocketRoute) -> None:
    """All but what happens arrives, so that the page takes its line for a good one."""
    server = socket.connect_to_server()
    server.on_message(lambda text: None if json.loads(text)["type"] == "event" else socket.send(text))


def card(page: Page, rider: str):
    return page.get_by_role("article").filter(has_text=f"{rider} is on your way")


def accept(page: Page, rider: str):
    return card(page, rider).get_by_role("button", name="Accept")


def reads_that_somebody_was_first(page: Page, rider: str, **patience) -> None:
    """In the place of the card, with nothing left to tap."""
    expect(page.get_by_role("article").filter(has_text=rider).filter(has_text=LATE)).to_be_visible(**patience)
    expect(card(page, rider)).to_have_count(0)


def release(held: list[Route], page: Page) -> None:
    """Both have tapped, and nothing has reached the site before now."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while len(held) < 2:
        assert time.monotonic() < end, held
        page.evaluate("0")  # meanwhile Playwright tells us
    for route in held:
        route.continue_()
    held.clear()


def says(page: Page, sentence: str) -> None:
    """In passing, since it was asked the last time."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not any(sentence in said for said in page.evaluate("window.said.splice(0)")):
        assert time.monotonic() < end, sentence


def holder(rider: str) -> str:
    """Who takes them along; there is one booking, or this fails."""
    booking = Booking.objects.select_related("offer__driver").get(rider__first_name=rider)
    assert booking.state == Booking.State.CONFIRMED
    return booking.offer.driver.first_name


def test_both_tap_accept_at_once(site, drivers, open_window):
    held: list[Route] = []
    windows = {one.first_name: inbox(site, open_window, one) for one in (drivers.dora, drivers.eve)}
    for page in windows.values():
        page.evaluate("window.neverReloaded = true")
        page.evaluate(LISTENS)
        page.route("**/inbox/asking/*/accept/", lambda route: held.append(route))
    for rider in ROUNDS:
        assert world.ask(world.person(rider), drivers.start, drivers.store).ok
        buttons = [accept(page, rider) for page in windows.values()]
        for button in buttons:
            expect(button).to_be_visible()
        for button in buttons:
            button.click()
        release(held, windows["Dora"])

        for page in windows.values():
            expect(card(page, rider)).to_have_count(0)
        first = holder(rider)
        [loser] = (page for name, page in windows.items() if name != first)
        says(windows[first], "Settled: you take them along.")
        reads_that_somebody_was_first(loser, rider)
        says(loser, LATE)
        expect(windows[first].get_by_role("article").filter(has_text=rider)).to_have_count(0)
    for page in windows.values():
        assert page.evaluate("window.neverReloaded"), "a page was loaded again"
    states = Asking.objects.values_list("state", flat=True)
    assert sorted(states) == ["accepted"] * len(ROUNDS) + ["taken"] * len(ROUNDS)
    world.require_books_balance()


def test_who_has_not_tapped_sees_it_too_and_an_old_page_says_so_to_who_taps(site, drivers, open_window):
    """Eve's phone hears of it; the page that hears nothing is the control, and one has no JavaScript at all."""
    winner, hears = inbox(site, open_window, drivers.dora), inbox(site, open_window, drivers.eve, phone=True)
    assert world.ask(world.person("Bo"), drivers.start, drivers.store).ok
    expect(accept(winner, "Bo")).to_be_visible()
    expect(accept(hears, "Bo")).to_be_visible()
    deaf = inbox(site, open_window, drivers.eve, deaf=True)
    plain = inbox(site, open_window, drivers.eve, java_script_enabled=False)
    accept(winner, "Bo").click()
    reads_that_somebody_was_first(hears, "Bo")
    assert holder("Bo") == "Dora"

    with pytest.raises(AssertionError):  # control
        reads_that_somebody_was_first(deaf, "Bo", timeout=500)
    deaf.evaluate(LISTENS)
    for late in (deaf, plain):
        accept(late, "Bo").click()
        reads_that_somebody_was_first(late, "Bo")
        assert late.url.endswith("/inbox/")
    says(deaf, LATE)
    assert holder("Bo") == "Dora"
    assert Asking.objects.filter(state="taken").count() == 1
    world.require_books_balance()
