"""Rides of a series made by several at once: one a date (I12), and controls that show that the races are real."""

from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError, connection

from accounts.models import User
from rides import commands
from rides.models import Booking, RideOffer
from rides.weekly import series, series_pattern
from tests.realtime.race import race
from tests.rides import maker, weekly, world
from tests.rides.weekly import EVERY_DAY, FIVE_PM

pytestmark = pytest.mark.django_db(transaction=True)

WEEK = timedelta(days=7)


@pytest.fixture
def every_day(dora, far_home, store):
    """Dora drives every day, there and back; the rides of three weeks are made, a fourth is missing."""
    world.car(dora)
    return weekly.begin(dora, far_home, store, weekdays=EVERY_DAY, returns_at=FIVE_PM)


def patiently(command, *args, **fields):
    """The command, again while it answers that it waited too long for a lock: this machine may be busy."""
    answer = command(*args, **fields)
    while answer.status == 503:
        answer = command(*args, **fields)
    return answer


def later():
    return weekly.noon(weekly.today() + WEEK)


def require_one_a_date(one):
    """Four weeks without a gap or a twin, each day with its way back."""
    days = weekly.dates(one)
    assert days == [days[0] + timedelta(days=number) for number in range(28)]
    assert RideOffer.objects.filter(return_of__series=one).count() == 28


def test_two_threads_make_one_ride_a_date(every_day):
    outcomes = race(*[partial(weekly.make, every_day, later())] * 2)
    assert sorted(len(made) for made in outcomes) == [0, 7]
    require_one_a_date(every_day)


def test_two_machines_make_one_ride_a_date(every_day):
    """Processes of their own, which know nothing of each other but the database."""
    makers = [maker.start(every_day.pk, later(), 21) for _ in range(2)]
    try:
        assert [one.stdout.readline() for one in makers] == ["ready\n"] * 2
        for one in makers:
            one.stdin.write("go\n")
            one.stdin.flush()
        told = [one.communicate(timeout=300)[0] for one in makers]
    finally:
        for one in makers:
            one.kill()
            one.wait()
    assert [one.returncode for one in makers] == [0, 0]
    assert sorted(int(number) for number in told) == [0, 7]
    require_one_a_date(every_day)


@pytest.fixture
def without_the_lock(monkeypatch):
    """Nobody waits for anybody, and everybody has looked what is missing before anybody writes."""
    all_have_looked = Barrier(2)
    look = series_pattern.missing

    def look_and_wait(*args, **kwargs):
        found = look(*args, **kwargs)
        all_have_looked.wait(10)
        return found

    monkeypatch.setattr(series, "lock_people", lambda *ids: {})
    monkeypatch.setattr(series_pattern, "missing", look_and_wait)


def test_without_the_lock_the_database_has_the_last_word(every_day, without_the_lock):
    """Control: both set out to make the same days; the constraint stops one of them."""
    outcomes = race(*[partial(weekly.make, every_day, later())] * 2)
    assert sorted(type(one).__name__ for one in outcomes) == [IntegrityError.__name__, "list"]
    require_one_a_date(every_day)


@pytest.fixture
def without_the_constraint(db):
    constraint = next(one for one in RideOffer._meta.constraints if one.name == "offer_once_a_day")
    with connection.schema_editor() as editor:
        editor.remove_constraint(RideOffer, constraint)
    yield
    RideOffer.objects.update(series=None)
    with connection.schema_editor() as editor:
        editor.add_constraint(RideOffer, constraint)


def test_without_lock_and_constraint_there_are_twins(every_day, without_the_lock, without_the_constraint):
    """Control: this is what the two prevent."""
    race(*[partial(weekly.make, every_day, later())] * 2)
    assert len(weekly.dates(every_day)) > len(set(weekly.dates(every_day)))


def test_a_change_meets_the_job_that_makes_rides(every_day, dora):
    """Whoever is first, every ride ends up at the new hour."""
    eight = weekly.time(8)
    outcomes = race(
        partial(patiently, weekly.change, dora, every_day, "all", leaves_at=eight),
        partial(weekly.make, every_day, later()),
    )
    assert outcomes[0].ok
    assert {weekly.on_the_wall(ride)[-5:] for ride in weekly.rides(every_day)} == {"08:00"}
    require_one_a_date(every_day)


def test_two_workers_book_a_standing_seat_once(every_day, dora, bo, far_home, store):
    standing = weekly.standing(weekly.stand(bo, every_day, world.near(far_home, 200, 0), store))
    race(*[partial(weekly.attend, every_day)] * 2)
    assert standing.bookings.count() == 21
    assert Booking.objects.count() == 21
    world.require_books_balance()


def test_the_last_seat_of_every_ride_is_sold_once_to_those_who_stand(dora, far_home, store):
    """Three riders want the two seats of every ride; who comes third waits."""
    world.car(dora, 2)
    one = weekly.begin(dora, far_home, store)
    door = world.near(far_home, 200, 0)
    riders: list[User] = [world.person(f"Rider{number}") for number in range(3)]
    race(*(partial(patiently, weekly.stand, rider, one, door, store) for rider in riders))
    race(*[partial(weekly.attend, one)] * 3)
    for ride in weekly.rides(one):
        assert world.taken(ride)[0] == 2
        assert ride.waiting_list.filter(state="waiting").count() == 1
    world.require_books_balance()


def test_the_rider_ends_it_while_the_driver_says_yes(every_day, dora, bo, far_home, store):
    standing = weekly.standing(weekly.stand(bo, every_day, world.near(far_home, 200, 0), store))
    weekly.attend(every_day)
    outcomes = race(
        partial(patiently, commands.accept_standing, dora, standing.pk),
        partial(patiently, commands.end_standing, bo, standing.pk),
    )
    assert outcomes[1].ok
    assert outcomes[0].ok or outcomes[0].data["code"] == "already_settled"
    weekly.attend(every_day)
    assert set(standing.bookings.values_list("state", flat=True)) == {"CANCELLED"}
    world.require_books_balance()
