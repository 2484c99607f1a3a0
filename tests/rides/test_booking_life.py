"""Holding, asking several drivers, waiting in line, giving back in part; a ride that moves."""

from datetime import timedelta

import pytest
from django.utils import timezone

from rides import commands, tasks
from rides.commands.execute import by_itself
from rides.models import Booking, RideOffer, RideRequest, WaitingEntry
from rides.serializers.bookings import BookingIn, SmallerIn
from rides.serializers.offers import OfferChangeIn
from tests.rides import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(far_home):
    return world.near(far_home, 200, 0)


def hold(rider, offer, origin, destination, **fields):
    body = {"offer": offer.pk, "origin": origin, "destination": destination}
    return commands.hold(rider, world.valid(BookingIn, body | fields))


def wait_in_line(rider, offer, origin, destination, **fields):
    body = {"offer": offer.pk, "origin": origin, "destination": destination}
    return commands.join_waiting_list(rider, world.valid(BookingIn, body | fields))


def change(driver, offer, **fields):
    return commands.change_offer(driver, offer.pk, world.valid(OfferChangeIn, fields))


def other_driver(name, far_home, store, **fields):
    driver = world.person(name)
    world.car(driver)
    return driver, world.publish(driver, far_home, store, **fields)


# --- holds -------------------------------------------------------------------------------------------------------


def test_an_open_form_keeps_the_last_seat_and_booking_it_takes_no_second_one(last_seat, bo, cy, door, store):
    assert hold(bo, last_seat, door, store).data["state"] == "HELD"
    assert world.book(cy, last_seat, door, store).data["code"] == "seats_taken"
    assert world.book(bo, last_seat, door, store).data["state"] == "WAITING_CONFIRMATION"
    assert Booking.objects.count() == 1
    world.require_books_balance()


def test_a_form_left_open_gives_the_seat_back_in_time(last_seat, bo, cy, door, store):
    held = hold(bo, last_seat, door, store).data["id"]
    tasks.release_hold(held)
    assert Booking.objects.filter(pk=held).exists()  # not before its time
    Booking.objects.filter(pk=held).update(held_until=timezone.now() - timedelta(seconds=1))
    tasks.release_hold(held)
    assert not Booking.objects.filter(pk=held).exists()
    assert world.book(cy, last_seat, door, store).ok


def test_a_hold_that_is_over_keeps_nobody_out_even_when_no_worker_runs(last_seat, bo, cy, door, store):
    hold(bo, last_seat, door, store)
    Booking.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert world.book(cy, last_seat, door, store).ok


def test_nobody_holds_two_seats_at_once(to_the_store, last_seat_of_eve, bo, door, store):
    hold(bo, to_the_store, door, store)
    hold(bo, last_seat_of_eve, door, store)
    assert [held.offer_id for held in Booking.objects.all()] == [last_seat_of_eve.pk]
    assert set(world.taken(to_the_store)) == {0}


@pytest.fixture
def last_seat_of_eve(far_home, store):
    eve = world.person("Eve")
    world.car(eve, 1)
    return world.publish(eve, far_home, store)


# --- three drivers, one yes --------------------------------------------------------------------------------------


def test_the_first_yes_withdraws_the_others(to_the_store, dora, bo, door, far_home, store):
    eve, hers = other_driver("Eve", far_home, store)
    first = world.book(bo, to_the_store, door, store)
    second = world.book(bo, hers, door, store, request=first.data["request"])
    assert commands.accept_booking(eve, second.data["id"]).data["state"] == "CONFIRMED"
    withdrawn = Booking.objects.get(pk=first.data["id"])
    assert (withdrawn.state, withdrawn.reason) == ("CANCELLED", "withdrawn")
    assert set(world.taken(to_the_store)) == {0}
    assert commands.accept_booking(dora, withdrawn.pk).data["code"] == "already_settled"
    assert RideRequest.objects.get().state == "matched"


def test_a_fourth_driver_is_not_asked(to_the_store, bo, door, far_home, store):
    offers = [to_the_store, *(other_driver(name, far_home, store)[1] for name in ("Eve", "Fay", "Gus"))]
    codes = [world.book(bo, offer, door, store).data.get("code") for offer in offers]
    assert codes == [None, None, None, "too_many_asked"]


def test_there_and_back_on_one_day_is_no_overlap(to_the_store, dora, bo, door, far_home, store):
    out = world.book(bo, to_the_store, door, store)
    arrives = Booking.objects.get(pk=out.data["id"]).dropoff_at
    _eve, back = other_driver("Eve", store, far_home, departs_at=(arrives + timedelta(minutes=5)).isoformat())
    RideOffer.objects.update(automatic=True)
    commands.accept_booking(dora, out.data["id"])
    home = world.book(bo, back, store, door, earliest_at=arrives, latest_at=arrives + timedelta(hours=2))
    assert home.data.get("state") == "CONFIRMED", home.data


def test_a_driver_has_one_car_at_a_time(to_the_store, dora, far_home, store):
    body = {"origin": far_home, "destination": store, "departs_at": to_the_store.departs_at.isoformat()}
    from rides.serializers.offers import OfferIn

    assert commands.publish_offer(dora, world.valid(OfferIn, body)).data["code"] == "already_driving"


# --- when the driver says no -------------------------------------------------------------------------------------


def test_a_no_lets_the_journey_look_on_by_itself(to_the_store, dora, bo, door, store):
    asked = world.book(bo, to_the_store, door, store)
    commands.decline_booking(dora, asked.data["id"], note="full of plants")
    request = RideRequest.objects.get(pk=asked.data["request"])
    assert request.state == "open"
    assert Booking.objects.get(pk=asked.data["id"]).reason_note == "full of plants"


def test_calling_off_the_ride_opens_the_journeys_again(to_the_store, dora, bo, door, store):
    asked = world.book(bo, to_the_store, door, store)
    commands.accept_booking(dora, asked.data["id"])
    commands.cancel_offer(dora, to_the_store.pk, note="the car is ill")
    assert RideRequest.objects.get(pk=asked.data["request"]).state == "open"
    assert Booking.objects.get(pk=asked.data["id"]).reason_note == "the car is ill"


def test_calling_off_oneself_ends_the_journey(to_the_store, bo, door, store):
    asked = world.book(bo, to_the_store, door, store)
    commands.cancel_booking(bo, asked.data["id"])
    assert RideRequest.objects.get(pk=asked.data["request"]).state == "cancelled"


# --- one of the two of us ----------------------------------------------------------------------------------------


def test_one_of_two_stays_and_pays_no_more_than_half(to_the_store, dora, bo, door, store):
    asked = world.book(bo, to_the_store, door, store, seats=2, companions=["Ida"])
    commands.accept_booking(dora, asked.data["id"])
    paid = Booking.objects.get(pk=asked.data["id"]).price_cents
    fewer = commands.reduce_booking(bo, asked.data["id"], world.valid(SmallerIn, {"seats": 1}))
    assert (fewer.data["seats"], fewer.data["companions"]) == (1, [])
    assert fewer.data["price_cents"] <= paid // 2
    assert max(world.taken(to_the_store)) == 1
    world.require_books_balance()


def test_a_booking_does_not_grow_that_way(to_the_store, bo, door, store):
    asked = world.book(bo, to_the_store, door, store)
    refused = commands.reduce_booking(bo, asked.data["id"], world.valid(SmallerIn, {"seats": 2}))
    assert (refused.status, refused.data["code"]) == (400, "invalid")


# --- the waiting list --------------------------------------------------------------------------------------------


def test_who_waited_longest_gets_the_seat_and_a_newcomer_does_not(last_seat, bo, cy, door, store):
    taken = world.book(bo, last_seat, door, store)
    eve, fay = world.person("Eve"), world.person("Fay")
    assert wait_in_line(cy, last_seat, door, store).data["position"] == 1
    assert wait_in_line(eve, last_seat, door, store).data["position"] == 2
    commands.cancel_booking(bo, taken.data["id"])
    assert world.book(fay, last_seat, door, store).data["code"] == "seats_taken"
    tasks.tend_offer(last_seat.pk)
    [holding] = Booking.objects.filter(state__in=Booking.HOLDS)
    assert holding.rider == cy
    assert list(WaitingEntry.objects.values_list("state", flat=True)) == ["promoted", "waiting"]


def test_without_a_waiting_list_a_newcomer_has_the_seat_at_once(last_seat, bo, cy, door, store):
    """Control."""
    taken = world.book(bo, last_seat, door, store)
    commands.cancel_booking(bo, taken.data["id"])
    assert world.book(cy, last_seat, door, store).ok


def test_whom_the_seat_does_not_suit_keeps_her_place_and_lets_the_next_one_have_it(last_seat, bo, cy, door, store):
    taken = world.book(bo, last_seat, door, store)
    eve = world.person("Eve")
    wait_in_line(cy, last_seat, door, store, seats=2)
    wait_in_line(eve, last_seat, door, store)
    commands.cancel_booking(bo, taken.data["id"])
    tasks.tend_offer(last_seat.pk)
    assert Booking.objects.get(state="WAITING_CONFIRMATION").rider == eve
    last_seat.refresh_from_db()
    assert last_seat.reserved_until is None


# --- a ride that moves -------------------------------------------------------------------------------------------


def test_a_ride_that_moves_far_lets_its_riders_leave_freely(to_the_store, dora, bo, door, store):
    asked = world.book(bo, to_the_store, door, store)
    commands.accept_booking(dora, asked.data["id"])
    before = Booking.objects.get(pk=asked.data["id"])
    later = to_the_store.departs_at + timedelta(minutes=25)
    assert change(dora, to_the_store, departs_at=later.isoformat()).ok
    moved = Booking.objects.get(pk=before.pk)
    assert moved.may_leave_freely
    assert abs(moved.pickup_at - before.pickup_at - timedelta(minutes=25)) < timedelta(seconds=1)
    assert commands.cancel_booking(bo, moved.pk).data["reason"] == "after_change"


def test_a_few_minutes_are_within_what_was_agreed_but_only_once(to_the_store, dora, bo, door, store):
    asked = world.book(bo, to_the_store, door, store)
    commands.accept_booking(dora, asked.data["id"])
    for minutes, free in ((7, False), (14, True)):
        change(dora, to_the_store, departs_at=(to_the_store.departs_at + timedelta(minutes=minutes)).isoformat())
        assert Booking.objects.get(pk=asked.data["id"]).may_leave_freely is free


def test_seats_that_people_have_are_not_taken_away(to_the_store, dora, bo, door, store):
    world.book(bo, to_the_store, door, store, seats=2)
    assert change(dora, to_the_store, seats=1).data["code"] == "seats_in_use"
    assert change(dora, to_the_store, seats=2).data["seats_left"] == 0
    world.require_books_balance()


def test_a_ride_can_go_to_another_place(to_the_store, dora, bo, door, half_way):
    goal = world.homes(3)[1]
    assert change(dora, to_the_store, destination=goal).ok
    to_the_store.refresh_from_db()
    last = to_the_store.stops.order_by("sequence").last()
    assert last.place.lat == goal["lat"]
    assert sum(leg.duration_s for leg in to_the_store.legs.all()) == to_the_store.empty_s


# --- drafts, ways back, who sits there already -------------------------------------------------------------------


def test_a_draft_is_seen_by_its_driver_alone(dora, bo, far_home, store, door):
    world.car(dora)
    draft = world.publish(dora, far_home, store, draft=True)
    assert world.book(bo, draft, door, store).status == 404
    assert commands.publish_draft(dora, draft.pk).data["state"] == "published"
    assert world.book(bo, draft, door, store).ok


def test_a_way_back_is_linked_and_called_off_with_the_way_out(dora, bo, far_home, store, door):
    world.car(dora)
    out = world.publish(dora, far_home, store, return_at=world.soon(5).isoformat(), return_open=True)
    back = out.way_back
    assert back.open_ended
    asked = world.book(bo, back, store, door)
    assert asked.ok, asked.data
    commands.cancel_offer(dora, out.pk)
    assert Booking.objects.get(pk=asked.data["id"]).reason == "offer_cancelled"


def test_who_sits_in_the_car_already_takes_no_seat_twice(dora, bo, far_home, store, door):
    world.car(dora, 3)
    offer = world.publish(dora, far_home, store, already_aboard=2)
    assert world.book(bo, offer, door, store, seats=2).data["code"] == "does_not_fit"
    assert world.book(bo, offer, door, store).ok


# --- all kinds of room -------------------------------------------------------------------------------------------


def test_every_kind_of_room_is_counted(dora, bo, cy, far_home, store, door):
    ramp = {
        "name": "ramp",
        "seats": 2,
        "wheelchairs": 1,
        "litres": 300,
        "length_cm": 100,
        "child_seats": 1,
        "roof_kg": 50,
    }
    world.car(dora, 4, ramp)
    offer = world.publish(dora, far_home, store)
    assert world.book(bo, offer, door, store, seats=1, wheelchairs=1, child_seats=1).ok
    assert world.book(cy, offer, door, store, seats=0, roof_kg=60).data["code"] == "does_not_fit"
    for more in ({"wheelchairs": 1, "seats": 0}, {"child_seats": 1}, {"seats": 2}):
        assert world.book(cy, offer, door, store, **more).data["code"] == "seats_taken", more
    assert world.book(cy, offer, door, store, roof_kg=50).ok
    world.require_books_balance()


def test_a_lapsed_request_frees_the_seat_and_looks_on(to_the_store, bo, door, store):
    from rides.bookings import answers

    asked = world.book(bo, to_the_store, door, store)
    later = Booking.objects.get(pk=asked.data["id"]).deadline_at + timedelta(seconds=1)
    by_itself(lambda: answers.lapse(booking_id=asked.data["id"], now=later))
    assert Booking.objects.get(pk=asked.data["id"]).reason == "no_answer"
    assert set(world.taken(to_the_store)) == {0}
