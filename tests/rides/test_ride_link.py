"""Bo lets his sister see how his ride goes: by a link that shows no home, and ends with the ride."""

import pytest

from rides import commands, streets, tasks
from rides.models import Booking, RideLink
from rides.underway import homes
from tests.rides import under_way, world
from tests.rides.programs import client as program

pytestmark = pytest.mark.django_db


@pytest.fixture
def bos(dora, bo, far_home, along, store) -> Booking:
    world.car(dora)
    ride = world.publish(dora, far_home, store, max_detour_s=7200, max_detour_m=100_000)
    return under_way.seat(bo, ride, along[2], store, max_walk_m=0)


def link_to(booking) -> str:
    answer = commands.want_link(booking.rider, booking.pk)
    assert answer.ok, answer.data
    return f"/r/{answer.data['token']}/"


def test_who_has_the_link_sees_the_ride_without_signing_in(bos, client):
    link = link_to(bos)
    assert len(link) > 30 and link == link_to(bos)
    page = client.get(link)
    assert page.status_code == 200 and page.headers["Cache-Control"] == "no-store"
    assert "Bo rides with Dora" in page.content.decode()
    under_way.leave(bos.offer)
    near = homes.on_the_way((bos.offer.stops.order_by("sequence")[0].place,), [bos])
    here = next(place for place in under_way.road(bos.offer) if not homes.near(near, place))
    under_way.says(bos.offer, here)
    page = client.get(link).content.decode()
    assert f'lat="{here.lat:.5f}" lon="{here.lon:.5f}"' in page and "Gets on at" in page


def test_it_shows_no_home_not_even_his(bos, bo, client):
    link = link_to(bos)
    under_way.leave(bos.offer)
    door = streets.exact(bos.pickup_place)
    under_way.says(bos.offer, door)
    assert program(bo).get(f"/api/v1/bookings/{bos.pk}/car/").json()["point"]  # control: Bo himself sees it
    page = client.get(link).content.decode()
    assert "near somebody" in page and "<coming-car" not in page
    for secret in (f"{door.lat:.4f}", f"{door.lon:.4f}", bos.pickup_place.label):
        assert secret not in page


@pytest.mark.parametrize("how", ["ended", "called off", "got off", "arrived", "ride called off"])
def test_it_ends_with_the_ride_or_when_he_likes(bos, bo, dora, client, how):
    link, never = link_to(bos), client.get("/r/never-was/")
    under_way.leave(bos.offer)
    assert client.get(link).status_code == 200  # control
    done = {
        "ended": lambda: commands.want_link(bo, bos.pk, wanted=False),
        "called off": lambda: commands.cancel_booking(bo, bos.pk),
        "got off": lambda: commands.got_off(bo, bos.pk),
        "arrived": lambda: commands.complete_offer(dora, bos.offer_id),
        "ride called off": lambda: commands.cancel_offer(dora, bos.offer_id),
    }[how]()
    assert done.ok, done.data
    gone = client.get(link)
    assert (gone.status_code, never.status_code) == (404, 404)
    tasks.forget_points(0)
    assert not RideLink.objects.exists()


def test_an_ended_link_never_comes_back_and_a_live_one_is_not_forgotten(bos, bo):
    first = link_to(bos)
    assert commands.want_link(bo, bos.pk, wanted=False).data["token"] == ""
    second = link_to(bos)
    assert second != first
    tasks.forget_points(0)
    assert RideLink.objects.count() == 1


def test_only_he_gives_it_away(bos, dora, cy):
    for other in (dora, cy):
        assert commands.want_link(other, bos.pk).data["code"] == "not_found"
    assert not RideLink.objects.exists()
