"""Bo wants to be asked for his code: then Dora is not the only one who says that he is aboard."""

import pytest

from rides import commands
from rides.models import Booking
from rides.underway import hand_over
from tests.rides import under_way, world
from tests.rides.programs import client as program

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(dora, bo, far_home, door, store) -> Booking:
    world.car(dora)
    ride = world.publish(dora, far_home, store, departs_at=world.soon(0.5).isoformat())
    return under_way.seat(bo, ride, door, store)


@pytest.fixture
def code(booked, bo) -> str:
    answer = commands.want_code(bo, booked.pk)
    assert answer.ok, answer.data
    return answer.data["hand_over_code"]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10_000:04}"


def boarded(booking) -> bool:
    return Booking.objects.get(pk=booking.pk).boarded_at is not None


def test_without_a_code_everything_is_as_ever(booked, dora):
    assert Booking.objects.get(pk=booked.pk).code == ""
    assert commands.aboard(dora, booked.pk).ok


def test_the_driver_needs_the_code_that_only_the_rider_sees(booked, code, dora, bo):
    path = f"/api/v1/bookings/{booked.pk}/"
    seen = program(dora).get(path).json()
    assert (seen["has_code"], seen["hand_over_code"]) == (True, "")
    assert program(bo).get(path).json()["hand_over_code"] == code
    for guess in ({}, {"code": ""}, {"code": wrong(code)}):
        refused = program(dora).post(path + "aboard/", guess, format="json")
        assert (refused.status_code, refused.json()["code"]) == (409, "wrong_code")
    assert commands.got_off(dora, booked.pk).data["code"] == "wrong_code"  # no way around it
    assert not boarded(booked)
    assert program(dora).post(path + "aboard/", {"code": code}, format="json").status_code == 200
    assert boarded(booked)
    assert commands.got_off(dora, booked.pk).ok


def test_the_rider_herself_need_not_show_it(booked, code, bo):
    assert commands.aboard(bo, booked.pk).ok


def test_nobody_guesses_it(booked, code, dora):
    told = [commands.aboard(dora, booked.pk, code=wrong(code)).data["code"] for _ in range(hand_over.TRIES.burst + 1)]
    assert told == ["wrong_code"] * hand_over.TRIES.burst + ["tried_too_often"]
    assert commands.aboard(dora, booked.pk, code=code).data["code"] == "tried_too_often"
    assert not boarded(booked)


def test_it_is_the_riders_to_want_and_to_want_no_more(booked, code, dora, bo, cy):
    assert commands.want_code(bo, booked.pk).data["hand_over_code"] == code  # the same one
    for other in (dora, cy):
        refused = commands.want_code(other, booked.pk, wanted=False)
        assert refused.data["code"] == "not_found"
    assert commands.want_code(bo, booked.pk, wanted=False).data["has_code"] is False
    assert commands.aboard(dora, booked.pk).ok
    assert commands.want_code(bo, booked.pk).data["code"] == "already_aboard"


def test_both_pages_have_their_half_of_it(booked, code, dora, bo, client):
    client.force_login(bo)
    assert code in client.get(f"/bookings/{booked.pk}/").content.decode()
    client.force_login(dora)
    for path in (f"/bookings/{booked.pk}/", f"/drive/{booked.offer_id}/"):
        page = client.get(path).content.decode()
        assert 'name="code"' in page and f">{code}<" not in page
    client.post(f"/bookings/{booked.pk}/aboard/", {"code": wrong(code)})
    assert not boarded(booked)
    client.post(f"/bookings/{booked.pk}/aboard/", {"code": code})
    assert boarded(booked)
