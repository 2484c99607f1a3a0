"""Several drivers, one rider: the first yes counts, and nobody sits in two cars (I8)."""

from functools import partial

import pytest

from rides import commands, tasks
from rides.models import Asking, Booking, RideRequest
from tests.realtime.race import overtake, race
from tests.rides import world
from tests.rides.world import told

pytestmark = pytest.mark.django_db(transaction=True)


def driver(name, origin, destination, **fields):
    """Somebody with a car, and her ride."""
    person = world.person(name)
    world.car(person)
    return person, world.publish(person, origin, destination, **fields)


def confirmed():
    return list(Booking.objects.filter(state="CONFIRMED"))


# --- one request, two drivers who pass at different hours


@pytest.fixture
def two_cards(bo, door, far_home, store):
    """Dan leaves in two hours and Eve in three; both are asked whether they take Bo along, and both say yes."""
    for name, hours in (("Dan", 2), ("Eve", 3)):
        driver(name, far_home, store, departs_at=world.soon(hours).isoformat())
    request_id = world.ask(bo, door, store).data["id"]
    tasks.match_request(request_id)
    cards = Asking.objects.filter(request=request_id).select_related("offer__driver").order_by("pk")
    yeses = [partial(commands.accept_asking, card.offer.driver, card.pk) for card in cards]
    assert len(yeses) == 2
    return yeses


LOCKED = "rides.requests.ride_requests.lock_requests"


def test_two_drivers_take_one_request(two_cards):
    assert [told(one) for one in overtake(LOCKED, *two_cards)] == ["200", "already_settled"]
    assert len(confirmed()) == 1
    world.require_books_balance()


def test_two_drivers_take_one_request_at_once(two_cards):
    assert sorted(told(one) for one in race(*two_cards)) == ["200", "already_settled"]
    assert len(confirmed()) == 1


def test_without_locks_two_drivers_come(two_cards, without_locks):
    """The first has written all but the end of it, while the second still reads that Bo is free."""
    assert [told(one) for one in overtake("rides.requests.journeys.close_cards", *two_cards)] == ["200", "200"]
    assert len(confirmed()) == 2


def test_the_rider_needs_nothing_any_more_while_a_driver_says_yes(two_cards, bo):
    off = partial(commands.cancel_request, bo, RideRequest.objects.get().pk)
    assert [told(one) for one in overtake(LOCKED, two_cards[0], off)] == ["200", "already_settled"]
    assert len(confirmed()) == 1


def test_a_driver_says_yes_while_the_rider_needs_nothing_any_more(two_cards, bo):
    off = partial(commands.cancel_request, bo, RideRequest.objects.get().pk)
    assert [told(one) for one in overtake("rides.requests.ride_requests.lock_request", off, two_cards[0])] == [
        "200",
        "already_settled",
    ]
    assert not confirmed()
    world.require_books_balance()


# --- one rider who asked two drivers for the same hour


@pytest.fixture
def two_asked(bo, door, far_home, store):
    """Bo asks Dan and Eve, who leave at the same hour; both say yes."""
    yeses = []
    for name in ("Dan", "Eve"):
        person, offer = driver(name, far_home, store)
        asked = world.book(bo, offer, door, store)
        yeses.append(partial(commands.accept_booking, person, asked.data["id"]))
    return yeses


LOOKED = "rides.bookings.diary.require_free"
"""Where a yes has looked at the rider's day, and has not written anything yet."""


def test_two_drivers_say_yes_to_one_rider(two_asked):
    assert [told(one) for one in overtake(LOOKED, *two_asked)] == ["200", "already_settled"]
    assert [one.reason for one in Booking.objects.exclude(state="CONFIRMED")] == ["withdrawn"]
    assert len(confirmed()) == 1
    world.require_books_balance()


def test_two_drivers_say_yes_to_one_rider_at_once(two_asked):
    assert sorted(told(one) for one in race(*two_asked)) == ["200", "already_settled"]
    assert len(confirmed()) == 1
    world.require_books_balance()


def test_without_locks_one_rider_sits_in_two_cars(two_asked, without_locks):
    assert [told(one) for one in overtake(LOOKED, *two_asked)] == ["200", "200"]
    assert len(confirmed()) == 2


# --- one person who books two rides that accept by themselves, and one who drives


@pytest.fixture
def automatic(bo, door, far_home, store):
    """Dan and Eve accept by themselves; Bo taps on both."""
    rides = [driver(name, far_home, store, automatic=True)[1] for name in ("Dan", "Eve")]
    return [partial(world.book, bo, ride, door, store) for ride in rides]


def test_nobody_has_two_rides_that_accept_by_themselves(automatic):
    assert [told(one) for one in overtake(LOOKED, *automatic)] == ["201", "already_riding"]
    assert len(confirmed()) == 1


def test_without_locks_somebody_has_two_rides_that_accept_by_themselves(automatic, without_locks):
    assert [told(one) for one in overtake("rides.bookings.booking.settled", *automatic)] == ["201", "201"]
    assert len(confirmed()) == 2


# --- one person who drives and rides


@pytest.fixture
def drive_and_ride(automatic, bo, far_home, store):
    """Bo publishes a ride, and books one for the same hour."""
    world.car(bo)
    return partial(world.publish, bo, far_home, store), automatic[0]


def test_nobody_books_a_ride_while_she_publishes_one(drive_and_ride):
    published, booked = overtake(LOOKED, *drive_and_ride)
    assert (published.state, told(booked)) == ("published", "already_driving")


def test_without_locks_somebody_drives_and_rides(drive_and_ride, without_locks):
    published, booked = overtake(LOOKED, *drive_and_ride)
    assert (published.state, told(booked)) == ("published", "201")
    assert len(confirmed()) == 1
