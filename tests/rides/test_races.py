"""Seats that many want at once: one winner, and controls that show the races are real."""

from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError

from rides import commands, planner
from rides.bookings import booking
from rides.models import Booking, RideOffer
from tests.realtime.race import overtake, race
from tests.rides import world
from tests.rides.world import told

pytestmark = pytest.mark.django_db(transaction=True)

LOOKED = "rides.bookings.booking.require_free"
"""Where a booking has looked what is free, and has not written anything yet."""


def test_only_one_rider_gets_the_last_seat(last_seat, bo, cy, door, store):
    outcomes = overtake(LOOKED, *(partial(world.book, rider, last_seat, door, store) for rider in (bo, cy)))
    assert [told(one) for one in outcomes] == ["201", "seats_taken"]
    assert Booking.objects.count() == 1
    world.require_books_balance()


def test_without_the_lock_only_the_database_saves_the_last_seat(last_seat, bo, cy, door, store, without_locks):
    outcomes = overtake(LOOKED, *(partial(world.book, rider, last_seat, door, store) for rider in (bo, cy)))
    assert [told(one) for one in outcomes] == [IntegrityError.__name__, "201"]


def test_without_the_lock_everybody_thinks_the_seat_is_free(last_seat, door, store, without_locks, monkeypatch):
    """Control: six have looked before anybody writes; the CHECK stops five."""
    riders = [world.person(f"Rider{number}") for number in range(6)]
    all_have_looked, look = Barrier(len(riders)), booking.require_free

    def look_and_wait(*args):
        look(*args)
        all_have_looked.wait(10)

    monkeypatch.setattr(booking, "require_free", look_and_wait)
    outcomes = race(*(partial(world.book, rider, last_seat, door, store) for rider in riders))
    assert sorted(told(one) for one in outcomes) == ["201", *[IntegrityError.__name__] * 5]


def test_eight_riders_and_three_seats(to_the_store, door, store):
    riders = [world.person(f"Rider{number}") for number in range(8)]
    outcomes = race(*(partial(world.book, rider, to_the_store, door, store) for rider in riders))
    assert sorted(told(one) for one in outcomes) == ["201"] * 3 + ["seats_taken"] * 5
    assert world.taken(to_the_store)[0] == 3
    world.require_books_balance()


@pytest.fixture
def that_folds(dora, far_home, store) -> RideOffer:
    """Three people, or two and something long: no CHECK of a single leg can tell."""
    world.car(dora, 3, {"name": "folded", "seats": 2, "litres": 900, "length_cm": 210})
    return world.publish(dora, far_home, store)


@pytest.fixture
def people_and_a_bookcase(that_folds, bo, cy, door, store):
    return (
        partial(world.book, bo, that_folds, door, store, seats=3),
        partial(world.book, cy, that_folds, door, store, seats=0, litres=200, length_cm=202),
    )


def test_three_people_meet_a_bookcase(people_and_a_bookcase):
    assert [told(one) for one in overtake(LOOKED, *people_and_a_bookcase)] == ["201", "seats_taken"]
    world.require_books_balance()


def test_without_the_lock_three_people_sit_on_a_bookcase(people_and_a_bookcase, without_locks):
    assert [told(one) for one in overtake(LOOKED, *people_and_a_bookcase)] == ["201", "201"]
    with pytest.raises(AssertionError, match="overfull"):
        world.require_books_balance()


@pytest.fixture
def overlapping(last_seat, bo, cy, along):
    """From the first door to the third, and from the second to the fourth."""
    RideOffer.objects.update(max_detour_s=600)
    return (
        partial(world.book, bo, last_seat, along[0], along[2], max_walk_m=0),
        partial(world.book, cy, last_seat, along[1], along[3], max_walk_m=0),
    )


def test_two_ways_that_overlap_share_no_seat(overlapping):
    first, second = (told(one) for one in overtake(LOOKED, *overlapping))
    assert (first, second) == ("201", "seats_taken")
    world.require_books_balance()


def test_two_ways_that_only_touch_share_one(last_seat, bo, cy, along):
    RideOffer.objects.update(max_detour_s=7200, max_detour_m=100_000)
    outcomes = overtake(
        LOOKED,
        partial(world.book, bo, last_seat, along[0], along[1], max_walk_m=0),
        partial(world.book, cy, last_seat, along[2], along[3], max_walk_m=0),
    )
    assert [told(one) for one in outcomes] == ["201", "201"]
    assert max(world.taken(last_seat)) == 1
    world.require_books_balance()


def test_without_the_lock_two_ways_are_laid_over_each_other(overlapping, without_locks):
    outcomes = [told(one) for one in overtake(LOOKED, *overlapping)]
    assert outcomes == [IntegrityError.__name__, "201"]


PREPARED = "rides.planner.prepare"


@pytest.fixture
def two_doors(to_the_store, bo, cy, along, store):
    """Each of them a stop of its own."""
    RideOffer.objects.update(max_detour_s=7200, max_detour_m=100_000)
    return tuple(
        partial(world.book, rider, to_the_store, home, store, max_walk_m=0)
        for rider, home in ((bo, along[0]), (cy, along[2]))
    )


def test_what_was_worked_out_for_another_plan_is_worked_out_again(two_doors, to_the_store):
    assert [told(one) for one in overtake(PREPARED, *two_doors)] == ["201", "201"]
    assert to_the_store.stops.count() == 4
    world.require_books_balance()


def test_a_plan_that_never_stands_still_is_said_so(two_doors, to_the_store, dora, monkeypatch):
    """Dora's ride changes each time between the look and the lock: three new tries, then the rider decides."""
    prepare, tries = planner.prepare, []

    def prepare_too_late(*args, **named):
        prepared = prepare(*args, **named)
        tries.append(prepared.offer.plan_version)
        assert commands.change_offer(dora, to_the_store.pk, {"flexibility_s": 600 + len(tries)}).ok
        return prepared

    monkeypatch.setattr(planner, "prepare", prepare_too_late)
    assert told(two_doors[0]()) == "plan_changed"
    assert len(tries) == len(set(tries)) == 4
    assert not Booking.objects.exists()


@pytest.fixture
def book_and_move(to_the_store, dora, bo, door, store):
    """Bo books, and Dora leaves an hour later."""
    later = to_the_store.departs_at + timedelta(hours=1)
    return (
        partial(world.book, bo, to_the_store, door, store),
        partial(commands.change_offer, dora, to_the_store.pk, {"departs_at": later}),
    )


def hours_later(offer):
    return round((RideOffer.objects.get(pk=offer.pk).departs_at - offer.departs_at) / timedelta(hours=1))


def test_who_books_while_the_ride_moves_rides_at_the_new_hour(book_and_move, to_the_store):
    assert [told(one) for one in overtake(PREPARED, *book_and_move)] == ["201", "200"]
    assert hours_later(to_the_store) == 1
    assert Booking.objects.get().pickup_at > to_the_store.departs_at + timedelta(minutes=59)


def test_without_a_look_at_the_plan_a_booking_brings_the_old_hour_back(book_and_move, to_the_store, monkeypatch):
    """Control: whatever plan it was worked out for counts as the one that is there."""
    prepare = planner.prepare

    def never_compared(*args, **named):
        prepared = prepare(*args, **named)
        prepared.offer.plan_version = WhateverPlan()
        return prepared

    monkeypatch.setattr(planner, "prepare", never_compared)
    assert [told(one) for one in overtake(PREPARED, *book_and_move)] == ["201", "200"]
    assert hours_later(to_the_store) == 0  # though Dora was told that it is an hour later


class WhateverPlan:
    """Equal to all there is."""

    __hash__ = None

    def __eq__(self, other):
        return True
