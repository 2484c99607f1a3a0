"""The waiting list beside newcomers: whoever waits gets the seat that comes free first."""

from functools import partial

import pytest

from rides import commands, tasks
from rides.bookings import endings, waiting
from rides.models import Booking, WaitingEntry
from rides.serializers.bookings import BookingIn
from tests.realtime.race import overtake, race
from tests.rides import world
from tests.rides.world import told

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def in_line(last_seat, bo, cy, door, store) -> int:
    """Bo has the last seat, Cy waits for it; the id of Bo's booking."""
    has = world.book(bo, last_seat, door, store).data["id"]
    body = {"offer": last_seat.pk, "origin": door, "destination": store}
    assert commands.join_waiting_list(cy, world.valid(BookingIn, body)).ok
    return has


@pytest.fixture
def newcomer(last_seat, door, store):
    """Flo, who has never waited, books."""
    flo = world.person("Flo")
    return partial(world.book, flo, last_seat, door, store)


def has_a_seat():
    return [one.rider.first_name for one in Booking.objects.filter(state__in=Booking.HOLDS)]


def test_a_newcomer_never_gets_the_seat_first(in_line, last_seat, bo, newcomer):
    """Bo goes, Flo taps, the worker runs: in whatever order, Cy has the seat."""
    outcomes = race(
        partial(commands.cancel_booking, bo, in_line), newcomer, newcomer, partial(tasks.tend_offer, last_seat.pk)
    )
    assert [told(one) for one in outcomes[:3]] == ["200", "seats_taken", "seats_taken"]
    tasks.tend_offer(last_seat.pk)
    assert has_a_seat() == ["Cy"]
    assert told(newcomer()) == "seats_taken"
    world.require_books_balance()


def test_without_a_minute_for_those_who_wait_the_newcomer_is_faster(in_line, last_seat, bo, newcomer, monkeypatch):
    """Control."""
    monkeypatch.setattr(endings, "keep_for_waiting", lambda offer, now: None)
    commands.cancel_booking(bo, in_line)
    assert told(newcomer()) == "201"
    tasks.tend_offer(last_seat.pk)
    assert has_a_seat() == ["Flo"]


def test_a_seat_that_comes_free_while_the_list_is_looked_at_is_not_let_go(in_line, last_seat, bo, newcomer):
    """The worker has found nothing for Cy, and only then Bo goes."""
    tend, leave = partial(tasks.tend_offer, last_seat.pk), partial(commands.cancel_booking, bo, in_line)
    assert told(overtake("rides.bookings.waiting.prepare", tend, leave)[1]) == "200"
    assert told(newcomer()) == "seats_taken"
    tasks.tend_offer(last_seat.pk)
    assert has_a_seat() == ["Cy"]


def test_without_a_second_look_it_is_let_go(in_line, last_seat, bo, newcomer, monkeypatch):
    """Control: whatever is kept is let go once everybody was looked at."""
    done = waiting.done

    def done_with_all(*, offer_id, reserved_until):
        last_seat.refresh_from_db()
        done(offer_id=offer_id, reserved_until=last_seat.reserved_until)

    monkeypatch.setattr(waiting, "done", done_with_all)
    tend, leave = partial(tasks.tend_offer, last_seat.pk), partial(commands.cancel_booking, bo, in_line)
    overtake("rides.bookings.waiting.prepare", tend, leave)
    assert told(newcomer()) == "201"


def test_who_waits_moves_up_once(in_line, last_seat, bo):
    """Two workers tend one ride."""
    commands.cancel_booking(bo, in_line)
    race(*[partial(tasks.tend_offer, last_seat.pk)] * 2)
    assert has_a_seat() == ["Cy"]
    assert WaitingEntry.objects.get().state == "promoted"
    world.require_books_balance()


@pytest.fixture
def free_again(in_line, last_seat, bo):
    """Bo has gone; two workers have looked how the ride takes Cy along."""
    commands.cancel_booking(bo, in_line)
    return [partial(tasks.tend_offer, last_seat.pk)] * 2


LOOKED = "rides.bookings.waiting.lock_offers"


def test_two_workers_have_looked_and_one_moves_her_up(free_again):
    overtake(LOOKED, *free_again)
    assert Booking.objects.filter(state__in=Booking.HOLDS).count() == 1
    world.require_books_balance()


def test_without_locks_only_the_database_keeps_her_from_two_seats(free_again, without_locks, monkeypatch):
    """Control: each of the two found Cy waiting."""
    monkeypatch.setattr(waiting.booking, "require_may_ask", lambda *args: [])
    slow, _fast = overtake("rides.bookings.booking.require_free", *free_again)
    assert told(slow) == "IntegrityError"


def test_somebody_leaves_the_list_while_a_seat_comes(in_line, last_seat, bo, cy):
    commands.cancel_booking(bo, in_line)
    entry_id = WaitingEntry.objects.get().pk
    leave = partial(commands.leave_waiting_list, cy, entry_id)
    outcomes = overtake(LOOKED, partial(tasks.tend_offer, last_seat.pk), leave)
    assert told(outcomes[1]) == "200"
    assert has_a_seat() == ["Cy"]  # she was first in line by then, and can call it off
    assert WaitingEntry.objects.get().state == "promoted"
