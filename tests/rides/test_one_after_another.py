"""Rules that show only when several things happen one after the other."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from rides import commands, planner, search, tasks
from rides.bookings import booking
from rides.commands.bookings import trip_from
from rides.commands.execute import by_itself
from rides.errors import PlanChanged
from rides.models import Asking, Booking, RideOffer, RideRequest, WaitingEntry
from rides.serializers.bookings import BookingIn
from tests.rides import world
from tests.rides.world import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def flo(db):
    return world.person("Flo")


@pytest.fixture
def two_seats(dora, far_home, store) -> RideOffer:
    """Dora's ride with two seats."""
    world.car(dora, 2)
    return world.publish(dora, far_home, store)


def sent(offer, origin, destination, **fields):
    return world.valid(BookingIn, {"offer": offer.pk, "origin": origin, "destination": destination} | fields)


def eves_ride(far_home, store, **fields):
    """Another ride to the store."""
    eve = world.person(fields.pop("name", "Eve"))
    world.car(eve)
    return world.publish(eve, far_home, store, **fields)


def states(rows):
    return [row.state for row in rows.order_by("pk")]


# --- a form that is open


def test_what_somebody_holds_is_hers_though_others_wait(two_seats, bo, cy, flo, door, store):
    assert commands.hold(bo, sent(two_seats, door, store)).ok
    other = world.book(cy, two_seats, door, store).data["id"]
    assert commands.join_waiting_list(flo, sent(two_seats, door, store)).ok
    assert commands.cancel_booking(cy, other).ok  # that seat is kept for Flo
    assert told(world.book(bo, two_seats, door, store, seats=2)) == "seats_taken"
    assert told(world.book(bo, two_seats, door, store)) == "201"
    world.require_books_balance()


def test_what_a_hold_had_and_the_booking_does_not_need_is_for_who_waits(two_seats, bo, cy, flo, door, store):
    assert commands.hold(bo, sent(two_seats, door, store, seats=2)).ok
    assert commands.join_waiting_list(flo, sent(two_seats, door, store)).ok
    assert told(world.book(bo, two_seats, door, store)) == "201"
    assert told(world.book(cy, two_seats, door, store)) == "seats_taken"
    tasks.tend_offer(two_seats.pk)
    assert Booking.objects.filter(rider=flo, state="WAITING_CONFIRMATION").exists()
    world.require_books_balance()


# --- a yes that comes by itself


def test_calling_off_does_not_make_one_forget_how_often_a_ride_said_yes_by_itself(dora, bo, door, far_home, store):
    """Each such yes shows where somebody stops; so a driver decides on the sixth within an hour."""
    world.car(dora)
    ride = world.publish(dora, far_home, store, automatic=True)
    answers = []
    for _time in range(6):
        answers.append(world.book(bo, ride, door, store).data)
        assert commands.cancel_booking(bo, answers[-1]["id"]).ok
    assert [one["state"] for one in answers] == ["CONFIRMED"] * 5 + ["WAITING_CONFIRMATION"]


# --- the car has left


def test_a_car_that_has_left_asks_nobody_and_keeps_nobody_waiting(last_seat, dora, bo, cy, flo, door, store):
    asked = RideRequest.objects.get(pk=world.ask(flo, door, store).data["id"])
    tasks.match_request(asked.pk)
    assert told(world.book(bo, last_seat, door, store)) == "201"
    assert commands.join_waiting_list(cy, sent(last_seat, door, store)).ok
    waits = WaitingEntry.objects.get()

    assert commands.depart_offer(dora, last_seat.pk).ok
    assert states(Asking.objects.filter(request=asked)) == ["closed"]
    waits.refresh_from_db()
    assert (waits.state, waits.request.state) == ("over", "open")  # her journey looks for another car


def test_a_ride_that_is_called_off_leaves_the_journeys_of_those_who_waited_looking(
    last_seat, dora, bo, cy, door, store
):
    world.book(bo, last_seat, door, store)
    commands.join_waiting_list(cy, sent(last_seat, door, store))
    assert commands.cancel_offer(dora, last_seat.pk).ok
    assert WaitingEntry.objects.get().request.state == "open"


# --- waiting in line


def test_who_has_found_a_ride_waits_no_more(last_seat, bo, cy, door, far_home, store):
    world.book(bo, last_seat, door, store)
    commands.join_waiting_list(cy, sent(last_seat, door, store))
    request = WaitingEntry.objects.get().request
    ride = eves_ride(far_home, store, automatic=True)
    assert world.book(cy, ride, door, store, request=request.pk).data["state"] == "CONFIRMED"
    assert WaitingEntry.objects.get().state == "left"


def test_leaving_one_line_is_not_leaving_the_other(last_seat, bo, cy, flo, door, far_home, store):
    other = eves_ride(far_home, store, seats=1)
    world.book(bo, last_seat, door, store)
    world.book(flo, other, door, store)
    first = commands.join_waiting_list(cy, sent(last_seat, door, store)).data["id"]
    request = WaitingEntry.objects.get().request
    assert commands.join_waiting_list(cy, sent(other, door, store, request=request.pk)).ok
    assert commands.leave_waiting_list(cy, first).ok
    request.refresh_from_db()
    assert (request.state, states(WaitingEntry.objects)) == ("chosen", ["left", "waiting"])


def test_more_seats_are_for_who_waits(last_seat, dora, bo, cy, flo, door, store):
    world.car(dora, 3)
    world.book(bo, last_seat, door, store)
    commands.join_waiting_list(flo, sent(last_seat, door, store))
    last_seat.vehicle.configurations.update(seats=2)
    assert commands.change_offer(dora, last_seat.pk, {"seats": 2}).ok
    assert told(world.book(cy, last_seat, door, store)) == "seats_taken"
    tasks.tend_offer(last_seat.pk)
    assert Booking.objects.filter(rider=flo).exists()


def test_who_joins_when_there_is_room_after_all_is_seated(
    last_seat, cy, door, store, django_capture_on_commit_callbacks
):
    assert commands.join_waiting_list(cy, sent(last_seat, door, store)).ok
    from procrastinate.contrib.django.models import ProcrastinateJob

    tend = ProcrastinateJob.objects.filter(task_name="rides.tasks.tend_offer", args={"offer_id": last_seat.pk})
    assert tend.exists()
    tasks.tend_offer(last_seat.pk)
    assert WaitingEntry.objects.get().state == "promoted"


def test_a_line_that_moves_asks_no_fourth_driver(last_seat, bo, cy, door, far_home, store):
    has = world.book(bo, last_seat, door, store).data["id"]
    commands.join_waiting_list(cy, sent(last_seat, door, store))
    for name in ("Eve", "Gus", "Ida"):
        assert told(world.book(cy, eves_ride(far_home, store, name=name), door, store)) == "201"
    commands.cancel_booking(bo, has)
    tasks.tend_offer(last_seat.pk)
    assert WaitingEntry.objects.get().state == "waiting"
    assert Booking.objects.filter(rider=cy).count() == 3


# --- what was worked out before


def look(person, offer, origin, destination, **fields):
    """An insertion as it is worked out before any lock, and the command that would write it."""
    found = search.offer_for(person, offer.pk)
    prepared = planner.prepare(found, trip_from(sent(found, origin, destination, **fields), found))
    hold = partial(booking.hold, rider_id=person.pk, prepared=prepared, now=timezone.now())
    return prepared, lambda: by_itself(hold)


def test_other_limits_of_the_driver_hold_for_what_was_worked_out_before(to_the_store, dora, bo, half_way, store):
    _prepared, book = look(bo, to_the_store, half_way, store)
    assert commands.change_offer(dora, to_the_store.pk, {"max_detour_s": 0}).ok
    with pytest.raises(PlanChanged):
        book()


def test_another_hour_without_another_stop_is_another_plan(to_the_store, bo, cy, door, store):
    """Bo is there five minutes later, so the car waits: what Cy saw before would have it leave without him."""
    later = {"earliest_at": to_the_store.departs_at + timedelta(minutes=5)}
    his, book = look(bo, to_the_store, door, store, **later)
    _hers, book_after_him = look(cy, to_the_store, door, store)
    if not his.insertion.pickup_is_stop:
        pytest.fail("Bo should get on where Dora starts")
    book()
    with pytest.raises(PlanChanged):
        book_after_him()


# --- two journeys of one rider


def test_a_yes_does_not_end_a_journey_for_which_another_hour_is_asked(to_the_store, dora, bo, door, far_home, store):
    """Bo asks Dora for now, and for another errand Eve for now and Gus for later; Dora says yes."""
    first = world.book(bo, to_the_store, door, store)
    now = eves_ride(far_home, store)
    later = eves_ride(far_home, store, name="Gus", departs_at=world.soon(5).isoformat())
    errand = world.book(bo, now, world.near(far_home, 900, 0), store, seats=2)
    request_id = Booking.objects.get(pk=errand.data["id"]).request_id
    other = world.book(bo, later, world.near(far_home, 900, 0), store, seats=2, request=request_id)
    assert [told(one) for one in (first, errand, other)] == ["201"] * 3
    assert commands.accept_booking(dora, first.data["id"]).ok
    assert Booking.objects.get(pk=errand.data["id"]).reason == "withdrawn"
    assert Booking.objects.get(pk=other.data["id"]).state == "WAITING_CONFIRMATION"
    assert RideRequest.objects.get(pk=request_id).state in ("chosen", "open")
