"""At the kerb in front of Bo's street: who is here, who is late, who got on, who did not come."""

from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Community, Membership, Place
from realtime.models import Event
from rides import commands, event_view, search, tasks
from rides.bookings import answers
from rides.commands.execute import by_itself
from rides.errors import Invalid, NotFound
from rides.models import Booking, Case, IdempotencyKey, KerbSignal, RideOffer, RideRequest, Stop
from rides.underway import kerb, no_shows
from routing import plan
from tests.realtime.race import race
from tests.rides import world
from tests.rides.programs import client

pytestmark = pytest.mark.django_db
Kind = KerbSignal.Kind


@pytest.fixture
def door(far_home):
    return world.near(far_home, 200, 0)


@pytest.fixture
def ride(dora, far_home, store) -> RideOffer:
    """Dora leaves in half an hour, with three seats."""
    world.car(dora)
    return world.publish(dora, far_home, store, departs_at=world.soon(0.5).isoformat())


@pytest.fixture
def booked(ride, bo, door, store) -> Booking:
    """Bo has a seat."""
    return seat(bo, ride, door, store)


def seat(rider, offer, door, store) -> Booking:
    asked = world.book(rider, offer, door, store)
    answer = commands.accept_booking(offer.driver, asked.data["id"])
    assert answer.data["state"] == "CONFIRMED", answer.data
    return Booking.objects.select_related("offer", "rider", "pickup_place").get(pk=answer.data["id"])


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def say(booking, person, kind, after_min, **words) -> Booking:
    """Somebody says something so many minutes after the pickup."""
    now = booking.pickup_at + minutes(after_min)
    return by_itself(partial(kerb.say, booking_id=booking.pk, person=person, kind=kind, now=now, **words))


def bring_near(booking, ago: float) -> None:
    """Let the ride have been due `ago` minutes ago, for those who speak in the present."""
    shift = timezone.now() - minutes(ago) - booking.pickup_at
    for row in Booking.objects.filter(offer=booking.offer):
        moved = {name: getattr(row, name) + shift for name in ("pickup_at", "dropoff_at")}
        Booking.objects.filter(pk=row.pk).update(**moved)
    for stop in Stop.objects.filter(offer=booking.offer):
        Stop.objects.filter(pk=stop.pk).update(planned_at=stop.planned_at + shift)
    RideOffer.objects.filter(pk=booking.offer_id).update(departs_at=F("departs_at") + shift)
    booking.refresh_from_db()


def signals(booking):
    return list(booking.signals.values_list("by", "kind"))


# --- here, late, over there --------------------------------------------------------------------------------------


def test_who_is_here_first_begins_a_wait_that_both_see_and_the_other_does_not_begin_it_again(booked, dora, bo):
    say(booked, bo, Kind.HERE, -5)
    say(booked, dora, Kind.HERE, 3)
    until = booked.pickup_at + minutes(10)
    assert kerb.wait_until(booked) == until
    for person in (bo, dora):
        shown = event_view.of_booking({"booking": booked.pk}, person)["signals"]
        assert [(one["by"], one["kind"]) for one in shown] == [("rider", "here"), ("driver", "here")]
        assert len({one["wait_until"] for one in shown}) == 1


def test_who_comes_after_the_hour_still_finds_ten_minutes_and_may_give_half_an_hour(booked, dora):
    say(booked, dora, Kind.HERE, 4)
    assert kerb.wait_until(booked) == booked.pickup_at + minutes(14)
    booked.signals.all().delete()
    say(booked, dora, Kind.HERE, 4, minutes=30)
    assert kerb.wait_until(booked) == booked.pickup_at + minutes(34)
    booked.signals.all().delete()
    for wrong in (1, 9, 31):
        with pytest.raises(Invalid):
            say(booked, dora, Kind.HERE, 4, minutes=wrong)


def test_a_word_at_the_kerb_reaches_both_at_once(booked, dora, bo, cy):
    before = {person.pk: told(person) for person in (dora, bo, cy)}
    say(booked, bo, Kind.LATE, -3, minutes=5)
    assert [told(person) - before[person.pk] for person in (dora, bo, cy)] == [1, 1, 0]


def told(person) -> int:
    return Event.objects.filter(stream_id=person.pk, kind="booking").count()


def test_the_same_word_within_a_minute_is_said_once(booked, dora, bo):
    say(booked, bo, Kind.HERE, -5)
    version = Booking.objects.get(pk=booked.pk).version
    say(booked, bo, Kind.HERE, -4.5)
    assert (len(signals(booked)), Booking.objects.get(pk=booked.pk).version) == (1, version)
    say(booked, dora, Kind.HERE, -4.5)  # control: somebody else's is another word
    say(booked, bo, Kind.HERE, -3.5)  # and so is the same one later
    assert len(signals(booked)) == 3


def test_a_late_driver_is_heard_by_those_further_on_and_a_late_rider_is_not(
    ride, booked, dora, bo, cy, half_way, store
):
    further = seat(cy, ride, half_way, store)
    planned = Booking.objects.get(pk=further.pk).pickup_at
    say(booked, bo, Kind.LATE, -5, minutes=5)
    assert signals(further) == []
    say(booked, dora, Kind.LATE, -4, minutes=15, note="the dog")
    heard = further.signals.get()
    assert (heard.by, heard.kind, heard.minutes, heard.note) == ("driver", "late", 15, "")
    assert Booking.objects.get(pk=further.pk).pickup_at == planned
    say(further, dora, Kind.LATE, -3, minutes=20)  # Bo, who was before, does not hear what is said to Cy
    assert booked.signals.filter(minutes=20).count() == 0


@pytest.mark.parametrize("late", [None, 0, 61])
def test_late_means_one_to_sixty_minutes(booked, bo, late):
    with pytest.raises(Invalid):
        say(booked, bo, Kind.LATE, 0, minutes=late)


def test_nothing_is_said_hours_before_or_after_or_to_who_is_not_confirmed(booked, dora, bo):
    long_after = (booked.dropoff_at - booked.pickup_at) / minutes(1) + 121
    for at in (-61, long_after):
        with pytest.raises(kerb.NotNow):
            say(booked, bo, Kind.HERE, at)
    say(booked, bo, Kind.HERE, -59)
    commands.cancel_booking(bo, booked.pk)
    with pytest.raises(answers.AlreadySettled):
        say(booked, bo, Kind.LATE, -5, minutes=5)


def test_where_bo_stands_instead_is_for_dora_alone_and_for_a_day(booked, dora, bo, cy):
    bring_near(booked, 0)
    corner = spot(booked, 80)
    path = f"/api/v1/bookings/{booked.pk}/signals/"
    sent = {"kind": "moved", "at": corner, "note": "behind the bakery"}
    answer = client(bo).post(path, sent, format="json", headers={"Idempotency-Key": "moved"})
    assert answer.status_code == 200, answer.content

    [seen] = client(dora).get(path).json()
    assert seen["point"] == {"lat": round(corner["lat"], 5), "lon": round(corner["lon"], 5)}
    assert client(bo).get(path).json()[0]["point"] is None
    assert client(cy).get(path).status_code == 404
    assert str(corner["lat"])[:8] not in IdempotencyKey.objects.get().answer
    assert "point" not in str(event_view.of_booking({"booking": booked.pk}, dora)["signals"])

    Booking.objects.filter(pk=booked.pk).update(dropoff_at=timezone.now() - timedelta(hours=2))
    assert client(dora).get(path).json()[0]["point"] is None

    tasks.forget_points(0)
    assert KerbSignal.objects.filter(lat__isnull=False).count() == 1  # control: not before its time
    KerbSignal.objects.update(at=timezone.now() - timedelta(hours=25))
    tasks.forget_points(0)
    assert KerbSignal.objects.get().lat is None


def spot(booking, metres) -> dict:
    """A point so far north of where they meet."""
    place = booking.pickup_place
    return world.near({"lat": place.lat, "lon": place.lon}, metres, 0)


def test_another_meeting_point_is_within_300_m(booked, dora):
    def there(metres):
        at = spot(booked, metres)
        return plan.Place(at["lat"], at["lon"], at["label"])

    for wrong in (None, there(320)):
        with pytest.raises(Invalid):
            say(booked, dora, Kind.MOVED, 0, at=wrong)
    say(booked, dora, Kind.MOVED, 0, at=there(280))
    assert signals(booked) == [("driver", "moved")]


def test_nobodys_phone_rings_all_the_time_and_that_nobody_came_is_heard_all_the_same(booked, dora, bo):
    say(booked, dora, Kind.HERE, 0)
    for after in range(1, kerb.SAID_AT_MOST):
        say(booked, dora, Kind.LATE, after / 100, minutes=after)
    with pytest.raises(kerb.TooMuchSaid):
        say(booked, dora, Kind.LATE, 1, minutes=40)
    say(booked, bo, Kind.LATE, 1, minutes=1)
    assert say(booked, dora, Kind.NOBODY_CAME, 10).reason == "rider_no_show"


# --- aboard ------------------------------------------------------------------------------------------------------


def test_either_of_the_two_ticks_aboard_and_off_again_and_the_first_word_stays(booked, dora, bo):
    bring_near(booked, 1)
    first = commands.aboard(dora, booked.pk)
    assert first.data["boarded_at"]
    assert commands.aboard(bo, booked.pk).data["boarded_at"] == first.data["boarded_at"]
    off = commands.got_off(bo, booked.pk)
    assert off.data["left_at"] > first.data["boarded_at"]
    assert commands.got_off(dora, booked.pk).data["left_at"] == off.data["left_at"]


@pytest.mark.parametrize("who", ["dora", "bo"])
def test_a_ride_in_which_somebody_sits_is_not_cancelled(booked, dora, who, request):
    person = request.getfixturevalue(who)
    bring_near(booked, 1)
    commands.aboard(dora, booked.pk)
    path = f"/api/v1/bookings/{booked.pk}/cancel/"
    refused = client(person).post(path, {}, format="json")
    said = refused.json()
    assert (refused.status_code, said["code"], said["state"]) == (409, "already_aboard", "CONFIRMED")
    assert said["boarded_at"]
    assert Booking.objects.get(pk=booked.pk).state == "CONFIRMED"
    Booking.objects.update(boarded_at=None)
    assert client(person).post(path, {}, format="json").json()["state"] == "CANCELLED"  # control: before


def test_who_gets_off_was_aboard(booked, bo):
    bring_near(booked, 5)
    commands.got_off(bo, booked.pk)
    after = Booking.objects.get(pk=booked.pk)
    assert after.boarded_at == after.pickup_at < after.left_at


def test_aboard_is_not_for_strangers_nor_for_tomorrow(booked, bo, cy):
    assert commands.aboard(cy, booked.pk) == commands.aboard(cy, 10**9)
    bring_near(booked, -120)
    assert commands.aboard(bo, booked.pk).data["code"] == "not_now"


# --- nobody came -------------------------------------------------------------------------------------------------


def test_dora_waits_before_she_says_that_bo_did_not_come(booked, dora, ride):
    with pytest.raises(kerb.NotHere):
        say(booked, dora, Kind.NOBODY_CAME, 11)
    say(booked, dora, Kind.HERE, 0)
    with pytest.raises(kerb.StillWaiting) as early:
        say(booked, dora, Kind.NOBODY_CAME, 9)
    assert early.value.data["wait_until"] == booked.pickup_at + minutes(10)
    assert max(world.taken(ride)) == 1

    after = say(booked, dora, Kind.NOBODY_CAME, 10, note="I rang twice")
    assert (after.state, after.reason, after.reason_note) == ("CANCELLED", "rider_no_show", "I rang twice")
    assert set(world.taken(ride)) == {0}
    world.require_books_balance()


def test_dora_need_not_wait_for_bo_who_says_that_he_is_far_away(booked, dora, bo):
    say(booked, dora, Kind.HERE, -5)
    say(booked, bo, Kind.LATE, -4, minutes=9)
    with pytest.raises(kerb.StillWaiting):  # control: nine minutes are within the wait
        say(booked, dora, Kind.NOBODY_CAME, 1)
    say(booked, bo, Kind.LATE, -2, minutes=40)
    with pytest.raises(kerb.StillWaiting):  # it is not even the hour yet
        say(booked, dora, Kind.NOBODY_CAME, -1)
    assert say(booked, dora, Kind.NOBODY_CAME, 1).reason == "rider_no_show"


def test_bo_who_arrived_after_all_is_waited_for(booked, dora, bo):
    say(booked, dora, Kind.HERE, -5)
    say(booked, bo, Kind.LATE, -4, minutes=40)
    say(booked, bo, Kind.HERE, -2)
    with pytest.raises(kerb.StillWaiting):
        say(booked, dora, Kind.NOBODY_CAME, 1)


def test_bo_who_did_not_come_looks_on_with_one_tap_and_not_by_himself(booked, dora, bo, cy):
    say(booked, dora, Kind.HERE, 0)
    say(booked, dora, Kind.NOBODY_CAME, 10)
    request = RideRequest.objects.get()
    assert request.state == "cancelled"
    assert not Case.objects.exists()

    path = f"/api/v1/requests/{request.pk}/look_on/"
    assert client(cy).post(path).status_code == 404
    again = client(bo).post(path)
    assert (again.status_code, again.json()["state"]) == (200, "open")
    assert client(bo).post(path).json()["state"] == "open"

    RideRequest.objects.update(state="cancelled", earliest_at=timezone.now() - minutes(9), latest_at=timezone.now())
    late = client(bo).post(path)
    assert (late.status_code, late.json()["code"]) == (409, "too_late")


def test_a_journey_that_has_a_car_does_not_look_on(booked, bo):
    assert commands.look_on(bo, booked.request_id).data["code"] == "already_settled"


def test_bo_is_stranded_and_gets_the_next_ride_and_a_person_who_knows(booked, dora, bo, cy, far_home, store):
    street = Community.objects.create(name="Mill Lane", slug="mill-lane")
    mo, eve = world.person("Mo"), world.person("Eve")
    Membership.objects.create(community=street, person=bo)
    Membership.objects.create(community=street, person=mo, role=Membership.Role.COORDINATOR)
    world.car(eve)
    next_ride = world.publish(eve, far_home, store, departs_at=world.soon(1).isoformat())

    bring_near(booked, 9)
    assert commands.no_show(bo, booked.pk).data["code"] == "still_waiting"
    bring_near(booked, 11)
    after = commands.no_show(bo, booked.pk)
    assert (after.data["state"], after.data["reason"]) == ("CANCELLED", "driver_no_show")
    request = RideRequest.objects.get(rider=bo)
    assert request.state == "open"
    case = Case.objects.get()
    assert (case.kind, case.person_id, case.booking_id) == ("stranded", bo.pk, booked.pk)
    assert Event.objects.filter(stream_id=mo.pk, kind="case").exists()

    path = f"/api/v1/requests/{request.pk}/rides/"
    [found] = client(bo).get(path).json()
    assert found["offer"]["id"] == next_ride.pk
    assert client(cy).get(path).status_code == 404
    tasks.match_request(request.pk)
    assert request.askings.get().offer_id == next_ride.pk
    world.require_books_balance()


def test_bo_is_looked_for_from_where_he_stands_even_when_his_time_is_over(booked, bo, monkeypatch):
    asked = []
    monkeypatch.setattr(search, "find_offers", lambda **question: asked.append(question) or [])
    Place.objects.filter(pk=booked.pickup_place_id).update(lat=F("lat") + 0.001)
    booked.pickup_place.refresh_from_db()
    request = RideRequest.objects.select_related("origin", "destination", "rider").get()
    now = booked.pickup_at + minutes(15)
    no_shows.rides_for(request, now)  # control: before, from his door
    RideRequest.objects.update(latest_at=now - minutes(1))
    say(booked, bo, Kind.NOBODY_CAME, 15)
    no_shows.rides_for(RideRequest.objects.select_related("origin", "destination", "rider").get(), now)
    from_door, from_kerb = (question["trip"].origin for question in asked)
    assert (from_door.lat, from_door.lon) == (request.origin.lat, request.origin.lon)
    assert (from_kerb.lat, from_kerb.lon) == (booked.pickup_place.lat, booked.pickup_place.lon)
    assert asked[-1]["trip"].latest_s > asked[-1]["trip"].earliest_s


def test_a_driver_who_pressed_arrived_has_not_come_all_the_same(booked, dora, bo):
    commands.depart_offer(dora, booked.offer_id)
    commands.complete_offer(dora, booked.offer_id)
    assert say(booked, bo, Kind.NOBODY_CAME, 11).reason == "driver_no_show"
    world.require_books_balance()


def test_nobody_stays_away_who_sits_in_the_car(booked, dora, bo):
    bring_near(booked, 11)
    commands.aboard(dora, booked.pk)
    refused = commands.no_show(bo, booked.pk)
    assert (refused.status, refused.data["code"], refused.data["state"]) == (409, "already_aboard", "CONFIRMED")


# --- it was not so, and too often --------------------------------------------------------------------------------


def no_show_of_bo(dora, bo, far_home, store, door) -> Booking:
    offer = world.publish(dora, far_home, store, departs_at=world.soon(0.5).isoformat())
    booking = seat(bo, offer, door, store)
    say(booking, dora, Kind.HERE, 0)
    say(booking, dora, Kind.NOBODY_CAME, 10)
    RideOffer.objects.filter(pk=offer.pk).update(state="completed")  # so that she can drive again at that hour
    return booking


def test_the_third_time_reaches_a_coordinator_and_a_contradicted_one_does_not_count(dora, bo, far_home, store, door):
    world.car(dora)
    staff = world.person("Sam", is_staff=True)
    first, second = (no_show_of_bo(dora, bo, far_home, store, door) for _ in range(2))
    assert no_shows.counted(bo.pk, timezone.now()) == 2
    assert not Case.objects.exists()
    by_itself(partial(no_shows.contradict, booking_id=first.pk, person=bo, now=said_at(first), note="I was there"))
    no_show_of_bo(dora, bo, far_home, store, door)
    assert no_shows.counted(bo.pk, timezone.now()) == 2
    assert not Case.objects.exists()

    no_show_of_bo(dora, bo, far_home, store, door)
    case = Case.objects.get()
    assert (case.kind, case.person_id, case.closed_at) == ("no_shows", bo.pk, None)
    assert Event.objects.filter(stream_id=staff.pk, kind="case").exists()
    assert no_shows.counted(dora.pk, timezone.now()) == 0

    by_itself(partial(no_shows.contradict, booking_id=second.pk, person=dora, now=said_at(second)))
    case.refresh_from_db()
    assert case.closed_at  # two are not too many, and nobody had taken it
    assert no_shows.counted(bo.pk, timezone.now() + timedelta(days=91)) == 0


def said_at(booking):
    return booking.signals.get(kind=Kind.NOBODY_CAME).at + minutes(1)


def test_drivers_who_stay_away_are_counted_alike(booked, dora, bo):
    say(booked, bo, Kind.NOBODY_CAME, 11)
    assert [no_shows.counted(person.pk, timezone.now()) for person in (dora, bo)] == [1, 0]


def test_it_was_not_so_is_said_within_a_day_and_the_reason_stays(booked, dora, bo, cy):
    step = partial(no_shows.contradict, booking_id=booked.pk)
    with pytest.raises(answers.AlreadySettled):  # nobody has said anything yet
        by_itself(partial(step, person=bo, now=booked.pickup_at))
    say(booked, dora, Kind.HERE, 0)
    say(booked, dora, Kind.NOBODY_CAME, 10)
    with pytest.raises(NotFound):
        by_itself(partial(step, person=cy, now=booked.pickup_at))
    with pytest.raises(no_shows.TooLate):
        by_itself(partial(step, person=bo, now=booked.pickup_at + timedelta(days=1, minutes=11)))
    after = by_itself(
        partial(step, person=bo, now=booked.pickup_at + timedelta(hours=23), note="other side of the road")
    )
    assert (after.state, after.reason) == ("CANCELLED", "rider_no_show")
    assert signals(booked)[-1] == ("rider", "contradicts")
    assert after.signals.last().note == "other side of the road"


# --- over HTTP ---------------------------------------------------------------------------------------------------

STEPS = ("signals", "aboard", "got_off", "no_show", "contradict", "took_place", "did_not_happen")


@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_for_the_two_only(booked, cy, step):
    body = {"kind": "here"} if step == "signals" else {}
    there, nowhere = (
        client(cy).post(f"/api/v1/bookings/{pk}/{step}/", body, format="json") for pk in (booked.pk, 10**9)
    )
    assert (there.status_code, there.json()) == (404, nowhere.json())
    assert client().post(f"/api/v1/bookings/{booked.pk}/{step}/", body, format="json").status_code == 401


def test_a_step_with_a_key_is_done_once_and_old_steps_still_work(booked, dora, bo):
    bring_near(booked, 1)
    path, key = f"/api/v1/bookings/{booked.pk}", {"Idempotency-Key": "tap"}
    first = client(bo).post(f"{path}/signals/", {"kind": "here"}, format="json", headers=key)
    again = client(bo).post(f"{path}/signals/", {"kind": "here"}, format="json", headers=key)
    assert (first.status_code, first.content) == (200, again.content)
    assert client(bo).post(f"{path}/signals/", {"kind": "contradicts"}, format="json").status_code == 400
    assert client(dora).post(f"{path}/aboard/", format="json").json()["boarded_at"]
    assert client(dora).post(f"{path}/explode/", format="json").status_code == 404
    assert client(bo).post(f"{path}/cancel/", format="json").status_code in (200, 409)


@pytest.mark.django_db(transaction=True)
def test_a_tap_on_an_old_page_changes_nothing(booked, dora, bo):
    bring_near(booked, 11)
    path = f"/api/v1/bookings/{booked.pk}/"
    old = client(bo).get(path).headers["ETag"]
    assert client(dora).post(f"{path}aboard/").status_code == 200
    stale = client(bo).post(f"{path}no_show/", {}, format="json", headers={"If-Match": old})
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    fresh = client(bo).get(path).headers["ETag"]
    assert client(bo).post(f"{path}got_off/", headers={"If-Match": fresh}).status_code == 200


def test_a_list_of_bookings_costs_no_more_with_more_signals(ride, booked, dora, bo):
    say(booked, bo, Kind.HERE, -5)
    api = client(dora)
    api.get("/api/v1/bookings/")  # what is remembered from a first look is not the list's
    with CaptureQueriesContext(connection) as few:
        api.get("/api/v1/bookings/")
    other = world.person("Eve")
    more = seat(other, ride, world.near(world.as_sent(booked.pickup_place), 30, 0), world.store())
    for booking, person in ((booked, dora), (more, other), (more, dora)):
        say(booking, person, Kind.HERE, -3)
    with CaptureQueriesContext(connection) as many:
        assert len(api.get("/api/v1/bookings/").json()["results"]) == 2
    assert len(many) == len(few)


# --- at once -----------------------------------------------------------------------------------------------------


def both_speak(booking, dora, bo):
    """Bo says that nobody came while Dora says that he is aboard."""
    now = booking.pickup_at + minutes(11)
    return race(
        partial(by_itself, partial(kerb.say, booking_id=booking.pk, person=bo, kind=Kind.NOBODY_CAME, now=now)),
        partial(by_itself, partial(kerb.aboard, booking_id=booking.pk, person=dora, now=now)),
    )


@pytest.mark.django_db(transaction=True)
def test_nobody_came_meets_aboard_and_one_of_them_stands(booked, dora, bo):
    nobody, aboard = both_speak(booked, dora, bo)
    after = Booking.objects.get(pk=booked.pk)
    if isinstance(nobody, answers.AlreadyAboard):
        assert (nobody.data["state"], after.state, after.boarded_at is None) == ("CONFIRMED", "CONFIRMED", False)
        assert isinstance(aboard, Booking)
    else:
        assert isinstance(aboard, answers.AlreadySettled)
        assert (aboard.data["state"], after.state, after.boarded_at) == ("CANCELLED", "CANCELLED", None)
    world.require_books_balance()


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_both_stand(booked, dora, bo, monkeypatch):
    """Control: with the locks taken away, and both held after their look, somebody is aboard who was left behind."""
    both_have_looked = Barrier(2)
    look = kerb.require_open

    def look_and_wait(*args):
        look(*args)
        both_have_looked.wait(10)

    monkeypatch.setattr(answers, "lock_people", lambda *ids: None)
    monkeypatch.setattr(answers, "lock_requests", lambda *ids: None)
    monkeypatch.setattr(answers, "lock_offer", lambda pk: RideOffer.objects.get(pk=pk))
    monkeypatch.setattr(kerb, "require_open", look_and_wait)
    outcomes = both_speak(booked, dora, bo)
    assert [type(one) for one in outcomes] == [Booking, Booking], outcomes


@pytest.mark.django_db(transaction=True)
def test_both_say_at_once_that_the_other_did_not_come(booked, dora, bo):
    say(booked, dora, Kind.HERE, 0)
    now = booked.pickup_at + minutes(11)
    outcomes = race(
        *(
            partial(by_itself, partial(kerb.say, booking_id=booked.pk, person=one, kind=Kind.NOBODY_CAME, now=now))
            for one in (bo, dora)
        )
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["AlreadySettled", "Booking"]
    assert booked.signals.filter(kind=Kind.NOBODY_CAME).count() == 1
    assert sum(no_shows.counted(person.pk, timezone.now()) for person in (dora, bo)) == 1
