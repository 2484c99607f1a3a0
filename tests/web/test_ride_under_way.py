"""Dora drives, Bo waits: two windows, and between them nothing but the site."""

import re

import pytest
from playwright.sync_api import expect

from rides import streets
from rides.models import Booking, Sight
from rides.underway import homes
from tests.rides import under_way, world
from tests.rides.conftest import along, far_home, store

__all__ = ["along", "far_home", "store"]
MAP_MS = 60_000


@pytest.fixture
def bos(site, valley, along, store) -> Booking:
    """Dora leaves from the middle of the town, which is nobody's home, and fetches Bo at his door."""
    dora = world.person("Dora", last_name="Lin")
    world.car(dora, 2)
    start = world.as_sent(streets.town_centre())
    ride = world.publish(dora, start, store, max_detour_s=7200, max_detour_m=100_000)
    booking = under_way.seat(world.person("Bo"), ride, along[2], store, max_walk_m=0)
    under_way.leave(ride)
    return booking


def spots(booking):
    """Two on the road where nobody lives, one after the other; as a browser is told."""
    near = homes.on_the_way((), [booking])
    free = [place for place in under_way.road(booking.offer) if not homes.near(near, place)]
    return [{"latitude": place.lat, "longitude": place.lon, "accuracy": 5} for place in (free[0], free[-1])]


def test_bo_sees_the_car_come_while_dora_wants_him_to(site, bos, open_window):
    first, second = spots(bos)
    hers = open_window(site.url, phone=True, geolocation=first, permissions=["geolocation"])
    site.sign_in(hers.context, bos.offer.driver)
    hers.goto(f"/drive/{bos.offer_id}/")
    his = open_window(site.url)
    site.sign_in(his.context, bos.rider)
    his.goto(f"/bookings/{bos.pk}/")
    car = his.locator("coming-car")
    expect(car).to_contain_text("Dora is on the way.")
    expect(his.locator(".map")).to_have_class(re.compile("is-drawn"), timeout=MAP_MS)
    assert not Sight.objects.exists()  # nobody has asked her phone yet

    hers.get_by_role("button", name="Show them where I am").click()
    expect(hers.get_by_role("status").filter(has_text="They see where you are.")).to_be_visible()
    expect(car).to_contain_text("Dora is with you at")
    expect(car).to_have_attribute("lat", f"{first['latitude']:.5f}")
    expect(his.locator(".marker--car")).to_be_visible()

    hers.context.set_geolocation(second)
    expect(car).to_have_attribute("lat", re.compile("^" + f"{second['latitude']:.5f}".rstrip("0")))

    hers.get_by_role("button", name="Show it no more").click()
    expect(car).to_contain_text("Where the car is you see here")
    expect(his.locator(".marker--car")).to_have_count(0)
    assert not Sight.objects.exists()
