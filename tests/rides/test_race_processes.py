"""Races between processes, which know nothing of each other but the database."""

import json
from collections import Counter
from contextlib import contextmanager

import pytest

from rides.models import Booking
from tests.rides import world
from tests.rides.crowd import Crowd, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def crowds(django_db_setup, valley_region):
    """Two more processes of the site."""
    with two(valley_region) as both:
        yield both


@pytest.fixture
def crowds_without_locks(valley_region):
    """The same for a control."""
    with two(valley_region, locks=False) as both:
        yield both


@contextmanager
def two(region, **how):
    from django.conf import settings

    before, settings.REGION_DIR = settings.REGION_DIR, region
    both = [Crowd(**how), Crowd(**how)]
    settings.REGION_DIR = before
    assert [one.hears() for one in both] == ["ready", "ready"]
    yield both
    for one in both:
        one.ends()


def booking(rider, offer, origin, destination, *key, **fields):
    """A deed of a crowd."""
    return [rider.pk, "book", {"offer": offer.pk, "origin": origin, "destination": destination} | fields, *key]


def test_fifty_want_the_last_seat(crowds, last_seat, door, store):
    riders = [world.person(f"Rider{number}") for number in range(50)]
    told = at_once(crowds, [booking(rider, last_seat, door, store) for rider in riders])
    codes = Counter(code for code, _answer in told)
    assert codes["201"] == 1
    assert set(codes) <= {"201", "seats_taken", "busy"}  # whoever would wait for longer than 3 s is told so
    assert Booking.objects.count() == 1
    assert world.taken(last_seat) == [1]
    world.require_books_balance()


def test_without_locks_only_the_database_keeps_the_last_seat_from_many(crowds_without_locks, last_seat, door, store):
    """Control: several have looked, and written what they saw, before the first was done; a CHECK stops all but one."""
    riders = [world.person(f"Rider{number}") for number in range(50)]
    told = at_once(crowds_without_locks, [booking(rider, last_seat, door, store) for rider in riders])
    codes = Counter(code for code, _answer in told)
    assert codes["201"] == 1
    assert codes["IntegrityError"] > 0


def test_twenty_times_one_key_is_one_booking_and_one_answer(crowds, to_the_store, bo, door, store):
    told = at_once(crowds, [booking(bo, to_the_store, door, store, "tap")] * 20)
    answers = {json.dumps(answer) for code, answer in told if code == "201"}
    assert len(answers) == 1
    assert {code for code, _answer in told} <= {"201", "in_progress"}
    assert Booking.objects.count() == 1


def test_without_a_key_twenty_taps_have_more_answers_than_one(crowds, to_the_store, bo, door, store):
    """Control."""
    told = at_once(crowds, [booking(bo, to_the_store, door, store)] * 20)
    assert {code for code, _answer in told} == {"201", "already_asked"}


def test_yes_and_off_from_two_machines(crowds, to_the_store, dora, bo, door, store):
    asked = world.book(bo, to_the_store, door, store).data["id"]
    told = at_once(crowds, [[dora.pk, "accept_booking", asked], [bo.pk, "cancel_booking", asked]])
    assert told[1][0] == "200"
    assert told[0][0] in ("200", "already_settled")
    assert Booking.objects.get().state == "CANCELLED"
    world.require_books_balance()
