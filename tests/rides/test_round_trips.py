"""There and back: both or none, one after the other, and what one half means for the other."""

from datetime import datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.utils import timezone

from accounts.models import User
from realtime.models import Event
from rides import commands, locks, tasks
from rides.bookings import answers, booking
from rides.models import Booking, RideOffer, RideRequest
from tests.realtime.race import race
from tests.rides import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(far_home):
    return world.near(far_home, 200, 0)


@pytest.fixture
def drive(far_home, store):
    """drive("Eve") goes to the store in three hours; drive("Fay", back=True) comes back three hours later."""

    def made(name: str, *, back: bool = False, **fields) -> tuple[User, RideOffer]:
        someone = User.objects.filter(first_name=name).first() or world.person(name)
        if not someone.vehicles.exists():
            world.car(someone)
        ends, hours = ((store, far_home), 6) if back else ((far_home, store), 3)
        fields = {"departs_at": world.soon(hours).isoformat()} | fields
        return someone, world.publish(someone, *ends, **fields)

    return made


@pytest.fixture
def trip(drive, bo, door, store):
    """Eve takes Bo there and Fay takes him back, both or none, once they say yes."""
    eve, there = drive("Eve")
    fay, back = drive("Fay", back=True)
    out = asked_out(bo, there, door, store)
    return eve, out, fay, asked_back(bo, back, door, store, out)


def asked_out(rider: User, offer: RideOffer, door, store, **fields) -> Booking:
    window = {"earliest_at": world.soon(2), "latest_at": world.soon(5), "both_or_none": True}
    return made(world.book(rider, offer, door, store, **(window | fields)))


def asked_back(rider: User, offer: RideOffer, door, store, out: Booking, **fields) -> Booking:
    window = {"earliest_at": world.soon(5), "latest_at": world.soon(9), "return_of": out.request_id}
    return made(world.book(rider, offer, store, door, **(window | fields)))


def made(answer: commands.Answer) -> Booking:
    assert answer.ok, answer.data
    return Booking.objects.get(pk=answer.data["id"])


def states(*bookings: Booking) -> list[str]:
    found = Booking.objects.in_bulk([one.pk for one in bookings])
    return [found[one.pk].reason or found[one.pk].state for one in bookings]


def request_of(one: Booking) -> RideRequest:
    return RideRequest.objects.get(pk=one.request_id)


def work() -> None:
    """What the jobs of the last commands would do, once each."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    done = {"rides.tasks.half_is_off": tasks.half_is_off, "rides.tasks.free_way_out": tasks.free_way_out}
    for job in ProcrastinateJob.objects.filter(task_name__in=done, status="todo").order_by("id"):
        done[job.task_name](**job.args)


# --- both or none ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("back_first", [False, True])
def test_both_are_confirmed_with_the_second_yes(trip, back_first):
    eve, out, fay, back = trip
    yeses = [(eve, out), (fay, back)]
    (one, first), (other, second) = reversed(yeses) if back_first else yeses
    assert commands.accept_booking(one, first.pk).data["state"] == "WAITING_CONFIRMATION"
    assert states(out, back) == ["WAITING_CONFIRMATION"] * 2
    assert commands.accept_booking(other, second.pk).data["state"] == "CONFIRMED"
    assert states(out, back) == ["CONFIRMED"] * 2
    assert {request_of(one).state for one in (out, back)} == {"matched"}
    world.require_books_balance()


def test_without_the_condition_each_half_stands_by_itself(drive, bo, door, store):
    """Control."""
    eve, there = drive("Eve")
    _fay, home = drive("Fay", back=True)
    out = asked_out(bo, there, door, store, both_or_none=False)
    back = asked_back(bo, home, door, store, out)
    commands.accept_booking(eve, out.pk)
    assert states(out, back) == ["CONFIRMED", "WAITING_CONFIRMATION"]


def test_out_waits_while_back_looks_on_and_lapses_as_the_other_half(trip, drive):
    eve, out, fay, back = trip
    commands.accept_booking(eve, out.pk)
    commands.decline_booking(fay, back.pk)
    assert states(out, back) == ["WAITING_CONFIRMATION", "declined"]
    assert Booking.objects.get(pk=out.pk).accepted_at is not None
    assert request_of(back).state == "open"
    Booking.objects.filter(pk=out.pk).update(deadline_at=timezone.now() - timedelta(minutes=1))
    tasks.expire(timestamp=0)
    assert states(out) == ["other_half"]
    world.require_books_balance()


def test_while_out_waits_nobody_else_is_asked_for_it(trip, drive):
    eve, out, _fay, _back = trip
    drive("Gus")
    request = request_of(out)
    tasks._match(request.pk, request.widens_at)
    assert request.askings.count() == 1  # control: before the yes, Gus is asked beside Eve
    request.askings.all().delete()
    RideRequest.objects.filter(pk=request.pk).update(state="chosen", widens_at=request.widens_at)
    commands.accept_booking(eve, out.pk)
    tasks._match(request.pk, request.widens_at)
    _hal, later = drive("Hal")
    tasks.match_offer(later.pk)
    assert request.askings.count() == 0


def test_another_driver_for_the_way_back_completes_it(trip, drive):
    eve, out, fay, back = trip
    commands.accept_booking(eve, out.pk)
    commands.decline_booking(fay, back.pk)
    gus, _offer = drive("Gus", back=True)
    request = request_of(back)
    tasks.match_request(request.pk)
    card = request.askings.get(offer__driver=gus)
    assert commands.accept_asking(gus, card.pk).data["state"] == "CONFIRMED"
    assert states(out) == ["CONFIRMED"]
    world.require_books_balance()


def test_the_first_of_three_drivers_counts_and_the_others_are_withdrawn(trip, drive, bo, door, store):
    eve, out, fay, back = trip
    rivals = [drive(name)[1] for name in ("Gus", "Hal")]
    others = [asked_out(bo, offer, door, store) for offer in rivals]
    assert {one.request_id for one in others} == {out.request_id}
    commands.accept_booking(eve, out.pk)
    assert states(*others) == ["WAITING_CONFIRMATION"] * 2, "nothing is decided before the way back"
    commands.accept_booking(fay, back.pk)
    assert states(out, back, *others) == ["CONFIRMED", "CONFIRMED", "withdrawn", "withdrawn"]
    world.require_books_balance()


def test_two_yeses_for_one_half_end_as_one_ride(trip, drive, bo, door, store):
    eve, out, fay, back = trip
    gus, offer = drive("Gus")
    second = asked_out(bo, offer, door, store)
    for driver, one in ((eve, out), (gus, second), (fay, back)):
        assert commands.accept_booking(driver, one.pk).ok
    assert states(out, second, back) == ["CONFIRMED", "withdrawn", "CONFIRMED"]
    world.require_books_balance()


@pytest.mark.parametrize("automatic", [(True, True), (True, False), (False, True)])
def test_automatic_offers_wait_for_each_other_too(drive, bo, door, store, automatic):
    """An automatic way out is no yes to half a trip: the way back was not even asked for yet."""
    eve, there = drive("Eve", automatic=automatic[0])
    fay, home = drive("Fay", back=True, automatic=automatic[1])
    out = asked_out(bo, there, door, store)
    assert states(out) == ["WAITING_CONFIRMATION"]
    assert (out.accepted_at is not None) == automatic[0]
    back = asked_back(bo, home, door, store, out)
    for driver, one, by_itself in ((eve, out, automatic[0]), (fay, back, automatic[1])):
        assert by_itself or commands.accept_booking(driver, one.pk).ok
    assert states(out, back) == ["CONFIRMED"] * 2
    world.require_books_balance()


def test_an_automatic_way_out_without_condition_is_confirmed_at_once(drive, bo, door, store):
    """Control."""
    _eve, there = drive("Eve", automatic=True)
    assert states(asked_out(bo, there, door, store, both_or_none=False)) == ["CONFIRMED"]


def test_the_way_back_of_a_ride_that_stands_can_be_asked(drive, bo, door, store):
    _eve, there = drive("Eve", automatic=True)
    _fay, home = drive("Fay", back=True, automatic=True)
    out = asked_out(bo, there, door, store, both_or_none=False)
    assert states(out, asked_back(bo, home, door, store, out)) == ["CONFIRMED"] * 2


def test_there_is_one_way_back_at_a_time(trip, drive, bo, door, store):
    _eve, out, _fay, back = trip
    _gus, other = drive("Gus", back=True, departs_at=world.soon(8).isoformat())
    window = {"earliest_at": world.soon(7.5), "latest_at": world.soon(9), "return_of": out.request_id}
    elsewhere = world.homes(3)[1]
    refused = world.book(bo, other, store, elsewhere, **window)
    assert (refused.status, refused.data["code"]) == (409, "has_way_back")
    RideRequest.objects.filter(pk=out.request_id).update(both_or_none=False)
    commands.cancel_booking(bo, back.pk)
    assert world.book(bo, other, store, elsewhere, **window).ok


# --- one is enough -----------------------------------------------------------------------------------------------


def test_one_is_enough_after_all(trip, bo, client):
    eve, out, _fay, back = trip
    commands.accept_booking(eve, out.pk)
    client.force_login(bo)
    answer = client.post(f"/api/v1/requests/{back.request_id}/one_is_enough/")
    assert (answer.status_code, answer.json()["both_or_none"]) == (200, False)
    assert states(out, back) == ["CONFIRMED", "WAITING_CONFIRMATION"]
    again = client.post(f"/api/v1/requests/{out.request_id}/one_is_enough/")
    assert (again.status_code, again.json()["code"]) == (409, "already_settled")
    world.require_books_balance()


def test_one_is_enough_before_any_yes(trip, bo):
    eve, out, _fay, back = trip
    assert commands.one_is_enough(bo, out.request_id).ok
    assert commands.accept_booking(eve, out.pk).data["state"] == "CONFIRMED"
    assert states(back) == ["WAITING_CONFIRMATION"]


# --- one half is off ---------------------------------------------------------------------------------------------


def test_who_calls_off_the_way_back_still_goes(trip, bo):
    eve, out, _fay, back = trip
    commands.accept_booking(eve, out.pk)
    commands.cancel_booking(bo, back.pk)
    work()
    assert states(out, back) == ["CONFIRMED", "by_rider"]
    world.require_books_balance()


def test_who_calls_off_the_way_out_needs_no_way_back(trip, bo):
    _eve, out, fay, back = trip
    commands.accept_booking(fay, back.pk)
    commands.cancel_booking(bo, out.pk)
    work()
    assert states(out, back) == ["by_rider", "other_half"]
    assert request_of(back).state == "cancelled"
    world.require_books_balance()


def test_a_way_out_that_nobody_drove_needs_no_way_back(drive, bo, door, store, client):
    fay, _home = drive("Fay", back=True)
    assert posted(client, bo, door, store, both_or_none=True, **later(5, 9))["status_code"] == 201
    out, back = RideRequest.objects.order_by("pk")
    tasks.match_request(back.pk)
    booking_id = commands.accept_asking(fay, back.askings.get().pk).data["id"]
    over = timezone.now() - timedelta(minutes=1)
    RideRequest.objects.filter(pk=out.pk).update(earliest_at=over, latest_at=over)
    tasks.expire(timestamp=0)
    work()
    assert Booking.objects.get(pk=booking_id).reason == "other_half"
    assert [one.state for one in RideRequest.objects.order_by("pk")] == ["expired", "cancelled"]
    world.require_books_balance()


def test_who_goes_otherwise_still_comes_back(trip, drive, bo, door, store):
    """The way out gave way to another ride at that hour, booked by itself."""
    _eve, out, fay, back = trip
    _gus, offer = drive("Gus", automatic=True)
    elsewhere = world.near(door, 300, 0)
    other = asked_out(bo, offer, elsewhere, store, both_or_none=False)
    assert states(other, out) == ["CONFIRMED", "withdrawn"]
    work()
    commands.accept_booking(fay, back.pk)
    assert states(back) == ["CONFIRMED"]


def test_a_confirmed_round_trip_is_not_torn_down_by_one_half(trip, bo):
    eve, out, fay, back = trip
    commands.accept_booking(eve, out.pk)
    commands.accept_booking(fay, back.pk)
    commands.cancel_booking(bo, back.pk)
    work()
    assert states(out, back) == ["CONFIRMED", "by_rider"]


def test_before_she_leaves_a_lost_way_back_frees_her_from_the_way_out(trip, bo):
    eve, out, fay, back = trip
    commands.accept_booking(eve, out.pk)
    commands.accept_booking(fay, back.pk)
    heard = Event.objects.filter(stream_id=bo.pk, kind="booking", refs={"booking": out.pk})
    before = heard.count()
    commands.cancel_booking(fay, back.pk, note="ill")
    work()
    way_out = Booking.objects.get(pk=out.pk)
    assert (way_out.state, way_out.may_leave_freely, heard.count()) == ("CONFIRMED", True, before + 1)
    assert request_of(back).state == "open"
    assert commands.cancel_booking(bo, out.pk).data["reason"] == "after_change"


# --- posted as a wish --------------------------------------------------------------------------------------------


def posted(client, rider: User, origin, destination, **fields) -> dict:
    client.force_login(rider)
    body = {"origin": origin, "destination": destination, "earliest_at": world.soon(2), "latest_at": world.soon(5)}
    answer = client.post("/api/v1/requests/", body | fields, content_type="application/json")
    return answer.json() | {"status_code": answer.status_code}


def later(first: float, last: float) -> dict[str, datetime]:
    return {"return_earliest_at": world.soon(first), "return_latest_at": world.soon(last)}


def test_one_wish_makes_the_two_halves(drive, bo, door, store, client):
    eve, _there = drive("Eve")
    fay, _home = drive("Fay", back=True)
    answer = posted(client, bo, door, store, both_or_none=True, **later(5, 9))
    assert answer["status_code"] == 201
    out, back = RideRequest.objects.order_by("pk")
    assert (answer["id"], answer["way_back"], back.return_of, back.both_or_none) == (out.pk, back.pk, out, True)
    assert (back.origin.public_label, back.destination_id) != (out.origin.public_label, out.destination_id)
    assert [back.origin.lat, back.destination.lat] == [out.destination.lat, out.origin.lat]
    for request in (out, back):
        tasks.match_request(request.pk)
    assert commands.accept_asking(fay, back.askings.get().pk).data["state"] == "WAITING_CONFIRMATION"
    assert commands.accept_asking(eve, out.askings.get().pk).data["state"] == "CONFIRMED"
    assert set(Booking.objects.values_list("state", flat=True)) == {"CONFIRMED"}
    world.require_books_balance()


def test_the_way_back_can_be_wished_for_a_ride_that_stands(drive, bo, door, store, client):
    _eve, there = drive("Eve", automatic=True)
    out = asked_out(bo, there, door, store, both_or_none=False)
    window = {"earliest_at": world.soon(5), "latest_at": world.soon(9)}
    answer = posted(client, bo, store, door, return_of=out.request_id, **window)
    assert (answer["status_code"], answer["return_of"]) == (201, out.request_id)
    again = posted(client, bo, store, door, return_of=out.request_id, **window)
    assert (again["status_code"], again["code"]) == (409, "has_way_back")


def test_somebody_elses_way_out_is_none_of_mine(drive, bo, cy, door, store, client):
    _eve, there = drive("Eve", automatic=True)
    out = asked_out(bo, there, door, store, both_or_none=False)
    answers = [posted(client, cy, store, door, return_of=one) for one in (out.request_id, 10**9)]
    assert answers[0] == answers[1]
    assert answers[0]["status_code"] == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"return_latest_at": world.soon(9)},
        {"return_earliest_at": world.soon(9), "return_latest_at": world.soon(8)},
        {"return_earliest_at": world.soon(-3), "return_latest_at": world.soon(1)},
        {"return_earliest_at": world.soon(9), "return_of": 1},
        {"latest_at": world.soon(1)},
    ],
    ids=["no first hour", "ends before it begins", "back before there", "the way back of a way back", "ends early"],
)
def test_a_trip_without_sense_is_refused_as_a_whole(bo, door, store, client, fields):
    assert posted(client, bo, door, store, **fields)["status_code"] == 400
    assert not RideRequest.objects.exists()


# --- at the same time --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_drivers_say_yes_to_the_two_halves_at_once(trip):
    """Whoever comes second confirms both; nobody waits for ever, and nothing has to be undone."""
    eve, out, fay, back = trip
    outcomes = race(partial(commands.accept_booking, eve, out.pk), partial(commands.accept_booking, fay, back.pk))
    told = sorted(one.data["state"] for one in outcomes)
    print("two halves at once:", told)  # noqa: T201
    assert told == ["CONFIRMED", "WAITING_CONFIRMATION"]
    assert states(out, back) == ["CONFIRMED"] * 2
    world.require_books_balance()


@pytest.mark.django_db(transaction=True)
def test_without_locks_both_halves_would_wait_for_ever(trip, monkeypatch):
    """Control: each looks before the other has written that it said yes."""
    eve, out, fay, back = trip
    both_have_looked = Barrier(2)
    look = booking.journeys.accepted_half

    def look_and_wait(half):
        found = look(half)
        both_have_looked.wait(10)
        return found

    monkeypatch.setattr(locks, "_locked", lambda model, ids: list(model.objects.filter(pk__in=set(ids))))
    monkeypatch.setattr(booking.journeys, "accepted_half", look_and_wait)
    outcomes = race(partial(commands.accept_booking, eve, out.pk), partial(commands.accept_booking, fay, back.pk))
    assert [one.data["state"] for one in outcomes] == ["WAITING_CONFIRMATION"] * 2
    assert {Booking.objects.get(pk=one.pk).accepted_at is None for one in (out, back)} == {False}


@pytest.mark.django_db(transaction=True)
def test_a_yes_meets_one_is_enough(trip, bo):
    eve, out, _fay, back = trip
    outcomes = race(partial(commands.accept_booking, eve, out.pk), partial(commands.one_is_enough, bo, back.request_id))
    assert [one.status for one in outcomes] == [200, 200]
    assert states(out, back) == ["CONFIRMED", "WAITING_CONFIRMATION"]


@pytest.mark.django_db(transaction=True)
def test_a_yes_meets_the_lapse_of_the_other_half(trip):
    eve, out, fay, back = trip
    commands.accept_booking(eve, out.pk)
    now = timezone.now()
    Booking.objects.filter(pk=out.pk).update(deadline_at=now - timedelta(seconds=1))
    accepted, _lapsed = race(
        partial(commands.accept_booking, fay, back.pk),
        partial(tasks.by_itself, partial(answers.lapse, booking_id=out.pk, now=now)),
    )
    assert accepted.ok
    told = states(out, back)
    print("a yes and a lapse at once:", told)  # noqa: T201
    assert told in (["CONFIRMED", "CONFIRMED"], ["other_half", "WAITING_CONFIRMATION"])
    world.require_books_balance()


@pytest.mark.django_db(transaction=True)
def test_many_yeses_and_noes_leave_both_or_none(drive, bo, door, store):
    """Three drivers for each half answer at once, some with no: both halves stand, or neither does."""
    theres = [drive(name) for name in ("Eve", "Gus", "Ida")]
    homes = [drive(name, back=True) for name in ("Fay", "Hal", "Jo")]
    outs = [asked_out(bo, offer, door, store) for _driver, offer in theres]
    backs = [asked_back(bo, homes[0][1], door, store, outs[0])]
    request = backs[0].request_id
    window = {"earliest_at": world.soon(5), "latest_at": world.soon(9), "request": request}
    backs += [made(world.book(bo, offer, store, door, **window)) for _driver, offer in homes[1:]]
    answers_given = []
    for half, bookings in ((theres, outs), (homes, backs)):
        steps = (commands.accept_booking, commands.accept_booking, commands.decline_booking)
        for (driver, _offer), one, step in zip(half, bookings, steps, strict=True):
            answers_given.append(partial(step, driver, one.pk))
    outcomes = race(*answers_given)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    confirmed = [sum(state == "CONFIRMED" for state in states(*half)) for half in (outs, backs)]
    print("six answers at once:", states(*outs), states(*backs))  # noqa: T201
    assert confirmed == [1, 1]
    assert not Booking.objects.filter(state="WAITING_CONFIRMATION").exists()
    world.require_books_balance()


def test_dropping_the_condition_knows_no_stranger(trip, cy):
    _eve, out, _fay, _back = trip
    assert commands.one_is_enough(cy, out.request_id) == commands.one_is_enough(cy, 10**9)
    assert RideRequest.objects.get(pk=out.request_id).both_or_none
