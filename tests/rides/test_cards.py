"""A card waits for its driver: an hour that suits her, a road she is not on, and no more of them than a few an hour."""

from datetime import datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from realtime.models import Event
from rides import commands, event_view, locks, notices, tasks
from rides.commands.execute import by_itself
from rides.models import Asking, RideOffer, RideRequest
from rides.requests import cards, pace, widening
from tests.realtime.race import race
from tests.rides import unlocked, world
from tests.rides.programs import client as program

pytestmark = pytest.mark.django_db


def wish(rider: User, door, store, **fields) -> RideRequest:
    """Posted, and put to drivers."""
    answer = world.ask(rider, door, store, **fields)
    assert answer.ok, answer.data
    tasks.match_request(answer.data["id"])
    return RideRequest.objects.get(pk=answer.data["id"])


def wishes(count: int, door, store) -> list[RideRequest]:
    """As many riders, each with one."""
    return [wish(world.person(f"R{number}"), door, store) for number in range(count)]


def drivers_asked(request: RideRequest) -> set[str]:
    return set(request.askings.filter(state="asked").values_list("offer__driver__first_name", flat=True))


def heard(person: User, asking: Asking) -> int:
    """How many events of that card there are in her stream."""
    return Event.objects.filter(stream_id=person.pk, kind="asking", refs={"asking": asking.pk}).count()


def jobs(task: str, **args) -> list[datetime | None]:
    """When those that wait are to run."""
    waiting = ProcrastinateJob.objects.filter(task_name=f"rides.tasks.{task}", status="todo", args=args)
    return list(waiting.order_by("id").values_list("scheduled_at", flat=True))


@pytest.fixture
def card(to_the_store, bo, half_way, store) -> Asking:
    """Bo's, put to Dora, who leaves in two hours."""
    return wish(bo, half_way, store).askings.get()


@pytest.fixture
def eves_ride(far_home, store) -> RideOffer:
    """Eve drives the same way, but makes no detour that is as small as Dora's."""
    eve = world.person("Eve")
    world.car(eve)
    return world.publish(eve, world.near(far_home, 3000, 0), store)


# --- later -------------------------------------------------------------------------------------------------------


def test_dora_puts_a_card_off_and_sees_when_it_comes_back(card, dora, to_the_store):
    before = timezone.now()
    answer = program(dora).post(f"/api/v1/askings/{card.pk}/later/", headers={"Idempotency-Key": "one"})
    assert (answer.status_code, answer.data["state"], answer.data["may_put_off"]) == (200, "asked", False)
    card.refresh_from_db()
    assert before < card.later_at <= before + timedelta(hours=1, minutes=1)
    assert card.later_at < card.deadline_at <= to_the_store.departs_at
    assert jobs("card_comes_back", asking_id=card.pk) == [card.later_at]
    assert heard(dora, card) == 2


def test_two_taps_are_one(card, dora):
    first = commands.put_off_asking(dora, card.pk, "a")
    again = [commands.put_off_asking(dora, card.pk, key) for key in ("a", "b")]
    assert [one.data for one in again] == [first.data, first.data]
    card.refresh_from_db()
    assert (card.put_off, heard(dora, card)) == (1, 2)


def come_back(card: Asking) -> Asking:
    card.refresh_from_db()
    by_itself(partial(cards.comes_back, asking_id=card.pk, now=card.later_at))
    card.refresh_from_db()
    return card


def test_it_comes_back_once_at_its_hour_and_not_before(card, dora):
    commands.put_off_asking(dora, card.pk)
    tasks.card_comes_back(card.pk)
    card.refresh_from_db()
    at = card.later_at
    assert (at is None, heard(dora, card)) == (False, 2)
    for _twice in range(2):
        by_itself(partial(cards.comes_back, asking_id=card.pk, now=at))
    card.refresh_from_db()
    assert (card.later_at, heard(dora, card)) == (None, 3)


def test_twice_at_most(card, dora):
    for _time in range(2):
        assert commands.put_off_asking(dora, card.pk).ok
        come_back(card)
    refused = commands.put_off_asking(dora, card.pk)
    assert (refused.status, refused.data["code"]) == (409, "no_later")
    assert commands.accept_asking(dora, card.pk).data["state"] == "CONFIRMED"


def test_the_deadline_moves_on_but_never_beyond_what_helps(card, dora, to_the_store):
    soon = timezone.now() + timedelta(minutes=5)
    Asking.objects.filter(pk=card.pk).update(deadline_at=soon)
    commands.put_off_asking(dora, card.pk)
    card.refresh_from_db()
    assert soon < card.later_at < card.deadline_at <= to_the_store.departs_at
    come_back(card)
    commands.put_off_asking(dora, card.pk)
    card.refresh_from_db()
    assert card.deadline_at <= to_the_store.departs_at


def test_just_before_the_ride_it_is_yes_or_no(card, dora, to_the_store):
    assert cards.may_put_off(card, to_the_store.departs_at - timedelta(minutes=11))  # control
    assert not cards.may_put_off(card, to_the_store.departs_at - timedelta(minutes=9))


def test_nobody_waits_for_a_card_that_is_put_off(dora, bo, half_way, far_home, store, monkeypatch):
    """With one driver at a time: Eve is asked once Dora says later, and Dora may still be the first."""
    monkeypatch.setattr(widening, "ASK_AT_MOST", 1)
    eve = world.person("Eve")
    for driver in (dora, eve):
        world.car(driver)
        world.publish(driver, far_home, store)
    request = wish(bo, half_way, store)
    [first] = drivers_asked(request)
    tasks.match_request(request.pk)
    assert drivers_asked(request) == {first}  # control: she may answer any minute
    asked = request.askings.get()
    enqueued = len(jobs("match_request", request_id=request.pk))
    commands.put_off_asking(asked.offer.driver, asked.pk)
    assert len(jobs("match_request", request_id=request.pk)) == enqueued + 1
    tasks.match_request(request.pk)
    assert drivers_asked(request) == {"Dora", "Eve"}
    assert commands.accept_asking(asked.offer.driver, asked.pk).ok
    assert RideRequest.objects.get().state == "matched"


def test_a_card_that_was_settled_cannot_be_put_off_nor_comes_back(card, dora, bo):
    commands.put_off_asking(dora, card.pk)
    commands.cancel_request(bo, card.request_id)
    card.refresh_from_db()
    assert by_itself(partial(cards.comes_back, asking_id=card.pk, now=card.later_at)) is None
    assert commands.put_off_asking(dora, card.pk).data["code"] == "already_settled"


def test_what_she_puts_off_wakes_no_phone_of_hers_before_it_is_back(card, dora):
    def notice():
        return notices.of_asking(event_view.of_asking({"asking": card.pk}, dora), timezone.now())

    assert notice() is not None  # control
    commands.put_off_asking(dora, card.pk)
    assert notice() is None
    come_back(card)
    assert notice() is not None


def test_somebody_elses_card_cannot_be_put_off(card, cy):
    assert commands.put_off_asking(cy, card.pk) == commands.put_off_asking(cy, 10**9)


# --- a few an hour -----------------------------------------------------------------------------------------------


def test_dora_gets_a_few_requests_an_hour_and_the_next_goes_to_eve(to_the_store, eves_ride, half_way, store):
    requests = wishes(pace.A_FEW, half_way, store)
    assert all("Dora" in drivers_asked(one) for one in requests)
    Asking.objects.filter(offer=eves_ride).delete()
    one_more = wish(world.person("Zoe"), half_way, store)
    assert drivers_asked(one_more) == {"Eve"}


def test_over_all_her_rides(to_the_store, dora, bo, half_way, far_home, store):
    wishes(pace.A_FEW, half_way, store)
    world.publish(dora, far_home, store, departs_at=world.soon(24).isoformat())
    request = wish(bo, half_way, store, earliest_at=world.soon(23), latest_at=world.soon(26), ask_first="everyone")
    assert drivers_asked(request) == set()
    Asking.objects.update(created_at=timezone.now() - pace.HOUR)  # control: the hour is over
    tasks.match_request(request.pk)
    assert drivers_asked(request) == {"Dora"}


def test_who_comes_too_late_is_put_to_her_when_her_hour_has_room(to_the_store, dora, bo, half_way, store):
    *_some, last = wishes(pace.A_FEW, half_way, store)
    late = wish(bo, half_way, store)
    assert drivers_asked(late) == set()
    first_at = Asking.objects.earliest("created_at").created_at
    assert jobs("match_offer", offer_id=to_the_store.pk)[1:] == [first_at + pace.HOUR]
    tasks.match_request(late.pk)
    assert len(jobs("match_offer", offer_id=to_the_store.pk)) == 2, "once, however often she is passed over"
    Asking.objects.exclude(request=last).update(created_at=timezone.now() - pace.HOUR)
    tasks.match_offer(to_the_store.pk)
    assert drivers_asked(late) == {"Dora"}


def test_the_best_first_when_her_hour_has_room(to_the_store, dora, along, half_way, far_home, store):
    """Of two who wait, she is put the one who costs her less; the other one waits on."""
    wishes(pace.A_FEW, half_way, store)
    far = wish(world.person("Far"), world.near(far_home, 2500, 0), store)
    close = wish(world.person("Close"), half_way, store)
    assert drivers_asked(far) == drivers_asked(close) == set()
    over = Asking.objects.earliest("created_at")
    Asking.objects.filter(pk=over.pk).update(created_at=timezone.now() - pace.HOUR)
    tasks.match_offer(to_the_store.pk)
    assert (drivers_asked(close), drivers_asked(far)) == ({"Dora"}, set())
    Asking.objects.update(created_at=timezone.now() - pace.HOUR)
    tasks.match_offer(to_the_store.pk)
    assert drivers_asked(far) == {"Dora"}


def test_somebody_without_a_way_home_passes_the_limit(to_the_store, bo, half_way, store, monkeypatch):
    wishes(pace.A_FEW, half_way, store)
    monkeypatch.setattr("rides.requests.way_home.is_called", lambda request_id: True)
    assert drivers_asked(wish(bo, half_way, store)) == {"Dora"}


def asked_by_two_at_once(half_way, store) -> int:
    """Dora's hour has room for one more; how many cards she has after two looks were written down."""
    wishes(pace.A_FEW - 1, half_way, store)
    posted = [world.ask(world.person(name), half_way, store).data["id"] for name in ("Fay", "Gus")]
    looks = [widening.look(request_id, timezone.now()) for request_id in posted]
    assert all(len(look.suitable) == 1 for look in looks)
    race(*(partial(by_itself, partial(widening.go_on, look=look, now=timezone.now())) for look in looks))
    return Asking.objects.count()


@pytest.mark.django_db(transaction=True)
def test_two_workers_keep_to_it(to_the_store, half_way, store):
    assert asked_by_two_at_once(half_way, store) == pace.A_FEW


@pytest.mark.django_db(transaction=True)
def test_without_her_lock_two_workers_ask_too_often(to_the_store, half_way, store, monkeypatch):
    """Control: both count before either of them has asked."""
    both_have_counted, lately = Barrier(2), pace.lately

    def count_and_wait(driver_ids, now):
        found = lately(driver_ids, now)
        if driver_ids and len(found[next(iter(driver_ids))]) == pace.A_FEW - 1:
            both_have_counted.wait(10)
        return found

    wishes_before = partial(asked_by_two_at_once, half_way, store)
    monkeypatch.setattr(locks, "_locked", unlocked.read)
    monkeypatch.setattr(pace, "full", lambda driver_ids, now: set())
    monkeypatch.setattr(pace, "lately", count_and_wait)
    assert wishes_before() == pace.A_FEW + 1


# --- not while driving -------------------------------------------------------------------------------------------


@pytest.fixture
def on_the_road(dora, to_the_store, far_home, store) -> RideOffer:
    """Dora is under way; the one returned is another ride of hers, tomorrow."""
    other = world.publish(dora, far_home, store, departs_at=world.soon(24).isoformat())
    assert commands.depart_offer(dora, to_the_store.pk).ok
    return other


def tomorrow(rider: User, door, store) -> RideRequest:
    return wish(rider, door, store, earliest_at=world.soon(23), latest_at=world.soon(26), ask_first="everyone")


def test_a_card_is_quiet_while_she_drives_and_she_hears_of_it_on_arrival(
    on_the_road, dora, to_the_store, bo, door, store
):
    asking = tomorrow(bo, door, store).askings.get()
    refs = {"asking": asking.pk}
    assert event_view.of_asking(refs, dora)["quiet"]
    told = heard(dora, asking)
    assert commands.complete_offer(dora, to_the_store.pk).ok
    assert heard(dora, asking) == told + 1
    assert not event_view.of_asking(refs, dora)["quiet"]


def test_on_arrival_she_hears_only_of_what_is_still_open(on_the_road, dora, to_the_store, bo, cy, door, store):
    gone, open_still = (tomorrow(rider, door, store).askings.get() for rider in (bo, cy))
    commands.cancel_request(bo, gone.request_id)
    told = heard(dora, gone), heard(dora, open_still)
    commands.complete_offer(dora, to_the_store.pk)
    assert (heard(dora, gone), heard(dora, open_still)) == (told[0], told[1] + 1)


def test_a_ride_that_is_called_off_on_the_road_is_an_arrival_too(on_the_road, dora, to_the_store, bo, door, store):
    asking = tomorrow(bo, door, store).askings.get()
    told = heard(dora, asking)
    commands.cancel_offer(dora, to_the_store.pk)
    assert heard(dora, asking) == told + 1


def test_who_waits_for_an_answer_does_not_wait_for_who_drives(on_the_road, bo, door, far_home, store, monkeypatch):
    monkeypatch.setattr(widening, "ASK_AT_MOST", 1)
    request = tomorrow(bo, door, store)
    assert drivers_asked(request) == {"Dora"}
    eve = world.person("Eve")
    world.car(eve)
    world.publish(eve, far_home, store, departs_at=world.soon(24).isoformat())
    tasks.match_request(request.pk)
    assert drivers_asked(request) == {"Dora", "Eve"}


# --- who rides ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["school_run", "accompany"])
def test_school_runs_and_accompanied_trips_wait_for_their_rules(bo, half_way, store, kind):
    refused = world.ask(bo, half_way, store, kind=kind)
    assert (refused.status, refused.data["code"]) == (409, "not_yet")
    assert not RideRequest.objects.exists()


@pytest.mark.parametrize("need", [{"child_seats": 1}, {"seats": 0, "wheelchairs": 1}])
def test_only_a_car_with_room_for_a_child_or_a_wheelchair_is_asked(to_the_store, far_home, bo, half_way, store, need):
    van = {"name": "van", "seats": 3, "child_seats": 1, "wheelchairs": 1, "litres": 300, "length_cm": 100}
    vera = world.person("Vera")
    world.car(vera, 3, van)
    world.publish(vera, far_home, store)
    assert drivers_asked(wish(bo, half_way, store)) == {"Dora", "Vera"}  # control
    request = wish(world.person("Ana"), half_way, store, **need)
    assert drivers_asked(request) == {"Vera"}
    card = event_view.of_asking({"asking": request.askings.get().pk}, vera)
    assert {name: card[name] for name in need} == need
