"""A seat that is kept while the form is open, as two people see it in real browsers."""

import pytest
from playwright.sync_api import expect

from rides import streets
from rides.models import Booking
from tests.rides import world


@pytest.fixture
def ride(site, valley):
    """Dora drives from the middle of the valley to the store, with two seats."""
    dora = world.person("Dora", last_name="Lin")
    world.car(dora, 2)
    start = world.as_sent(streets.town_centre())
    return world.publish(dora, start, world.store(), max_detour_s=300, departs_at=world.soon(3).isoformat())


def window(site, open_window, person, **options):
    page = open_window(site.url, **options)
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")  # these tests need no map
    if person:
        site.sign_in(page.context, person)
    return page


def seats_of(page, ride):
    return page.locator(f'seat-bar[data-offer="{ride.pk}"]').first


def test_opening_the_form_keeps_the_seat_and_others_see_it_may_come_free(site, ride, open_window):
    watcher = window(site, open_window, None)
    watcher.goto(f"/rides/{ride.pk}/?to=IKEA")
    bo = window(site, open_window, world.person("Bo"), phone=True)
    bo.goto(f"/rides/{ride.pk}/?to=IKEA")
    expect(seats_of(watcher, ride)).to_contain_text("2 seats left")
    bo.get_by_text("1 person, what you bring").click()
    expect(bo.get_by_text("We keep your seat for 5 minutes.")).to_be_visible()
    expect(seats_of(watcher, ride)).to_contain_text("1 seat left · 1 may come free")
    assert [figure.get_attribute("class") for figure in seats_of(watcher, ride).locator("i").all()] == [
        "is-free", "is-held",
    ]  # fmt: skip
    expect(bo.get_by_label("Who comes along?")).to_be_hidden()
    bo.get_by_role("button", name="One more").first.click()
    expect(seats_of(watcher, ride)).to_contain_text("full · 2 may come free")
    bo.get_by_label("Who comes along?").fill("Ana")
    bo.get_by_role("button", name="Book").click()
    expect(bo.get_by_role("heading", name="Asked Dora L.")).to_be_visible()
    made = Booking.objects.get()
    assert (made.state, made.seats, made.companions) == (Booking.State.WAITING, 2, ["Ana"])
    world.require_books_balance()


def test_a_seat_that_went_while_the_form_opened_is_said_so(site, ride, open_window):
    bo = window(site, open_window, world.person("Bo"), allow=["409"])
    bo.goto(f"/rides/{ride.pk}/?to=IKEA")
    start = world.as_sent(ride.stops.order_by("sequence").first().place)
    assert world.book(world.person("Cy"), ride, start, world.store(), seats=2).ok
    bo.get_by_text("1 person, what you bring").click()
    expect(bo.get_by_text("That seat has just gone.")).to_be_visible()


def test_who_is_not_signed_in_keeps_no_seat(site, ride, open_window):
    stranger = window(site, open_window, None)
    stranger.goto(f"/rides/{ride.pk}/?to=IKEA")
    stranger.get_by_text("1 person, what you bring").click()
    expect(stranger.get_by_label("People")).to_be_visible()
    stranger.get_by_role("button", name="One more").first.click()
    expect(stranger.get_by_label("Who comes along?")).to_be_visible()
    assert not Booking.objects.exists()
