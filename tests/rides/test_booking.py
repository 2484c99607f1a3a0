"""Seats are taken, answered, given back; what is taken always adds up."""

import pytest

from accounts.models import Block
from realtime.models import Event
from rides import commands, tasks
from rides.models import Booking, RideOffer, Stop
from tests.rides import world

pytestmark = pytest.mark.django_db


def test_bo_books_and_dora_accepts(to_the_store, dora, bo, far_home, store):
    asked = world.book(bo, to_the_store, world.near(far_home, 200, 0), store)
    assert asked.status == 201
    assert asked.data["state"] == "WAITING_CONFIRMATION"
    assert max(world.taken(to_the_store)) == 1

    accepted = commands.accept_booking(dora, asked.data["id"])
    assert accepted.data["state"] == "CONFIRMED"
    assert list(Event.objects.filter(stream_id=bo.pk).values_list("kind", flat=True)) == [
        "booking",
        "request",
        "booking",
        "request",
    ]
    world.require_books_balance()


def test_a_declined_booking_frees_the_seat_and_its_stops(to_the_store, dora, bo, half_way, store):
    asked = world.book(bo, to_the_store, half_way, store, max_walk_m=0)
    assert Stop.objects.filter(offer=to_the_store).count() == 3

    declined = commands.decline_booking(dora, asked.data["id"])
    assert (declined.data["state"], declined.data["reason"]) == ("CANCELLED", "declined")
    tasks.tend_offer(to_the_store.pk)
    assert Stop.objects.filter(offer=to_the_store).count() == 2
    assert world.taken(to_the_store) == [0]
    world.require_books_balance()


def test_a_stop_that_somebody_else_uses_stays(to_the_store, bo, cy, half_way, store):
    first = world.book(bo, to_the_store, half_way, store, max_walk_m=0)
    world.book(cy, to_the_store, half_way, store, max_walk_m=0)
    stops = Stop.objects.filter(offer=to_the_store).count()

    assert commands.cancel_booking(bo, first.data["id"]).ok
    tasks.tend_offer(to_the_store.pk)
    assert Stop.objects.filter(offer=to_the_store).count() == stops
    world.require_books_balance()


def test_giving_back_happens_once(to_the_store, bo, far_home, store):
    asked = world.book(bo, to_the_store, world.near(far_home, 200, 0), store)
    assert commands.cancel_booking(bo, asked.data["id"]).ok
    again = commands.cancel_booking(bo, asked.data["id"])
    assert (again.status, again.data["code"]) == (409, "already_settled")
    assert set(world.taken(to_the_store)) == {0}


def test_who_comes_too_late_reads_so_and_sees_the_next_best_ride(last_seat, dora, bo, cy, far_home, store):
    other = world.person("Eve")
    world.car(other)
    next_ride = world.publish(other, far_home, store, departs_at=world.soon(2.2).isoformat())
    door = world.near(far_home, 200, 0)
    assert world.book(bo, last_seat, door, store).ok

    late = world.book(cy, last_seat, door, store)
    assert (late.status, late.data["code"]) == (409, "seats_taken")
    assert late.data["detail"] == "That seat has just gone."
    assert [found["offer"]["id"] for found in late.data["next_best"]] == [next_ride.pk]
    assert not Booking.objects.filter(rider=cy).exists()


def test_two_people_and_a_bookcase_fit_a_car_that_folds_and_then_no_third_person(dora, bo, cy, far_home, store):
    world.car(dora, 4, {"name": "folded", "seats": 2, "litres": 900, "length_cm": 210})
    offer = world.publish(dora, far_home, store)
    door = world.near(far_home, 200, 0)
    assert world.book(bo, offer, door, store, seats=2, litres=200, length_cm=202).ok
    late = world.book(cy, offer, door, store)
    assert late.data["code"] == "seats_taken"
    world.require_books_balance()


def test_a_driver_does_not_book_her_own_ride(to_the_store, dora, far_home, store):
    assert world.book(dora, to_the_store, world.near(far_home, 200, 0), store).data["code"] == "own_ride"


def test_a_blocked_person_finds_nothing_there(to_the_store, dora, bo, far_home, store):
    Block.objects.create(blocker=dora, blocked=bo)
    refused = world.book(bo, to_the_store, world.near(far_home, 200, 0), store)
    missing = world.book(bo, RideOffer(pk=10**9), world.near(far_home, 200, 0), store)
    assert refused == missing
    assert refused.status == 404


def test_nobody_rides_twice_at_the_same_time(to_the_store, dora, bo, far_home, store):
    eve = world.person("Eve")
    world.car(eve)
    door = world.near(far_home, 200, 0)
    twin = world.publish(eve, far_home, store, automatic=True)
    assert world.book(bo, twin, door, store).data["state"] == "CONFIRMED"
    assert world.book(bo, to_the_store, door, store).data["code"] == "already_riding"


def test_a_stranger_cannot_answer_or_even_see_a_booking(to_the_store, bo, cy, far_home, store):
    asked = world.book(bo, to_the_store, world.near(far_home, 200, 0), store)
    for step in (commands.accept_booking, commands.decline_booking, commands.cancel_booking):
        assert step(cy, asked.data["id"]) == step(cy, 10**9)


def test_calling_off_a_ride_ends_its_bookings(to_the_store, dora, bo, far_home, store):
    asked = world.book(bo, to_the_store, world.near(far_home, 200, 0), store)
    assert commands.cancel_offer(dora, to_the_store.pk).data["state"] == "cancelled"
    booking = Booking.objects.get(pk=asked.data["id"])
    assert (booking.state, booking.reason) == ("CANCELLED", "offer_cancelled")
    assert commands.cancel_offer(dora, to_the_store.pk).data["code"] == "wrong_state"
    world.require_books_balance()


def test_a_ride_is_driven_to_its_end(to_the_store, dora, bo, cy, far_home, store):
    door = world.near(far_home, 200, 0)
    with_yes, without = (world.book(rider, to_the_store, door, store).data["id"] for rider in (bo, cy))
    commands.accept_booking(dora, with_yes)
    assert commands.depart_offer(dora, to_the_store.pk).data["state"] == "departed"
    assert commands.complete_offer(dora, to_the_store.pk).data["state"] == "completed"
    assert Booking.objects.get(pk=with_yes).state == "COMPLETED_PENDING_VALIDATION"
    assert Booking.objects.get(pk=without).reason == "no_answer"


def test_nobody_who_has_a_seat_is_driven_home_late_for_a_later_booking(last_seat, bo, cy, far_home, half_way, store):
    """With one seat and a patient driver, fetching Cy first and Bo afterwards would keep every other promise."""
    RideOffer.objects.filter(pk=last_seat.pk).update(max_detour_s=7200, max_detour_m=100_000)
    first = world.book(bo, last_seat, half_way, store)
    assert first.ok
    late = world.book(cy, last_seat, half_way, store)
    assert (late.status, late.data["code"]) == (409, "seats_taken")
    booking = Booking.objects.get(pk=first.data["id"])
    assert booking.pickup.planned_at == booking.pickup_at


def test_who_is_aboard_reads_the_new_times_after_a_later_booking(to_the_store, bo, cy, far_home, half_way, store):
    first = world.book(bo, to_the_store, half_way, store)
    assert world.book(cy, to_the_store, world.near(far_home, 600, 600), store).ok
    booking = Booking.objects.get(pk=first.data["id"])
    assert (booking.pickup_at, booking.dropoff_at) == (booking.pickup.planned_at, booking.dropoff.planned_at)
    assert booking.dropoff_at <= booking.latest_dropoff_at
