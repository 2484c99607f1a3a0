"""A driver with two rides that suit one request is asked once, for the better one."""

from functools import partial

import pytest
from django.utils import timezone

from rides import commands, tasks
from rides.commands.execute import by_itself
from rides.models import Asking, RideOffer, RideRequest
from rides.requests import pace, widening
from tests.rides import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def two_rides(dora, far_home, store):
    """Dora's at two hours: the first makes the longer detour, and Bo waits longer for it."""
    world.car(dora)
    later = world.publish(dora, world.near(far_home, 3000, 0), store, departs_at=world.soon(3.5).isoformat())
    return later, world.publish(dora, far_home, store)


@pytest.fixture
def wish(two_rides, bo, half_way, store):
    return RideRequest.objects.get(pk=world.ask(bo, half_way, store).data["id"])


def asked(request) -> list[int]:
    return list(request.askings.filter(state=Asking.State.ASKED).order_by("pk").values_list("offer", flat=True))


def look(request) -> widening.Look:
    found = widening.look(request.pk, timezone.now())
    assert found
    return found


def test_both_rides_suit(wish, two_rides):
    """The control: alone, each of them gets the card."""
    for ride, other in (two_rides, two_rides[::-1]):
        RideOffer.objects.filter(pk=other.pk).update(state=RideOffer.State.DRAFT)
        assert [offer.pk for offer, _way in look(wish).suitable] == [ride.pk]
        RideOffer.objects.filter(pk=other.pk).update(state=RideOffer.State.PUBLISHED)


def test_dora_gets_one_card_for_the_better_ride(wish, two_rides):
    tasks.match_request(wish.pk)
    assert asked(wish) == [two_rides[1].pk]


def test_looking_again_brings_no_second_card(wish, two_rides):
    for _time in range(2):
        tasks.match_request(wish.pk)
        for ride in two_rides:
            tasks.match_offer(ride.pk)
    assert asked(wish) == [two_rides[1].pk]


def test_two_jobs_at_a_time_bring_one_card(wish, two_rides):
    """Each of them found nobody asked when it looked."""
    first, second = look(wish), look(wish)
    [(_better, way)] = second.suitable
    for suitable in (first.suitable, [(two_rides[0], way)]):
        by_itself(partial(widening.ask, request_id=wish.pk, suitable=suitable, now=timezone.now()))
    assert asked(wish) == [two_rides[1].pk]


def test_a_driver_with_two_rides_takes_nobody_elses_place(wish, two_rides, far_home, store):
    """Five are asked at once, not five rides."""
    for number in range(widening.ASK_AT_MOST - 1):
        driver = world.person(f"D{number}")
        world.car(driver)
        world.publish(driver, far_home, store)
    tasks.match_request(wish.pk)
    drivers = Asking.objects.values_list("offer__driver", flat=True)
    assert len(drivers) == len(set(drivers)) == widening.ASK_AT_MOST


def test_when_the_better_ride_is_called_off_the_other_is_asked(wish, two_rides, dora):
    tasks.match_request(wish.pk)
    assert commands.cancel_offer(dora, two_rides[1].pk).ok
    tasks.match_request(wish.pk)
    assert asked(wish) == [two_rides[0].pk]


def test_one_card_counts_once_for_the_hour(wish, two_rides, dora):
    tasks.match_request(wish.pk)
    assert len(pace.lately([dora.pk], timezone.now())[dora.pk]) == 1
