"""One ride, whole: a stranger finds it, joins by a code, books; the driver accepts; a third person sees the seat go."""

import re

from playwright.sync_api import Page, expect

from tests.rides import world


def seats(page: Page, offer_id: int):
    """The seat count of a ride as this window shows it."""
    return page.locator(f'seat-bar[data-offer="{offer_id}"]').first


def code_from_letter(site) -> str:
    """The code in the newest letter."""
    newest = max(site.letters.iterdir(), key=lambda letter: letter.stat().st_mtime)
    text = newest.read_text()
    return re.search(r"^\s*([A-Z0-9]{3,5}-?[A-Z0-9]{3,5})\s*$", text, re.M)[1]


def look_for_the_store(page: Page) -> None:
    """Home: the one question, the first door."""
    page.goto("/")
    where = page.get_by_role("combobox", name="Where to?")
    where.fill("ikea")
    page.get_by_role("option", name=re.compile("IKEA")).first.click()
    page.get_by_role("button", name="I need a ride").click()


def test_the_whole_ride_in_three_windows(site, town, open_window):
    place = town(seats=3)
    driver = open_window(site.url)
    site.sign_in(driver.context, place.driver)
    driver.goto(f"/drive/{place.offer.pk}/")

    watcher = open_window(site.url)
    look_for_the_store(watcher)
    expect(seats(watcher, place.offer.pk)).to_contain_text("3")
    watcher.evaluate("window.neverReloaded = true")

    rider = open_window(site.url, phone=True)
    look_for_the_store(rider)
    rider.locator(f"#ride-{place.offer.pk} a").first.click()
    rider.get_by_role("button", name=re.compile("^Book")).click()
    rider.get_by_label("First name").fill("Bo")
    rider.get_by_label(re.compile("[Ee]-?mail")).fill("bo@example.org")
    rider.locator("main form button").first.click()
    rider.get_by_label(re.compile("[Cc]ode")).fill(code_from_letter(site))
    rider.locator("main form button").first.click()
    rider.get_by_role("button", name=re.compile("^Book")).click()
    expect(rider.get_by_role("heading", name="Asked Dora L.")).to_be_visible()

    expect(seats(watcher, place.offer.pk)).to_contain_text("2")
    assert watcher.evaluate("window.neverReloaded"), "the watcher's page was loaded again"

    card = driver.get_by_role("article").filter(has_text="Bo wants to come along")
    card.get_by_role("button", name="Accept").click()
    expect(rider.get_by_role("heading", name="Your seat is booked")).to_be_visible()
    world.require_books_balance()


def test_the_last_seat_goes_to_one_and_the_other_reads_so_with_the_next_best_ride(site, town, open_window):
    place = town(seats=1)
    eve = world.person("Eve")
    world.car(eve)
    second = world.publish(eve, place.start, place.store, departs_at=world.soon(3.2).isoformat())
    windows = []
    for name in ("Bo", "Cy"):
        window = open_window(site.url, allow=["409"])
        site.sign_in(window.context, world.person(name))
        look_for_the_store(window)
        window.locator(f"#ride-{place.offer.pk} a").first.click()
        windows.append(window)
    for window in windows:
        window.get_by_role("button", name=re.compile("^Book")).click()
    bo, cy = windows
    expect(bo.get_by_role("heading", name="Asked Dora L.")).to_be_visible()
    expect(cy.get_by_role("alert")).to_contain_text("That seat has just gone.")
    expect(cy.locator(f"#ride-{second.pk}")).to_be_visible()
    world.require_books_balance()


def test_the_whole_ride_without_javascript(site, town, open_window):
    place = town(seats=2)
    rider = open_window(site.url, java_script_enabled=False)
    site.sign_in(rider.context, world.person("Bo"))
    rider.goto("/")
    rider.get_by_label("Where to?").fill("ikea")
    rider.get_by_role("button", name="I need a ride").click()
    rider.locator(f"#ride-{place.offer.pk} a").first.click()
    rider.get_by_role("button", name=re.compile("^Book")).click()
    expect(rider.get_by_role("heading", name="Asked Dora L.")).to_be_visible()

    driver = open_window(site.url, java_script_enabled=False)
    site.sign_in(driver.context, place.driver)
    driver.goto("/inbox/")
    driver.get_by_role("article").filter(has_text="Bo wants to come along").get_by_role("button", name="Accept").click()
    rider.reload()
    expect(rider.get_by_role("heading", name="Your seat is booked")).to_be_visible()


def test_a_request_reaches_the_driver_live(site, town, open_window):
    place = town(seats=2)
    driver = open_window(site.url)
    site.sign_in(driver.context, place.driver)
    driver.goto("/inbox/")
    world.ask(world.person("Cy"), place.start, place.store)
    card = driver.get_by_role("article").filter(has_text="Cy is on your way")
    card.get_by_role("button", name="Accept").click()
    expect(card).to_have_count(0)
    world.require_books_balance()
