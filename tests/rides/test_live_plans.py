"""Plans are read once for each version, and what changes between look and answer is judged as it is."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rides import commands, live_plans, search
from rides.models import RideOffer
from tests.rides import world
from tests.rides.trips import trip

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_read():
    live_plans._read.clear()
    yield
    live_plans._read.clear()


@pytest.fixture
def rides(valley):
    """Dora's two, from a home to the store, an hour apart."""
    dora = world.person("Dora")
    world.car(dora)
    home = world.homes(40)[0]
    return [world.publish(dora, home, world.store(), departs_at=world.soon(hours).isoformat()) for hours in (3, 4)]


@pytest.fixture
def wish(rides):
    """From the same door to the same store, within the next hours."""
    return trip(world.homes(40)[0], world.store())


def looked(rides):
    return live_plans.look_at(RideOffer.objects.filter(pk__in=[ride.pk for ride in rides]))


def test_what_has_not_changed_is_not_read_again(rides):
    first = looked(rides)
    with CaptureQueriesContext(connection) as queries:
        again = looked(rides)
    assert again == first
    assert len(queries) == 1


def test_what_has_changed_is_read_again(rides):
    before = {one.offer_id: one for one in looked(rides)}
    RideOffer.objects.filter(pk=rides[0].pk).update(version=rides[0].version + 1, max_detour_s=17)
    after = {one.offer_id: one for one in looked(rides)}
    assert after[rides[0].pk].plan.max_detour_s == 17
    assert after[rides[1].pk] == before[rides[1].pk]


def test_control_a_change_without_a_new_version_would_not_be_seen(rides):
    """So every change of a plan has to give one (`rides.bookings.endings.touched`)."""
    looked(rides)
    RideOffer.objects.filter(pk=rides[0].pk).update(max_detour_s=17)
    assert 17 not in {one.plan.max_detour_s for one in looked(rides)}


def test_what_was_seen_in_a_transaction_that_never_was_is_forgotten(rides):
    looked(rides)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        RideOffer.objects.filter(pk=rides[0].pk).update(version=rides[0].version + 1, max_detour_s=17)
        assert 17 in {one.plan.max_detour_s for one in looked(rides)}
        raise ZeroDivisionError
    RideOffer.objects.filter(pk=rides[0].pk).update(version=rides[0].version + 1, max_detour_s=18)
    assert 18 in {one.plan.max_detour_s for one in looked(rides)}


def test_a_ride_called_off_after_the_look_is_no_answer(rides, wish):
    live = looked(rides)
    assert {offer.pk for offer, _way in live_plans.rank(live, wish, 2)} == {ride.pk for ride in rides}
    RideOffer.objects.filter(pk=rides[0].pk).update(version=rides[0].version + 1, state=RideOffer.State.CANCELLED)
    assert [offer.pk for offer, _way in live_plans.rank(live, wish, 2)] == [rides[1].pk]


def test_a_ride_that_changed_after_the_look_is_judged_as_it_is(rides, wish):
    live = looked(rides)
    RideOffer.objects.filter(pk=rides[0].pk).update(version=rides[0].version + 1, configurations=[])
    assert [offer.pk for offer, _way in live_plans.rank(live, wish, 2)] == [rides[1].pk]


def test_a_search_finds_a_ride_published_a_moment_ago_and_not_one_just_called_off(rides, wish):
    """Through the front door."""

    def found():
        return {one.offer.pk for one in search.find_offers(trip=wish, person=None, now=timezone.now())}

    assert found() == {ride.pk for ride in rides}
    assert commands.cancel_offer(rides[0].driver, rides[0].pk).ok
    assert found() == {rides[1].pk}
