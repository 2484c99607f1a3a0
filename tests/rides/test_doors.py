"""Who is fetched at home: a public point for everybody, the door for the driver who said yes, and her limit there."""

import pytest

from rides import commands, planner, streets, tasks
from rides.event_view import of_booking
from rides.models import Asking, Booking, RideOffer, Stop
from routing.distance import metres_between
from tests.rides import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(to_the_store, bo, half_way, store):
    """Bo wants to be fetched at his door, and asks Dora."""
    answer = world.book(bo, to_the_store, half_way, store, max_walk_m=0)
    return Booking.objects.get(pk=answer.data["id"])


def away_m(shown, place):
    return metres_between(streets.place_from(shown), streets.place_from(place))


def test_the_driver_reads_the_door_once_she_has_said_yes_and_not_before(asked, dora, bo, half_way):
    assert away_m(of_booking({"booking": asked.pk}, bo)["pickup"], half_way) < 2
    before = of_booking({"booking": asked.pk}, dora)["pickup"]
    assert not before["exact"]
    assert away_m(before, half_way) > 50
    commands.accept_booking(dora, asked.pk)
    after = of_booking({"booking": asked.pk}, dora)["pickup"]
    assert after["exact"]
    assert away_m(after, half_way) < 2


def test_no_stop_of_the_plan_is_at_the_door(asked, half_way):
    """What strangers measure of a plan goes by its stops."""
    door = streets.place_from(half_way)
    assert all(metres_between(streets.exact(stop.place), door) > 50 for stop in Stop.objects.all())


def test_everybody_around_is_met_at_the_same_point(half_way):
    """Control for it: the doors themselves are apart."""
    door = streets.place_from(half_way)
    next_door = streets.place_from(world.near(half_way, 15, 15))
    assert (door.lat, door.lon) != (next_door.lat, next_door.lon)
    assert streets.kerb(door) == streets.kerb(next_door)


def test_how_far_somebody_walks_is_for_herself(to_the_store, dora, bo, half_way, store):
    answer = world.book(bo, to_the_store, world.near(half_way, 400, 0), store, max_walk_m=2000)
    assert answer.data["walk_to_m"] is not None
    assert of_booking({"booking": answer.data["id"]}, dora)["walk_to_m"] is None


def test_beyond_her_limit_at_the_door_the_driver_decides(asked, dora, to_the_store):
    """Public points said that it fits; to the door it is a little farther, and only she reads how much."""
    RideOffer.objects.filter(pk=to_the_store.pk).update(max_detour_s=0)
    refused = commands.accept_booking(dora, asked.pk)
    assert (refused.status, refused.data["code"]) == (409, "longer_detour")
    assert refused.data["detour_s"] > refused.data["allowed_s"]
    assert Booking.objects.get(pk=asked.pk).state == "WAITING_CONFIRMATION"
    assert commands.accept_booking(dora, asked.pk, anyway=True).data["state"] == "CONFIRMED"


def test_nothing_is_accepted_by_itself_beyond_the_limit_at_the_door(to_the_store, bo, half_way, store, monkeypatch):
    RideOffer.objects.filter(pk=to_the_store.pk).update(automatic=True)
    monkeypatch.setattr(planner, "_to_the_doors_s", lambda *_: 7200)
    assert world.book(bo, to_the_store, half_way, store, max_walk_m=0).data["state"] == "WAITING_CONFIRMATION"


def test_without_that_the_ride_accepts_by_itself(to_the_store, bo, half_way, store):
    """Control."""
    RideOffer.objects.filter(pk=to_the_store.pk).update(automatic=True)
    assert world.book(bo, to_the_store, half_way, store, max_walk_m=0).data["state"] == "CONFIRMED"


def test_a_card_too_is_measured_to_the_door(to_the_store, dora, bo, half_way, store):
    request_id = world.ask(bo, half_way, store, max_walk_m=0).data["id"]
    tasks.match_request(request_id)
    card = Asking.objects.get(request_id=request_id)
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patched:
        patched.setattr(planner, "_to_the_doors_s", lambda *_: 7200)
        assert commands.accept_asking(dora, card.pk).data["code"] == "longer_detour"
    assert commands.accept_asking(dora, card.pk).data["state"] == "CONFIRMED"


def test_the_limit_at_the_door_over_http(asked, dora, to_the_store):
    from tests.rides.programs import client

    RideOffer.objects.filter(pk=to_the_store.pk).update(max_detour_s=0)
    accept = f"/api/v1/bookings/{asked.pk}/accept/"
    assert client(dora).post(accept, {}, format="json").json()["code"] == "longer_detour"
    assert client(dora).post(accept, {"anyway": True}, format="json").json()["state"] == "CONFIRMED"
