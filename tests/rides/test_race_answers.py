"""Two who say something about one booking: the second hears how it is, and room is given back once (I8, I9)."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from rides import commands
from rides.bookings import answers
from rides.commands.execute import by_itself
from rides.models import Booking, RideOffer
from tests.realtime.race import overtake, race
from tests.rides import world
from tests.rides.world import told

pytestmark = pytest.mark.django_db(transaction=True)

LOOKED = "rides.bookings.answers.lock_booking"
LATER = timedelta(days=1)


@pytest.fixture
def asked(to_the_store, bo, door, store) -> int:
    """Bo has asked Dora for a seat."""
    return world.book(bo, to_the_store, door, store).data["id"]


def state(booking_id):
    booking = Booking.objects.get(pk=booking_id)
    return booking.state, booking.reason


def lapse(booking_id):
    """The worker, when nobody has answered in time."""
    done = by_itself(partial(answers.lapse, booking_id=booking_id, now=timezone.now() + LATER))
    return "lapsed" if done else "nothing to do"


# --- yes ‖ cancelled by the rider


def test_the_driver_says_yes_while_the_rider_calls_off(asked, dora, bo):
    yes, off = partial(commands.accept_booking, dora, asked), partial(commands.cancel_booking, bo, asked)
    assert [told(one) for one in overtake(LOOKED, yes, off)] == ["200", "200"]
    assert state(asked) == ("CANCELLED", "by_rider")
    world.require_books_balance()


def test_the_rider_calls_off_while_the_driver_says_yes(asked, dora, bo):
    yes, off = partial(commands.accept_booking, dora, asked), partial(commands.cancel_booking, bo, asked)
    assert [told(one) for one in overtake(LOOKED, off, yes)] == ["200", "already_settled"]
    assert state(asked) == ("CANCELLED", "by_rider")
    world.require_books_balance()


def test_without_locks_a_yes_brings_back_what_was_called_off(asked, dora, bo, without_locks):
    yes, off = partial(commands.accept_booking, dora, asked), partial(commands.cancel_booking, bo, asked)
    assert [told(one) for one in overtake(LOOKED, yes, off)] == ["200", "200"]
    assert state(asked)[0] == "CONFIRMED"  # though Bo was told that it is off
    with pytest.raises(AssertionError):
        world.require_books_balance()


# --- yes ‖ no


def test_the_driver_says_yes_and_no(asked, dora):
    yes, no = partial(commands.accept_booking, dora, asked), partial(commands.decline_booking, dora, asked)
    assert sorted(told(one) for one in race(yes, no)) == ["200", "already_settled"]
    world.require_books_balance()


# --- yes ‖ its time is over


def test_a_yes_in_the_last_moment_stands(asked, dora):
    yes = partial(commands.accept_booking, dora, asked)
    assert [told(one) for one in overtake(LOOKED, yes, partial(lapse, asked))] == ["200", "nothing to do"]
    assert state(asked)[0] == "CONFIRMED"
    world.require_books_balance()


def test_a_yes_too_late_hears_so(asked, dora):
    yes = partial(commands.accept_booking, dora, asked)
    assert [told(one) for one in overtake(LOOKED, partial(lapse, asked), yes)] == ["lapsed", "already_settled"]
    assert state(asked) == ("CANCELLED", "no_answer")
    world.require_books_balance()


def test_without_locks_the_clock_takes_back_a_yes(asked, dora, without_locks):
    yes = partial(commands.accept_booking, dora, asked)
    assert [told(one) for one in overtake(LOOKED, partial(lapse, asked), yes)] == ["lapsed", "200"]
    assert state(asked) == ("CANCELLED", "no_answer")  # though Dora was told that it stands


# --- off ‖ off


def test_both_call_off(asked, dora, bo):
    mine, hers = partial(commands.cancel_booking, bo, asked), partial(commands.cancel_booking, dora, asked)
    assert [told(one) for one in overtake(LOOKED, mine, hers)] == ["200", "already_settled"]
    assert state(asked) == ("CANCELLED", "by_rider")
    world.require_books_balance()


def test_without_locks_both_are_told_that_it_was_they(asked, dora, bo, without_locks):
    mine, hers = partial(commands.cancel_booking, bo, asked), partial(commands.cancel_booking, dora, asked)
    assert [told(one) for one in overtake(LOOKED, mine, hers)] == ["200", "200"]


def test_the_ride_is_called_off_while_a_rider_calls_off(asked, to_the_store, dora, bo):
    ride, seat = partial(commands.cancel_offer, dora, to_the_store.pk), partial(commands.cancel_booking, bo, asked)
    outcomes = overtake("rides.driving.offers.lock_with_riders", ride, seat)
    assert [told(one) for one in outcomes] == ["200", "already_settled"]
    assert state(asked) == ("CANCELLED", "offer_cancelled")
    world.require_books_balance()


def test_a_rider_calls_off_while_the_ride_is_called_off(asked, to_the_store, dora, bo):
    ride, seat = partial(commands.cancel_offer, dora, to_the_store.pk), partial(commands.cancel_booking, bo, asked)
    assert [told(one) for one in overtake(LOOKED, seat, ride)] == ["200", "200"]
    assert state(asked) == ("CANCELLED", "by_rider")
    world.require_books_balance()


def test_without_locks_a_seat_is_given_back_twice(asked, to_the_store, dora, bo, without_locks):
    ride, seat = partial(commands.cancel_offer, dora, to_the_store.pk), partial(commands.cancel_booking, bo, asked)
    assert [told(one) for one in overtake(LOOKED, seat, ride)] == ["200", "200"]
    assert state(asked) == ("CANCELLED", "by_rider")  # and her journey, which looked on, is off as well
    assert RideOffer.objects.get(pk=to_the_store.pk).state != "cancelled"  # though Dora was told so


def test_somebody_books_while_the_ride_is_called_off(to_the_store, dora, bo, door, store):
    """Whoever was not there when the driver looked is told as well."""
    ride, seat = (
        partial(commands.cancel_offer, dora, to_the_store.pk),
        partial(world.book, bo, to_the_store, door, store),
    )
    outcomes = overtake("rides.driving.offers._riders", ride, seat)
    assert [told(one) for one in outcomes] == ["200", "201"]
    assert Booking.objects.get().reason == "offer_cancelled"
    world.require_books_balance()
