"""What has changed in public since a look, for maps whose messages were lost."""

from threading import Event, Thread

import pytest
from django.db import connection, transaction

from realtime.topics import cell_of, cell_topic, offer_topic
from rides import changes
from rides.models import RideOffer
from tests.rides import world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def car(dora):
    world.car(dora, 2)


@pytest.fixture
def ride(dora, far_home, store):
    return world.publish(dora, far_home, store)


def cell(offer):
    place = offer.stops.order_by("sequence").first().place
    return cell_topic("public", cell_of(place.public_lat, place.public_lon))


def test_a_new_ride_is_found_by_the_next_look_on_its_cell_and_nowhere_else(dora, far_home, store):
    mark, told = changes.since("", ["cell.public.any"])
    assert told == []
    ride = world.publish(dora, far_home, store)
    mark, told = changes.since(mark, [cell(ride), "cell.public.elsewhere"])
    assert [(item.topic, item.event["offer_id"], item.about) for item in told] == [(cell(ride), ride.pk, dora.pk)]
    assert told[0].event["seats_left"] == 2


def test_a_seat_that_is_asked_for_is_found_and_a_draft_is_not(ride, bo, far_home, store):
    mark, _told = changes.since("", [])
    assert world.book(bo, ride, far_home, store).ok
    _mark, [told] = changes.since(mark, [offer_topic(ride.pk)])
    assert (told.event["seats_left"], told.event["seats_held"]) == (1, 1)
    RideOffer.objects.update(state=RideOffer.State.DRAFT)
    assert changes.since(mark, [offer_topic(ride.pk)])[1] == []


@pytest.fixture
def slow_change(ride):
    """Begins to write a ride, and commits when told to."""
    written, go_on = Event(), Event()

    def write():
        try:
            with transaction.atomic():
                RideOffer.objects.filter(pk=ride.pk).update(version=2, note="later")
                written.set()
                assert go_on.wait(20)
        finally:
            connection.close()

    thread = Thread(target=write)
    thread.start()
    assert written.wait(20)

    def commit():
        go_on.set()
        thread.join(20)

    yield commit
    commit()


def newest():
    """The control's mark: the last transaction that wrote any of the offers that can be seen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(changed_xid::text::bigint) + 1 FROM rides_rideoffer")
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize(("mark_of", "found"), [(lambda: changes.since("", [])[0], [2]), (newest, [])])
def test_a_change_that_took_longer_than_one_that_came_later_is_not_missed(
    ride, slow_change, bo, far_home, store, mark_of, found
):
    """The control takes the newest transaction it sees for the last one there was."""
    world.car(bo, 2)
    world.publish(bo, far_home, store)
    mark = mark_of()
    slow_change()
    assert [item.event["version"] for item in changes.since(mark, [offer_topic(ride.pk)])[1]] == found
