"""Things done at once: one winner, and controls that show the races are real."""

from contextlib import contextmanager
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError

from rides import booking, commands
from rides.models import Booking, IdempotencyKey, RideOffer
from tests.realtime.race import race
from tests.rides import world

pytestmark = pytest.mark.django_db(transaction=True)


def codes(outcomes):
    """What each was told: its code, its HTTP status, or the kind of error that came through."""
    return sorted(
        type(one).__name__ if isinstance(one, Exception) else one.data.get("code", str(one.status)) for one in outcomes
    )


def test_only_one_rider_gets_the_last_seat(last_seat, bo, cy, far_home, store):
    door = world.near(far_home, 200, 0)
    outcomes = race(*(partial(world.book, rider, last_seat, door, store) for rider in (bo, cy)))
    assert codes(outcomes) == ["201", "seats_taken"]
    assert Booking.objects.count() == 1
    world.require_books_balance()


def test_without_the_lock_the_race_is_real(last_seat, bo, cy, far_home, store, monkeypatch):
    """Control: with the offer's lock taken away, and both held after their look, only the CHECK saves the seat."""
    both_have_looked = Barrier(2)
    look = booking.require_free

    def look_and_wait(*args):
        look(*args)
        both_have_looked.wait(10)

    monkeypatch.setattr(booking, "lock_offers", lambda *ids: RideOffer.objects.in_bulk(ids))
    monkeypatch.setattr(booking, "lock_people", lambda *ids: None)
    monkeypatch.setattr(booking, "require_free", look_and_wait)
    door = world.near(far_home, 200, 0)
    outcomes = race(*(partial(world.book, rider, last_seat, door, store) for rider in (bo, cy)))
    assert codes(outcomes) == ["201", IntegrityError.__name__]


def test_eight_riders_and_three_seats(to_the_store, far_home, store):
    riders = [world.person(f"Rider{i}") for i in range(8)]
    door = world.near(far_home, 200, 0)
    outcomes = race(*(partial(world.book, rider, to_the_store, door, store) for rider in riders))
    won = [one for one in outcomes if not isinstance(one, Exception) and one.ok]
    assert 1 <= len(won) <= 3
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert Booking.objects.count() == len(won)
    world.require_books_balance()


def test_one_key_has_one_effect_however_often_it_is_sent_at_once(to_the_store, bo, far_home, store):
    door = world.near(far_home, 200, 0)
    outcomes = race(*(partial(world.book, bo, to_the_store, door, store, key="tap") for _ in range(6)))
    assert codes(outcomes) == ["201"] * 6
    assert len({one.data["id"] for one in outcomes}) == 1
    assert Booking.objects.count() == 1


def test_without_a_key_a_double_tap_is_refused(to_the_store, bo, far_home, store):
    """Control for the key: without it the second tap is another command, and has another answer."""
    door = world.near(far_home, 200, 0)
    answers = [world.book(bo, to_the_store, door, store) for _ in range(2)]
    assert codes(answers) == ["201", "already_asked"]
    assert IdempotencyKey.objects.count() == 0


def test_accept_meets_cancel(to_the_store, dora, bo, far_home, store):
    booking_id = world.book(bo, to_the_store, world.near(far_home, 200, 0), store).data["id"]
    outcomes = race(
        partial(commands.accept_booking, dora, booking_id), partial(commands.decline_booking, dora, booking_id)
    )
    assert codes(outcomes) == ["200", "already_settled"]
    world.require_books_balance()


def test_cancel_meets_cancel(to_the_store, dora, bo, far_home, store):
    booking_id = world.book(bo, to_the_store, world.near(far_home, 200, 0), store).data["id"]
    outcomes = race(
        partial(commands.cancel_booking, bo, booking_id), partial(commands.cancel_offer, dora, to_the_store.pk)
    )
    assert "200" in codes(outcomes)
    assert Booking.objects.get(pk=booking_id).state == "CANCELLED"
    world.require_books_balance()


def test_two_drivers_accept_one_request(bo, far_home, store):
    drivers = [world.person("Dan"), world.person("Eve")]
    for driver in drivers:
        world.car(driver)
        world.publish(driver, far_home, store)
    request_id = world.ask(bo, world.near(far_home, 200, 0), store).data["id"]
    with matched(request_id) as cards:
        assert len(cards) == 2
        outcomes = race(*(partial(commands.accept_asking, card.offer.driver, card.pk) for card in cards))
    assert codes(outcomes) == ["200", "already_settled"]
    assert Booking.objects.filter(state="CONFIRMED").count() == 1
    world.require_books_balance()


@contextmanager
def matched(request_id):
    """The cards of a request, after the worker's job."""
    from rides import tasks
    from rides.models import Asking

    tasks.match_request(request_id)
    yield list(Asking.objects.filter(request_id=request_id).select_related("offer__driver"))
