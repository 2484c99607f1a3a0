"""A request finds its drivers; the first yes wins."""

import pytest

from rides import commands, tasks
from rides.models import Asking, Booking, RideRequest
from tests.rides import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(to_the_store, bo, half_way, store):
    """Bo's request, put to Dora."""
    answer = world.ask(bo, half_way, store, note="with a plant")
    tasks.match_request(answer.data["id"])
    return Asking.objects.get(request_id=answer.data["id"])


def test_dora_is_asked_and_takes_bo_along(asked, dora, bo):
    answer = commands.accept_asking(dora, asked.pk)
    assert (answer.data["state"], answer.data["rider"]) == ("CONFIRMED", "Bo")
    assert RideRequest.objects.get().state == "matched"
    world.require_books_balance()


def test_the_card_shows_public_points_only(asked, dora, half_way):
    from rides.event_view import of_asking

    card = of_asking({"asking": asked.pk}, dora)
    assert card["rider"] == "Bo"
    assert not card["origin"]["exact"]
    assert abs(card["origin"]["lat"] - half_way["lat"]) + abs(card["origin"]["lon"] - half_way["lon"]) > 1e-4
    assert "with a plant" in card["note"]


def test_a_declined_card_is_closed_and_the_request_stays_open(asked, dora):
    assert commands.decline_asking(dora, asked.pk).data["state"] == "declined"
    assert commands.accept_asking(dora, asked.pk).data["code"] == "already_settled"
    assert RideRequest.objects.get().state == "open"


def test_somebody_elses_card_does_not_exist(asked, cy):
    assert commands.accept_asking(cy, asked.pk) == commands.accept_asking(cy, 10**9)


def test_a_request_called_off_closes_its_cards(asked, bo, dora):
    assert commands.cancel_request(bo, asked.request_id).data["state"] == "cancelled"
    asked.refresh_from_db()
    assert asked.state == "closed"
    assert commands.accept_asking(dora, asked.pk).data["code"] == "already_settled"


def test_a_new_offer_meets_a_request_that_waits(dora, bo, far_home, half_way, store):
    request_id = world.ask(bo, half_way, store).data["id"]
    world.car(dora)
    offer = world.publish(dora, far_home, store)
    tasks.match_offer(offer.pk)
    assert Asking.objects.filter(request_id=request_id, offer=offer).exists()


def test_nobody_answers_in_time(to_the_store, bo, half_way, store):
    from datetime import timedelta

    from django.utils import timezone

    booking_id = world.book(bo, to_the_store, half_way, store).data["id"]
    Booking.objects.filter(pk=booking_id).update(deadline_at=timezone.now() - timedelta(minutes=1))
    tasks.expire(timestamp=0)
    booking = Booking.objects.get(pk=booking_id)
    assert (booking.state, booking.reason) == ("CANCELLED", "no_answer")
    assert set(world.taken(to_the_store)) == {0}


def test_an_answer_in_time_is_not_undone(to_the_store, dora, bo, half_way, store):
    booking_id = world.book(bo, to_the_store, half_way, store).data["id"]
    commands.accept_booking(dora, booking_id)
    tasks.expire(timestamp=0)
    assert Booking.objects.get(pk=booking_id).state == "CONFIRMED"
