"""Room that is held, and room that is given back in part, while somebody else wants it."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from rides import commands
from rides.bookings import answers
from rides.commands.execute import by_itself
from rides.models import Booking, RideOffer
from rides.serializers.bookings import BookingIn, SmallerIn
from tests.realtime.race import overtake, race
from tests.rides import world
from tests.rides.world import told

pytestmark = pytest.mark.django_db(transaction=True)

LOOKED = "rides.bookings.answers.lock_booking"
LATER = timedelta(days=1)


def release(booking_id):
    """The worker, when a form was open for too long."""
    return by_itself(partial(answers.release, booking_id=booking_id, now=timezone.now() + LATER))


# --- a hold is over ‖ it is booked


@pytest.fixture
def held(last_seat, bo, door, store) -> int:
    """Bo has the form of the last seat open."""
    body = {"offer": last_seat.pk, "origin": door, "destination": store}
    return commands.hold(bo, world.valid(BookingIn, body)).data["id"]


def test_a_form_is_sent_while_its_time_ends(held, last_seat, bo, door, store):
    send = partial(world.book, bo, last_seat, door, store)
    outcomes = overtake("rides.bookings.booking.require_free", send, partial(release, held))
    assert [told(one) for one in outcomes] == ["201", "False"]
    assert Booking.objects.get().state == "WAITING_CONFIRMATION"
    world.require_books_balance()


def test_the_time_of_a_form_ends_while_it_is_sent(held, last_seat, bo, door, store):
    send = partial(world.book, bo, last_seat, door, store)
    assert [told(one) for one in overtake(LOOKED, partial(release, held), send)] == ["True", "201"]
    assert Booking.objects.get().state == "WAITING_CONFIRMATION"
    world.require_books_balance()


def test_without_locks_the_clock_takes_back_what_screens_go_by(held, last_seat, bo, door, store, without_locks):
    def send():
        answer = world.book(bo, last_seat, door, store)
        return answer, RideOffer.objects.get(pk=last_seat.pk).version

    _released, (sent, version) = overtake(LOOKED, partial(release, held), send)
    assert told(sent) == "201"
    assert RideOffer.objects.get(pk=last_seat.pk).version <= version  # a change that no screen believes


def test_everybody_clears_a_hold_that_is_over(held, last_seat, cy, door, store):
    """Whoever comes finds it over, and takes it away first; two who do so at once are not in each other's way."""
    Booking.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    dan = world.person("Dan")
    outcomes = race(*(partial(world.book, rider, last_seat, door, store) for rider in (cy, dan)))
    assert sorted(told(one) for one in outcomes) == ["201", "seats_taken"]
    world.require_books_balance()


# --- fewer ‖ fewer


@pytest.fixture
def three(to_the_store, bo, door, store) -> int:
    """Bo has asked for all three seats."""
    return world.book(bo, to_the_store, door, store, seats=3).data["id"]


def only(seats, rider, booking_id):
    return commands.reduce_booking(rider, booking_id, world.valid(SmallerIn, {"seats": seats}))


def test_fewer_and_still_fewer(three, bo, to_the_store):
    assert [told(one) for one in overtake(LOOKED, partial(only, 2, bo, three), partial(only, 1, bo, three))] == [
        "200",
        "200",
    ]
    assert max(world.taken(to_the_store)) == 1
    world.require_books_balance()


def test_still_fewer_and_then_not_so_few(three, bo, to_the_store):
    outcomes = overtake(LOOKED, partial(only, 1, bo, three), partial(only, 2, bo, three))
    assert [told(one) for one in outcomes] == ["200", "invalid"]
    assert max(world.taken(to_the_store)) == 1
    world.require_books_balance()


def test_without_locks_a_seat_that_was_sold_again_is_taken_back(
    three, bo, cy, to_the_store, door, store, without_locks
):
    def give_back_and_sell():
        return only(1, bo, three), world.book(cy, to_the_store, door, store, seats=2)

    slow, (fewer, sold) = overtake(LOOKED, partial(only, 2, bo, three), give_back_and_sell)
    assert [told(fewer), told(sold)] == ["200", "201"]
    assert told(slow) == "IntegrityError"  # four people in three seats: the CHECK has the last word
