"""The pages of a ride under way, as they are without JavaScript: where the car was last, and when it comes."""

import pytest

from rides import commands
from rides.models import Booking, RideOffer, Sight
from tests.rides import under_way, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def bos(dora, bo, far_home, along, store) -> Booking:
    world.car(dora)
    ride = world.publish(dora, far_home, store, max_detour_s=7200, max_detour_m=100_000)
    return under_way.seat(bo, ride, along[2], store, max_walk_m=0)


def read(client, person, path) -> str:
    client.force_login(person)
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def page_of(booking) -> str:
    return f"/bookings/{booking.pk}/"


def drive_into_sight(offer: RideOffer) -> Sight:
    """Until Bo sees the car."""
    for place in under_way.road(offer)[::10]:
        assert under_way.says(offer, place)
        under_way.after_a_while(offer)
        seen = Sight.objects.get()
        if seen.lat is not None:
            return seen
    raise AssertionError("nobody ever saw the car")


def test_bo_reads_where_the_car_was_and_when_it_comes(client, bos, bo, dora):
    assert "<coming-car" not in read(client, bo, page_of(bos))
    under_way.leave(bos.offer)
    page = read(client, bo, page_of(bos))
    assert "Dora is on the way." in page and "Where the car is you see here" in page
    seen = drive_into_sight(bos.offer)
    page = read(client, bo, page_of(bos))
    assert "Dora is with you at" in page
    assert f'lat="{seen.lat:.5f}" lon="{seen.lon:.5f}"' in page
    assert "<coming-car" not in read(client, dora, page_of(bos))  # it is her car
    assert commands.aboard(bo, bos.pk).ok
    under_way.says(bos.offer, under_way.road(bos.offer)[-1])
    assert "You are there at" in read(client, bo, page_of(bos))
    assert commands.got_off(bo, bos.pk).ok
    assert "<coming-car" not in read(client, bo, page_of(bos))


def test_near_a_home_the_page_says_why_the_car_is_not_to_be_seen(client, bos, bo):
    under_way.leave(bos.offer)
    under_way.says(bos.offer, under_way.road(bos.offer)[0])
    page = read(client, bo, page_of(bos))
    assert "near somebody&#x27;s home" in page or "near somebody's home" in page
    assert ' lat="' not in page


def test_dora_may_show_them_where_she_is_only_while_she_is_under_way(client, bos, dora):
    path = f"/drive/{bos.offer_id}/"
    assert "<share-position" not in read(client, dora, path)
    under_way.leave(bos.offer)
    assert "<share-position" in read(client, dora, path)
    assert commands.complete_offer(dora, bos.offer_id).ok
    assert "<share-position" not in read(client, dora, path)
