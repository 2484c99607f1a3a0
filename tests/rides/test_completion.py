"""After the ride to the store: it took place, or it did not, or nobody says anything."""

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db.models import F
from django.utils import timezone

from realtime.models import Event
from rides import commands, tasks
from rides.bookings import answers
from rides.commands.execute import by_itself
from rides.models import Asking, Booking, RideOffer, RideRequest, Stop, WaitingEntry
from rides.serializers.bookings import BookingIn
from rides.underway import completion, kerb
from tests.realtime.race import race
from tests.rides import world
from tests.rides.programs import client

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(far_home):
    return world.near(far_home, 200, 0)


@pytest.fixture
def booked(to_the_store, dora, bo, door, store) -> Booking:
    """Bo's seat on Dora's ride, which she has accepted."""
    booking_id = world.book(bo, to_the_store, door, store).data["id"]
    assert commands.accept_booking(dora, booking_id).data["state"] == "CONFIRMED"
    return Booking.objects.select_related("offer").get(pk=booking_id)


@pytest.fixture
def arrived(booked, dora) -> Booking:
    """The same after Dora has left and pressed "arrived"."""
    commands.depart_offer(dora, booked.offer_id)
    commands.complete_offer(dora, booked.offer_id)
    return Booking.objects.select_related("offer").get(pk=booked.pk)


def state(booking) -> tuple[str, str]:
    return Booking.objects.values_list("state", "reason").get(pk=booking.pk)


def now_is(offer, wanted: datetime) -> None:
    """Let the present be `wanted`, as the ride sees it: everything of it moves by the same span."""
    shift = timezone.now() - wanted
    bookings = ("pickup_at", "dropoff_at", "latest_pickup_at", "latest_dropoff_at")
    Booking.objects.filter(offer=offer).update(**{name: F(name) + shift for name in bookings})
    Stop.objects.filter(offer=offer).update(planned_at=F("planned_at") + shift)
    RideOffer.objects.filter(pk=offer.pk).update(departs_at=F("departs_at") + shift)


def last_stop(offer) -> datetime:
    return Stop.objects.filter(offer=offer).latest("planned_at").planned_at


# --- a word of the two -------------------------------------------------------------------------------------------


def test_bo_says_that_it_took_place_and_so_it_is(arrived, bo):
    assert state(arrived) == ("COMPLETED_PENDING_VALIDATION", "")
    path = f"/api/v1/bookings/{arrived.pk}/took_place/"
    assert client(bo).post(path).json()["state"] == "VALIDATED"
    assert client(bo).post(path).json()["state"] == "VALIDATED"
    late = client(bo).post(f"/api/v1/bookings/{arrived.pk}/did_not_happen/", {}, format="json")
    assert (late.status_code, late.json()["code"], late.json()["state"]) == (409, "already_settled", "VALIDATED")


def test_doras_word_alone_does_not_validate_but_bo_reads_it(arrived, dora, bo):
    said = commands.took_place(dora, arrived.pk)
    assert said.data["state"] == "COMPLETED_PENDING_VALIDATION"
    commands.took_place(dora, arrived.pk)
    [signal] = client(bo).get(f"/api/v1/bookings/{arrived.pk}/").json()["signals"]
    assert (signal["by"], signal["kind"]) == ("driver", "took_place")
    now_is(arrived.offer, last_stop(arrived.offer) + timedelta(days=30))
    tasks.finish_rides(0)
    assert state(arrived)[0] == "COMPLETED_PENDING_VALIDATION"


@pytest.mark.parametrize("who", ["dora", "bo"])
def test_either_of_them_says_that_there_was_no_ride_and_nobody_pays(arrived, who, request):
    Booking.objects.update(price_cents=150)
    person = request.getfixturevalue(who)
    path = f"/api/v1/bookings/{arrived.pk}/did_not_happen/"
    after = client(person).post(path, {"note": "the car broke down"}, format="json").json()
    assert (after["state"], after["reason"], after["price_cents"]) == ("CANCELLED", "did_not_happen", 0)
    assert after["reason_note"] == "the car broke down"
    assert RideRequest.objects.get().state == "expired"
    assert commands.took_place(request.getfixturevalue("bo"), arrived.pk).data["code"] == "already_settled"
    world.require_books_balance()


def test_what_is_still_to_come_has_neither_taken_place_nor_not(booked, bo):
    assert commands.took_place(bo, booked.pk).data["code"] == "not_over"
    assert commands.did_not_happen(bo, booked.pk).data["code"] == "not_over"


@pytest.mark.parametrize("word", ["took_place", "did_not_happen"])
def test_bo_need_not_wait_until_dora_says_that_they_arrived(booked, bo, to_the_store, word):
    now_is(booked.offer, last_stop(booked.offer) + timedelta(minutes=1))
    expected = {"took_place": ("VALIDATED", ""), "did_not_happen": ("CANCELLED", "did_not_happen")}[word]
    assert getattr(commands, word)(bo, booked.pk).ok
    assert state(booked) == expected
    assert set(world.taken(to_the_store)) == {0}
    world.require_books_balance()


def test_a_word_is_for_the_two_only(arrived, cy):
    for step in (commands.took_place, commands.did_not_happen):
        assert step(cy, arrived.pk) == step(cy, 10**9)
    assert state(arrived)[0] == "COMPLETED_PENDING_VALIDATION"


# --- nobody says anything ----------------------------------------------------------------------------------------


def test_after_three_days_a_ride_counts_whose_rider_had_got_on(to_the_store, dora, bo, cy, door, store):
    ids = {}
    for rider in (bo, cy):
        ids[rider] = world.book(rider, to_the_store, door, store).data["id"]
        commands.accept_booking(dora, ids[rider])
    now_is(to_the_store, RideOffer.objects.get().departs_at)
    commands.depart_offer(dora, to_the_store.pk)
    assert commands.aboard(dora, ids[bo]).ok
    commands.complete_offer(dora, to_the_store.pk)
    now_is(to_the_store, last_stop(to_the_store) + timedelta(days=2, hours=23))
    tasks.finish_rides(0)
    assert set(Booking.objects.values_list("state", flat=True)) == {"COMPLETED_PENDING_VALIDATION"}
    now_is(to_the_store, last_stop(to_the_store) + timedelta(days=3, minutes=1))
    tasks.finish_rides(0)
    states = {rider: Booking.objects.get(pk=booking_id).state for rider, booking_id in ids.items()}
    assert states == {bo: "VALIDATED", cy: "COMPLETED_PENDING_VALIDATION"}


def test_a_ride_that_left_is_ended_three_hours_after_its_last_stop(booked, dora, bo):
    now_is(booked.offer, booked.offer.departs_at)
    commands.depart_offer(dora, booked.offer_id)
    now_is(booked.offer, last_stop(booked.offer) + timedelta(hours=2, minutes=59))
    tasks.finish_rides(0)
    assert state(booked)[0] == "CONFIRMED"  # control: she may be late
    heard = told(bo)
    now_is(booked.offer, last_stop(booked.offer) + timedelta(hours=3, minutes=1))
    tasks.finish_rides(0)
    assert RideOffer.objects.get().state == "completed"
    assert state(booked)[0] == "COMPLETED_PENDING_VALIDATION"
    assert told(bo) == heard + 1
    world.require_books_balance()


def told(person) -> int:
    return Event.objects.filter(stream_id=person.pk, kind="booking").count()


def test_of_a_ride_that_never_left_nobody_knows_and_both_are_asked(booked, dora, bo, cy, door, store):
    asked = world.book(cy, booked.offer, door, store).data["id"]
    now_is(booked.offer, booked.offer.departs_at + timedelta(hours=2, minutes=59))
    tasks.finish_rides(0)
    assert state(booked)[0] == "CONFIRMED"
    heard = told(dora), told(bo)
    now_is(booked.offer, RideOffer.objects.get().departs_at + timedelta(hours=3, minutes=1))
    tasks.finish_rides(0)
    assert state(booked)[0] == "COMPLETED_PENDING_VALIDATION"
    assert Booking.objects.get(pk=asked).reason == "no_answer"
    assert RideOffer.objects.get().state == "completed"
    assert told(bo) == heard[1] + 1
    assert told(dora) > heard[0]
    now_is(booked.offer, last_stop(booked.offer) + timedelta(days=30))
    tasks.finish_rides(0)
    assert state(booked)[0] == "COMPLETED_PENDING_VALIDATION"
    world.require_books_balance()


def test_a_ride_that_the_clock_ends_asks_nobody_and_keeps_nobody_waiting(last_seat, bo, cy, door, store):
    flo = world.person("Flo")
    asked = world.ask(flo, door, store).data["id"]
    tasks.match_request(asked)
    world.book(bo, last_seat, door, store)
    body = {"offer": last_seat.pk, "origin": door, "destination": store}
    assert commands.join_waiting_list(cy, world.valid(BookingIn, body)).ok
    now_is(last_seat, last_seat.departs_at + timedelta(hours=4))
    tasks.finish_rides(0)
    assert RideOffer.objects.get().state == "completed"
    assert [card.state for card in Asking.objects.filter(request=asked)] == ["closed"]
    waits = WaitingEntry.objects.get()
    assert (waits.state, waits.request.state) == ("over", "open")  # her journey looks for another car


def test_a_long_ride_is_not_ended_on_its_way(booked):
    """Who forgot to press "leaving" may still be driving, three hours after she left."""
    Stop.objects.filter(offer=booked.offer, sequence__gt=0).update(planned_at=F("planned_at") + timedelta(hours=4))
    now_is(booked.offer, booked.offer.departs_at + timedelta(hours=3, minutes=30))
    tasks.finish_rides(0)
    assert state(booked)[0] == "CONFIRMED"


# --- at once -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_it_took_place_meets_it_did_not_happen(arrived, dora, bo):
    now = timezone.now()
    outcomes = race(
        partial(by_itself, partial(completion.took_place, booking_id=arrived.pk, person=bo, now=now)),
        partial(by_itself, partial(completion.did_not_happen, booking_id=arrived.pk, person=dora, now=now)),
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["AlreadySettled", "Booking"]
    [lost] = [one for one in outcomes if isinstance(one, answers.AlreadySettled)]
    assert lost.data["state"] == state(arrived)[0]


@pytest.mark.django_db(transaction=True)
def test_the_clock_meets_nobody_came(booked, bo):
    """The job ends the ride while Bo says that Dora never came: his word stands, however they meet."""
    now = last_stop(booked.offer) + timedelta(minutes=30)
    RideOffer.objects.update(departs_at=F("departs_at") - timedelta(hours=4))
    outcomes = race(
        partial(by_itself, partial(completion.finish, offer_id=booked.offer_id, now=now)),
        partial(by_itself, partial(kerb.say, booking_id=booked.pk, person=bo, kind="nobody_came", now=now)),
    )
    assert not isinstance(outcomes[1], Exception), outcomes
    assert state(booked) == ("CANCELLED", "driver_no_show")
    assert RideOffer.objects.get().state == "completed"
    world.require_books_balance()
