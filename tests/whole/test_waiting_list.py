"""Two friends have the last seats; one of them cannot come; who waited gets the seat, and sees it at once."""

from playwright.sync_api import expect

from rides import commands
from rides.models import Booking
from tests.rides import world


def test_one_of_two_cannot_come_and_cy_moves_up_live(site, town, open_window):
    place = town(seats=2)
    bo, cy = world.person("Bo"), world.person("Cy")
    booked = world.book(bo, place.offer, place.start, place.store, seats=2, companions=["Ana"])
    assert commands.accept_booking(place.driver, booked.data["id"]).ok

    waits = open_window(site.url, phone=True)
    site.sign_in(waits.context, cy)
    waits.goto(f"/rides/{place.offer.pk}/?to=IKEA")
    expect(waits.get_by_role("alert")).to_contain_text("This ride is full.")
    waits.get_by_role("button", name="Join the waiting list").click()
    expect(waits.get_by_text("You are number 1 on the waiting list.")).to_be_visible()
    waits.evaluate("window.neverReloaded = true")

    rides = open_window(site.url)
    site.sign_in(rides.context, bo)
    rides.goto(f"/bookings/{booked.data['id']}/")
    rides.get_by_text("One of us cannot come").click()
    rides.get_by_role("button", name="Give the seat back").click()
    expect(rides.get_by_text("One of us cannot come")).to_have_count(0)

    expect(waits.get_by_text("You have asked for a seat on this ride.")).to_be_visible()
    assert waits.evaluate("window.neverReloaded"), "Cy's page was loaded again"
    assert Booking.objects.get(rider=bo).seats == 1
    assert Booking.objects.get(rider=cy).state == Booking.State.WAITING
    world.require_books_balance()
