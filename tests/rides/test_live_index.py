"""The index of live offers is what the database says, whoever wrote it, whenever it was committed, and nothing more."""

from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import Event, Semaphore, Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Block, Community, Membership
from rides import commands, found_rows, live_index, live_rows, planner, search
from rides.models import Leg, RideOffer, Stop
from tests.rides import world
from tests.rides.trips import trip

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_read():
    live_index._here.clear()
    yield
    live_index._here.clear()


@pytest.fixture
def rides(dora):
    """Dora's two, from a home to the store, an hour apart."""
    world.car(dora)
    home = world.homes(40)[0]
    return [world.publish(dora, home, world.store(), departs_at=world.soon(hours).isoformat()) for hours in (3, 4)]


@pytest.fixture
def wish(rides):
    """From the same door to the same store, within the next hours."""
    return trip(world.homes(40)[0], world.store())


def found(wish, person=None, now=None, **fields):
    ways = search.ways_for(wish, person=person, now=now or timezone.now(), k=10, **fields)
    return [offer.pk for offer, _way in ways]


def ids(rides):
    return [ride.pk for ride in rides]


def write(ride, **fields):
    """As a command would: whatever changes gives its offer another version."""
    version = RideOffer.objects.values_list("version", flat=True).get(pk=ride.pk) + 1
    RideOffer.objects.filter(pk=ride.pk).update(version=version, **fields)


def indexed(pk):
    return live_index._follower().index.version(pk)


# --- what is read, and how often ------------------------------------------------------------------------------------


def test_a_plan_read_from_rows_is_the_one_that_the_planner_makes(rides, bo, half_way, store, door):
    """With a rider aboard, her stop in the middle, what she was promised, and with luggage."""
    assert world.book(bo, rides[0], half_way, store, seats=2, litres=40).ok
    Stop.objects.filter(offer=rides[1], sequence=0).update(dwell_s=77)
    read = {offer.plan.offer_id: offer for offer in live_rows.all_live()}
    for offer in planner.with_plan(RideOffer.objects.all()):
        one = read[offer.pk]
        assert one.plan == planner.plan_of(offer)
        assert (one.driver_id, one.public, one.version) == (offer.driver_id, True, offer.version)
    assert len(read[rides[0].pk].plan.stops) == 3
    assert {offer.plan.offer_id: offer for offer in live_rows.live_among(ids(rides))} == read


def test_what_has_not_changed_is_not_read_again(rides, wish):
    found(wish)
    with CaptureQueriesContext(connection) as queries:
        live_index._follower().look()
    assert len(queries) == 1
    with CaptureQueriesContext(connection) as queries:
        assert found(wish) == ids(rides)
    assert len(queries) == 3  # what has changed; the offers that were found; their stops


def test_what_has_changed_is_read_again_and_only_that(rides, wish, monkeypatch):
    found(wish)
    write(rides[0], max_detour_s=17)
    read = []
    among = live_rows.live_among
    monkeypatch.setattr(live_rows, "live_among", lambda offer_ids: read.extend(offer_ids) or among(offer_ids))
    assert found(wish) == ids(rides)
    assert found(wish) == ids(rides)
    assert read == [rides[0].pk]
    assert indexed(rides[0].pk) == rides[0].version + 1


def test_control_a_change_of_a_plan_without_a_new_version_would_not_be_read(rides, wish):
    """So every change of a plan has to give one (`rides.bookings.endings.touched`; the machine plays that)."""
    found(wish)
    RideOffer.objects.filter(pk=rides[0].pk).update(configurations=[])
    assert found(wish) == ids(rides)


# --- who is found ---------------------------------------------------------------------------------------------------


def test_a_ride_published_a_moment_ago_is_found_and_one_just_called_off_is_not(dora, rides, wish):
    """Through the front door."""
    assert found(wish) == ids(rides)
    assert commands.cancel_offer(dora, rides[0].pk).ok
    assert found(wish) == [rides[1].pk]
    third = world.publish(dora, world.homes(40)[0], world.store(), departs_at=world.soon(5).isoformat())
    assert set(found(wish)) == {rides[1].pk, third.pk}


def test_a_car_that_has_left_is_gone_whether_its_driver_said_so_or_not(rides, wish):
    assert found(wish, now=rides[0].departs_at + timedelta(seconds=1)) == [rides[1].pk]
    write(rides[1], state=RideOffer.State.DEPARTED)
    assert found(wish) == [rides[0].pk]


def test_the_driver_herself_and_who_is_blocked_find_nothing(rides, wish, dora, bo, cy):
    Block.objects.create(blocker=dora, blocked=bo)
    assert found(wish, dora) == found(wish, bo) == []
    assert found(wish, cy) == ids(rides)


def test_a_ride_for_a_community_is_found_by_its_members_from_the_hour_they_join(rides, wish, dora, bo):
    street = Community.objects.create(name="Our street", slug="our-street")
    Membership.objects.create(community=street, person=dora)
    write(rides[0], audience=RideOffer.Audience.COMMUNITY)
    write(rides[1], audience=RideOffer.Audience.LINK)
    assert found(wish, bo) == found(wish) == []
    membership = Membership.objects.create(community=street, person=bo)
    assert found(wish, bo) == [rides[0].pk]
    membership.delete()
    assert found(wish, bo) == []


def test_only_some_drivers_or_all_but_some_are_asked(rides, wish, dora, bo):
    assert found(wish, only_drivers={dora.pk}) == ids(rides)
    assert found(wish, only_drivers={bo.pk}) == found(wish, only_drivers=set()) == []
    assert found(wish, without_drivers={dora.pk}) == []
    assert found(wish, without_drivers={bo.pk}) == ids(rides)


# --- changes between look and answer --------------------------------------------------------------------------------


@pytest.fixture
def before_rows_are_read(monkeypatch):
    """Something that happens once, when the search is done and its rows are not read yet."""
    todo = []
    read = found_rows.read

    def late(offer_ids):
        while todo:
            todo.pop()()
        return read(offer_ids)

    monkeypatch.setattr(found_rows, "read", late)
    return todo.append


def test_a_ride_called_off_after_the_search_is_no_answer(rides, wish, before_rows_are_read):
    before_rows_are_read(partial(write, rides[0], state=RideOffer.State.CANCELLED))
    assert found(wish) == [rides[1].pk]


def test_a_ride_that_changed_after_the_search_is_judged_as_it_is(rides, wish, before_rows_are_read):
    before_rows_are_read(partial(write, rides[0], configurations=[]))
    assert found(wish) == [rides[1].pk]


def test_a_ride_that_another_thread_has_read_anew_after_the_search_is_judged_as_it_is(
    rides, wish, before_rows_are_read
):
    """The row and the index agree by then, and what was found is of the plan before."""

    def meanwhile():
        write(rides[0], configurations=[])
        live_index._follower().look()

    before_rows_are_read(meanwhile)
    assert found(wish) == [rides[1].pk]


def test_a_ride_that_is_deleted_is_forgotten(rides, wish, dora):
    assert found(wish) == ids(rides)
    Leg.objects.filter(offer=rides[0]).delete()
    RideOffer.objects.filter(pk=rides[0].pk).delete()
    assert found(wish) == [rides[1].pk]
    assert indexed(rides[0].pk) is None


def test_when_many_are_deleted_at_once_the_next_best_are_found(rides, wish, dora):
    more = [
        world.publish(dora, world.homes(40)[0], world.store(), departs_at=world.soon(hours / 10).isoformat())
        for hours in (5, 15, 25)
    ]
    best = search.ways_for(wish, person=None, now=timezone.now(), k=5)
    assert len(best) == 5
    first = [offer.pk for offer, _way in best[:4]]
    Leg.objects.filter(offer__in=first).delete()
    RideOffer.objects.filter(pk__in=first).delete()
    last = search.ways_for(wish, person=None, now=timezone.now(), k=1)
    assert [offer.pk for offer, _way in last] == [best[4][0].pk]
    assert len(more) == 3 and len(live_index._follower().index) == 1


# --- transactions ---------------------------------------------------------------------------------------------------


@contextmanager
def elsewhere(change):
    """Somebody makes a change, and commits it when told to."""
    written, go_on = Event(), Event()

    def run():
        try:
            with transaction.atomic():
                change()
                written.set()
                assert go_on.wait(20)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    assert written.wait(20)

    def commit():
        go_on.set()
        thread.join(20)

    try:
        yield commit
    finally:
        commit()


def _newest(monkeypatch):
    """Control: the mark is the last transaction that wrote any of the offers that can be seen."""
    changed_since = live_rows.changed_since

    def since(mark):
        changes = changed_since(mark)
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(changed_xid::text::bigint) + 1 FROM rides_rideoffer")
            return live_rows.Changes(str(cursor.fetchone()[0]), changes.live, changes.gone, changes.own)

    monkeypatch.setattr(live_rows, "changed_since", since)


@pytest.mark.parametrize("control", [None, _newest])
def test_a_change_that_began_before_the_look_and_is_committed_after_a_later_one_is_not_missed(
    rides, wish, control, monkeypatch
):
    """The control takes the newest transaction that it sees for the last one there was."""
    found(wish)
    with elsewhere(partial(write, rides[0], state=RideOffer.State.CANCELLED)) as commit:
        write(rides[1], note="later")
        if control:
            control(monkeypatch)
        assert found(wish) == ids(rides)
        assert indexed(rides[1].pk) == rides[1].version + 1
        commit()
    live_index._follower().look()
    assert indexed(rides[0].pk) == (rides[0].version if control else None)


@pytest.mark.parametrize("control", [None, _newest])
def test_a_ride_that_is_published_slowly_is_found_once_it_is_there(rides, wish, dora, control, monkeypatch):
    write(rides[0], state=RideOffer.State.DRAFT)
    found(wish)
    with elsewhere(partial(write, rides[0], state=RideOffer.State.PUBLISHED)) as commit:
        write(rides[1], note="later")
        if control:
            control(monkeypatch)
        assert found(wish) == [rides[1].pk]
        commit()
    assert found(wish) == ([rides[1].pk] if control else ids(rides))


def test_what_was_written_in_a_transaction_is_found_in_it_and_by_nobody_if_it_never_was(rides, wish):
    assert found(wish) == ids(rides)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(rides[0], state=RideOffer.State.CANCELLED)
        write(rides[1], max_detour_s=17)
        assert found(wish) == [rides[1].pk]
        assert [offer.max_detour_s for offer, _way in search.ways_for(wish, person=None, now=timezone.now(), k=1)] == [
            17
        ]
        assert indexed(rides[0].pk) == rides[0].version
        raise ZeroDivisionError
    assert found(wish) == ids(rides)
    assert [indexed(ride.pk) for ride in rides] == [ride.version for ride in rides]


def test_what_a_transaction_that_never_was_had_hidden_is_read_after_it(rides, wish):
    """Somebody else's change is committed, then overwritten by ours, and ours is taken back."""
    found(wish)
    write(rides[0], state=RideOffer.State.CANCELLED)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(rides[0], state=RideOffer.State.PUBLISHED)
        assert found(wish) == ids(rides)
        raise ZeroDivisionError
    assert found(wish) == [rides[1].pk]


def test_the_first_search_of_a_process_may_be_in_a_transaction(rides, wish):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write(rides[0], state=RideOffer.State.CANCELLED)
        assert found(wish) == [rides[1].pk]
        raise ZeroDivisionError
    assert found(wish) == ids(rides)


def test_a_database_put_back_from_a_backup_is_read_from_the_start(rides, wish):
    found(wish)
    follower = live_index._follower()
    follower._drop(set(ids(rides)))
    follower._mark = str(2**62)
    assert found(wish) == ids(rides)


# --- threads, and the start -----------------------------------------------------------------------------------------


class Door:
    """A lock that tells how many have come to it."""

    def __init__(self, lock):
        self.lock, self.came = lock, Semaphore(0)

    def __enter__(self):
        self.came.release()
        self.lock.acquire()

    def __exit__(self, *_error):
        self.lock.release()


def test_of_many_who_come_during_a_look_one_looks_for_all_and_each_sees_what_was_there_when_she_came(
    rides, wish, monkeypatch
):
    found(wish)
    follower, looks, seen = live_index._follower(), [], []
    looking, go_on = Event(), Event()
    changed_since = live_rows.changed_since

    def slow(mark):
        changes = changed_since(mark)
        looks.append(mark)
        looking.set()
        assert go_on.wait(20)
        return changes

    def come():
        try:
            follower.look()
            seen.append(indexed(rides[0].pk))
        finally:
            connection.close()

    monkeypatch.setattr(live_rows, "changed_since", slow)
    follower._lock = door = Door(follower._lock)
    people = [Thread(target=come) for _ in range(6)]
    people[0].start()
    assert looking.wait(20)
    write(rides[0], note="after the first look has begun")
    for thread in people[1:]:
        thread.start()
    for _person in people:
        assert door.came.acquire(timeout=20)
    go_on.set()
    for thread in people:
        thread.join(20)
    assert len(looks) == 2
    assert seen.count(rides[0].version + 1) >= 5


def test_a_process_that_starts_has_read_them_before_anybody_searches(rides, wish):
    live_index.warm_up()
    with CaptureQueriesContext(connection) as queries:
        assert found(wish) == ids(rides)
    assert len(queries) == 3


def test_a_process_starts_though_the_database_does_not_answer(rides, caplog, monkeypatch):
    from django.db import OperationalError

    def away():
        raise OperationalError("nobody answers")

    monkeypatch.setattr(live_rows, "mark", away)
    live_index.warm_up()
    assert "nobody answers" in caplog.text


def test_the_rides_of_yesterday_are_dropped(rides, wish, monkeypatch):
    found(wish)
    follower = live_index._follower()
    follower._departs_s[rides[0].pk] -= 2 * 86_400
    follower.look()
    assert len(follower.index) == 2  # every ten minutes is enough
    follower._tidy_at = 0
    follower.look()
    assert indexed(rides[0].pk) is None
    assert indexed(rides[1].pk) == rides[1].version
