"""Telling many people while they do other things: locks in one order, and a deadlock is nobody's business but ours."""

from functools import partial
from itertools import cycle
from threading import Barrier, local

import pytest
from django.db import connection

from accounts.models import User
from rides import commands, locks
from rides.commands import execute
from rides.models import Booking
from tests.realtime.race import race
from tests.rides import world
from tests.rides.world import told

pytestmark = pytest.mark.django_db(transaction=True)

MANY, SOME, FEW = 40, 8, 12


def deadlocks():
    """How many the database has broken up in all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]


def counted(runner):
    """Runs it, and has its connection report at once what was broken up."""
    outcome = runner()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
    return outcome


@pytest.fixture
def riders(request):
    return [world.person(f"Rider{number}") for number in range(getattr(request, "param", FEW))]


def ride(name, hours, far_home, store, seats=3):
    """Somebody with a car for so many, and her ride; she accepts by herself."""
    driver = world.person(name)
    world.car(driver, seats)
    departs_at = world.soon(hours).isoformat()
    return driver, world.publish(driver, far_home, store, departs_at=departs_at, automatic=True)


@pytest.fixture
def two_buses(riders, door, far_home, store):
    """All ride with Dan in the morning, and some of them with Eve in the afternoon; both call off."""
    off = []
    for name, hours, aboard in (("Dan", 2, riders), ("Eve", 6, riders[::2][:SOME])):
        driver, offer = ride(name, hours, far_home, store, MANY)
        for rider in aboard:
            assert told(world.book(rider, offer, door, store)) == "201"
        off.append(partial(commands.cancel_offer, driver, offer.pk))
    return off


@pytest.fixture
def bookings(riders, door, far_home, store):
    """Some of the forty book another ride meanwhile, the last of them first."""
    rides = [ride(name, 9, far_home, store)[1] for name in ("Flo", "Gus", "Ida")]
    return [
        partial(world.book, rider, offer, door, store)
        for rider, offer in zip(riders[: -SOME - 1 : -1], cycle(rides), strict=False)
    ]


@pytest.mark.parametrize("riders", [MANY], indirect=True)
def test_forty_are_told_while_some_of_them_book(two_buses, bookings):
    before = deadlocks()
    outcomes = race(*(partial(counted, one) for one in two_buses + bookings))
    assert [told(one) for one in outcomes] == ["200", "200"] + ["201"] * SOME
    assert deadlocks() == before
    assert Booking.objects.filter(reason="offer_cancelled").count() == MANY + SOME
    world.require_books_balance()


@pytest.fixture
def in_another_order(monkeypatch):
    """People locked one by one, the first command upwards and the second downwards; both have a third of theirs
    before both go on, and each has somebody whom the other needs.
    """
    upwards, mine, both_have_begun = cycle([True, False]), local(), Barrier(2)

    def one_by_one(model, ids):
        rows = model._default_manager.select_for_update(no_key=True)
        if model is not User or hasattr(mine, "again"):
            return list(rows.filter(pk__in=set(ids)).order_by("pk"))
        mine.again = True
        locked = []
        for pk in sorted(set(ids), reverse=next(upwards)):
            locked.append(rows.get(pk=pk))
            if len(locked) == len(ids) // 3:
                both_have_begun.wait(10)
        return locked

    monkeypatch.setattr(locks, "_locked", one_by_one)


def test_a_deadlock_is_tried_again_and_nobody_hears_of_it(two_buses, in_another_order):
    before = deadlocks()
    outcomes = race(*(partial(counted, one) for one in two_buses))
    assert [told(one) for one in outcomes] == ["200", "200"]
    assert deadlocks() > before
    world.require_books_balance()


def test_without_another_try_somebody_would_hear_of_it(two_buses, in_another_order, monkeypatch):
    """Control."""
    monkeypatch.setattr(execute, "DEADLOCKS", 0)
    assert sorted(told(one) for one in race(*two_buses)) == ["200", "OperationalError"]
