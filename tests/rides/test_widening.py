"""Unanswered, a request widens by itself, and its rider hears so in time to act."""

from datetime import UTC, datetime, time, timedelta
from functools import partial
from threading import Barrier

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Community, Membership, User
from realtime.models import Event
from realtime.publish import encode
from rides import commands, event_view, planner, streets, tasks
from rides.commands.execute import by_itself
from rides.models import Asking, Booking, Case, RideOffer, RideRequest
from rides.requests import circles, widening
from rides.weekly import recurrence
from tests.realtime.race import race
from tests.rides import world

pytestmark = pytest.mark.django_db

Stage = RideRequest.Stage


@pytest.fixture
def door(far_home):
    return world.near(far_home, 200, 0)


@pytest.fixture
def driver(far_home, store):
    """driver("Eve") drives to the store tomorrow, like everybody else she makes."""

    def made(name: str, **fields) -> tuple[User, RideOffer]:
        someone = world.person(name)
        world.car(someone)
        return someone, world.publish(someone, far_home, store, departs_at=tomorrow().isoformat(), **fields)

    return made


def tomorrow(hours: float = 0) -> datetime:
    """Noon of tomorrow, on the clock of the valley, and so many hours later."""
    zone = streets.the_region().manifest.time_zone
    day = recurrence.local_date(timezone.now(), zone) + recurrence.DAY
    return recurrence.instant(date=day, wall_time=time(12), zone=zone) + timedelta(hours=hours)


def asked_for_tomorrow(rider: User, door, store, **fields) -> RideRequest:
    window = {"earliest_at": tomorrow(-1), "latest_at": tomorrow(2)}
    answer = world.ask(rider, door, store, **(window | fields))
    assert answer.ok, answer.data
    return RideRequest.objects.get(pk=answer.data["id"])


def work(request: RideRequest, now: datetime | None = None) -> RideRequest:
    """The job that asks, at that time."""
    tasks._match(request.pk, now or timezone.now())
    request.refresh_from_db()
    return request


def wait_until_it_widens(request: RideRequest) -> RideRequest:
    assert request.widens_at is not None
    return work(request, request.widens_at)


def drivers_asked(request: RideRequest) -> set[str]:
    return set(request.askings.filter(state="asked").values_list("offer__driver__first_name", flat=True))


def rode_together(rider: User, offer: RideOffer, door, store) -> None:
    """They have been in that car once; today's ride is another one, of a day ago."""
    booking_id = world.book(rider, offer, door, store).data["id"]
    Booking.objects.filter(pk=booking_id).update(state="VALIDATED", pickup=None, dropoff=None)
    RideOffer.objects.filter(pk=offer.pk).update(state="completed")
    offer.legs.update(taken_seats=0)
    RideRequest.objects.all().delete()


def together(*people: User) -> None:
    street = Community.objects.create(name="Mill Lane", slug="mill-lane")
    for one in people:
        Membership.objects.create(community=street, person=one)


# --- whom first --------------------------------------------------------------------------------------------------


@pytest.fixture
def circle(driver, bo, door, store, far_home) -> dict[str, User]:
    """Dan, with whom Bo rode; Nell, her neighbour; Sam, a stranger. All three drive to the store tomorrow."""
    (dan, past), (nell, _), (sam, _) = (driver(name) for name in ("Dan", "Nell", "Sam"))
    rode_together(bo, past, door, store)
    world.publish(dan, far_home, store, departs_at=tomorrow(0.5).isoformat())
    together(bo, nell)
    return {"Dan": dan, "Nell": nell, "Sam": sam}


def test_people_she_rode_with_come_first_then_neighbours_then_everyone(circle, bo, door, store):
    request = work(asked_for_tomorrow(bo, door, store))
    assert (request.stage, drivers_asked(request)) == ("known", {"Dan"})
    wait_until_it_widens(request)
    assert (request.stage, drivers_asked(request)) == ("communities", {"Dan", "Nell"})
    wait_until_it_widens(request)
    assert (request.stage, drivers_asked(request)) == ("everyone", {"Dan", "Nell", "Sam"})


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"ask_first": "communities"}, {"Dan", "Nell"}),
        ({"ask_first": "everyone"}, {"Dan", "Nell", "Sam"}),
        ({}, {"Dan"}),
    ],
)
def test_the_rider_chooses_with_whom_it_begins(circle, bo, door, store, fields, asked):
    assert drivers_asked(work(asked_for_tomorrow(bo, door, store, **fields))) == asked


def test_with_little_time_everyone_is_asked_at_once(circle, bo, door, store, far_home):
    """Control of the same: with more time it is Dan alone."""
    eve = world.person("Eve")
    world.car(eve)
    world.publish(eve, far_home, store, departs_at=world.soon(2).isoformat())
    at_once = asked_for_tomorrow(bo, door, store, earliest_at=world.soon(1), latest_at=world.soon(4))
    assert at_once.stage == "everyone"
    assert "Eve" in drivers_asked(work(at_once))


def test_who_knows_nobody_asks_everyone_at_once(driver, cy, door, store):
    driver("Sam")
    request = work(asked_for_tomorrow(cy, door, store))
    assert (request.stage, drivers_asked(request)) == ("everyone", {"Sam"})


def test_a_circle_in_which_nobody_goes_that_way_is_passed_over(circle, bo, door, store):
    RideOffer.objects.filter(driver=circle["Dan"]).update(state="cancelled")
    request = work(asked_for_tomorrow(bo, door, store))
    assert (request.stage, drivers_asked(request)) == ("communities", {"Nell"})


def test_a_no_of_the_only_one_asked_opens_the_next_circle_at_once(circle, bo, door, store):
    request = work(asked_for_tomorrow(bo, door, store))
    at_once = ProcrastinateJob.objects.filter(task_name="rides.tasks.match_request", scheduled_at=None)
    before = at_once.filter(args__request_id=request.pk).count()
    commands.decline_asking(circle["Dan"], request.askings.get().pk)
    assert at_once.filter(args__request_id=request.pk).count() == before + 1
    work(request)
    assert (request.stage, drivers_asked(request)) == ("communities", {"Nell"})


def test_a_new_ride_of_a_stranger_waits_for_its_circle(circle, driver, bo, door, store):
    request = work(asked_for_tomorrow(bo, door, store))
    _fay, offer = driver("Fay")
    tasks.match_offer(offer.pk)
    assert drivers_asked(request) == {"Dan"}
    RideRequest.objects.filter(pk=request.pk).update(stage="everyone")
    tasks.match_offer(offer.pk)
    assert "Fay" in drivers_asked(request)


def test_a_new_ride_of_a_friend_or_neighbour_is_put_to_her_at_once(circle, bo, door, far_home, store):
    request = work(asked_for_tomorrow(bo, door, store, ask_first="communities"))
    Asking.objects.all().delete()
    for name in ("Dan", "Nell", "Sam"):
        at = tomorrow(0.1)
        RideOffer.objects.filter(driver=circle[name]).update(state="cancelled")
        tasks.match_offer(world.publish(circle[name], far_home, store, departs_at=at.isoformat()).pk)
    assert drivers_asked(request) == {"Dan", "Nell"}


def test_who_said_no_is_never_asked_again_with_whatever_ride(driver, bo, cy, door, far_home, store):
    eve, offer = driver("Eve")
    request = work(asked_for_tomorrow(bo, door, store))
    commands.decline_asking(eve, request.askings.get().pk)
    RideOffer.objects.filter(pk=offer.pk).update(state="cancelled")
    again = world.publish(eve, far_home, store, departs_at=tomorrow(0.2).isoformat())
    work(request)
    tasks.match_offer(again.pk)
    assert drivers_asked(request) == set()
    other = work(asked_for_tomorrow(cy, door, store))  # control: somebody else's request is put to her
    assert drivers_asked(other) == {"Eve"}


def test_who_declined_the_booking_is_not_asked_by_a_card_either(driver, bo, door, store):
    eve, offer = driver("Eve")
    driver("Fay")
    booking_id = world.book(bo, offer, door, store).data["id"]
    commands.decline_booking(eve, booking_id)
    assert drivers_asked(work(RideRequest.objects.get())) == {"Fay"}


def test_who_saw_it_taken_is_asked_again_when_it_is_free_again(driver, bo, door, store):
    """A card once closed is no reason to be left out for ever."""
    (eve, _), (fay, _) = driver("Eve"), driver("Fay")
    request = work(asked_for_tomorrow(bo, door, store))
    taken = commands.accept_asking(eve, request.askings.get(offer__driver=eve).pk)
    assert request.askings.get(offer__driver=fay).state == "taken"
    commands.cancel_booking(eve, taken.data["id"])
    work(request)
    assert drivers_asked(request) == {"Fay"}


def test_who_wants_to_go_to_the_store_is_met_at_the_store(bo, store):
    """Strangers see the store as it is; the public point of its surroundings is a detour that Eve does not make."""
    eve, town = world.person("Eve"), world.as_sent(streets.town_centre())
    world.car(eve)
    world.publish(eve, town, store, departs_at=tomorrow().isoformat(), max_detour_s=60)
    assert drivers_asked(work(asked_for_tomorrow(bo, town, store))) == {"Eve"}


def test_no_more_than_five_are_asked_at_once_however_often_the_job_runs(driver, bo, door, store):
    for number in range(7):
        driver(f"Driver{number}")
    request = asked_for_tomorrow(bo, door, store)
    for _ in range(3):
        work(request)
    assert request.askings.count() == 5
    commands.decline_asking(request.askings.first().offer.driver, request.askings.first().pk)
    work(request)
    assert request.askings.filter(state="asked").count() == 5


# --- the pace ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lead_h", [2.1, 2.5, 3, 4, 6, 12, 24, 72, 24 * 14])
def test_she_reads_it_with_a_third_of_the_time_left_and_two_hours(lead_h):
    """Where there are three hours; with less, when a third of it is left at least."""
    begin = datetime(2026, 6, 1, 8, tzinfo=UTC)
    latest = begin + timedelta(hours=lead_h)
    now, stage = begin, Stage.KNOWN
    while stage != Stage.LATER:
        now, stage = circles.widens_at(stage, latest, now), circles.following(stage)
    left = latest - now
    assert left >= timedelta(hours=lead_h) / 3
    assert left >= timedelta(hours=2) or lead_h < 3
    assert now - begin >= timedelta(minutes=15), "nobody had time to answer"


@pytest.mark.parametrize("stage", [Stage.KNOWN, Stage.COMMUNITIES, Stage.EVERYONE, Stage.LATER])
@pytest.mark.parametrize("left_h", [-1, 0, 0.1, 1, 3, 24, 500])
def test_no_circle_lasts_for_ever_or_no_time_at_all(stage, left_h):
    lasts = circles.lasts(stage, timedelta(hours=left_h))
    assert circles.AT_LEAST <= lasts <= max(timedelta(hours=left_h), circles.AT_LEAST)


def test_every_step_is_told_and_has_its_job(driver, bo, door, store):
    driver("Eve")
    request = work(asked_for_tomorrow(bo, door, store, ask_first="known"))
    steps = []
    while request.widens_at:
        jobs = ProcrastinateJob.objects.filter(task_name="rides.tasks.match_request", scheduled_at=request.widens_at)
        assert jobs.filter(args__request_id=request.pk).exists(), request.stage
        before = Event.objects.filter(stream_id=bo.pk, kind="request").count()
        wait_until_it_widens(request)
        assert Event.objects.filter(stream_id=bo.pk, kind="request").count() == before + 1
        steps.append(event_view.of_request({"request": request.pk}, bo)["stage"])
    assert steps == ["later", "coordinator"]


def test_no_one_yet_is_told_once(driver, bo, door, store):
    driver("Eve")
    request = work(asked_for_tomorrow(bo, door, store))
    assert request.told_nobody_at is None
    told = wait_until_it_widens(request).told_nobody_at
    assert told is not None
    assert wait_until_it_widens(request).told_nobody_at == told


def test_a_yes_in_time_leaves_her_in_peace(driver, bo, door, store):
    """Control: the job of the next circle comes all the same, and does nothing."""
    eve, _offer = driver("Eve")
    request = work(asked_for_tomorrow(bo, door, store))
    at = request.widens_at
    commands.accept_asking(eve, request.askings.get().pk)
    work(request, at)
    assert (request.state, request.stage, request.told_nobody_at) == ("matched", "everyone", None)
    assert request.widens_at is None


def test_at_other_hours_drivers_of_the_same_day_are_asked_and_she_is_free_to_leave(driver, bo, door, far_home, store):
    late = world.person("Late")
    world.car(late)
    world.publish(late, far_home, store, departs_at=tomorrow(3.5).isoformat())
    request = work(asked_for_tomorrow(bo, door, store))
    assert drivers_asked(request) == set()
    wait_until_it_widens(request)
    assert (request.stage, drivers_asked(request)) == ("later", {"Late"})
    card = event_view.of_asking({"asking": request.askings.get().pk}, late)
    assert card["latest_at"] == request.latest_at + timedelta(hours=2)
    assert encode({"data": card})
    booking = commands.accept_asking(late, request.askings.get().pk)
    assert (booking.data["state"], booking.data["may_leave_freely"]) == ("CONFIRMED", True)


def test_a_ride_at_her_own_hours_binds_her(driver, bo, door, store):
    eve, _offer = driver("Eve")
    request = work(asked_for_tomorrow(bo, door, store))
    assert not commands.accept_asking(eve, request.askings.get().pk).data["may_leave_freely"]


def test_other_hours_stay_within_the_day(bo, door, store):
    request = asked_for_tomorrow(bo, door, store, earliest_at=tomorrow(-11), latest_at=tomorrow(11))
    for stage, hours in (("everyone", (-11, 11)), ("later", (-12, 12))):
        request.stage = stage
        first, last = planner.window_of(request)
        assert first == tomorrow(hours[0])
        assert timedelta(0) <= tomorrow(hours[1]) - last < timedelta(seconds=1)


def test_who_has_left_since_the_look_is_asked_nothing(driver, bo, door, store):
    (dan, past), (_eve, ride) = driver("Dan"), driver("Eve")
    request = asked_for_tomorrow(bo, door, store)
    look = widening.look(request.pk, timezone.now())
    assert {offer.pk for offer, _way in look.suitable} == {past.pk, ride.pk}  # control
    assert commands.depart_offer(dan, past.pk).ok
    by_itself(partial(widening.go_on, look=look, now=timezone.now()))
    assert drivers_asked(request) == {"Eve"}


def test_in_the_end_a_coordinator_looks_for_her_until_there_is_a_car(driver, bo, door, store):
    mo = world.person("Mo", is_staff=True)
    eve, _offer = driver("Eve")
    request = work(asked_for_tomorrow(bo, door, store))
    while request.stage != "coordinator":
        wait_until_it_widens(request)
    case = Case.objects.get(kind="unanswered")
    assert (case.person, case.request) == (bo, request)
    assert Event.objects.filter(stream_id=mo.pk, kind="case").count() == 1
    tasks.expire(timestamp=0)
    case.refresh_from_db()
    assert case.closed_at is None
    commands.accept_asking(eve, request.askings.get().pk)
    tasks.expire(timestamp=0)
    case.refresh_from_db()
    assert case.closed_at is not None


# --- drivers whom she chose herself ------------------------------------------------------------------------------


def test_an_unanswered_booking_is_shown_as_asked_and_others_are_asked_beside_it(driver, bo, door, store):
    eve, offer = driver("Eve")
    driver("Fay")
    asked = world.book(bo, offer, door, store)
    assert (asked.data["state"], max(world.taken(offer))) == ("WAITING_CONFIRMATION", 1)
    request = work(RideRequest.objects.get())
    assert (request.state, drivers_asked(request)) == ("chosen", set())
    at = request.widens_at
    assert timezone.now() < at < timezone.now() + timedelta(hours=2, minutes=1)
    work(request, at)
    assert (request.state, drivers_asked(request)) == ("open", {"Fay"})
    assert commands.accept_booking(eve, asked.data["id"]).data["state"] == "CONFIRMED"
    assert set(request.askings.values_list("state", flat=True)) == {"taken"}
    world.require_books_balance()


def test_the_first_yes_withdraws_the_chosen_driver(driver, bo, door, store):
    _eve, offer = driver("Eve")
    fay, _other = driver("Fay")
    asked = world.book(bo, offer, door, store)
    request = RideRequest.objects.get()
    work(request, request.widens_at)
    commands.accept_asking(fay, request.askings.get().pk)
    withdrawn = Booking.objects.get(pk=asked.data["id"])
    assert (withdrawn.state, withdrawn.reason) == ("CANCELLED", "withdrawn")
    world.require_books_balance()


def test_three_drivers_asked_for_one_journey_are_one_request(driver, bo, door, store):
    offers = [driver(name)[1] for name in ("Eve", "Fay", "Gus")]
    assert len({world.book(bo, offer, door, store).data["request"] for offer in offers}) == 1
    elsewhere = world.homes(3)[1]
    alone = world.book(bo, offers[0], elsewhere, store, seats=2)  # control: another journey is another request
    assert alone.data.get("code") in ("already_asked", "too_many_asked")
    assert RideRequest.objects.count() == 1


def test_a_yes_withdraws_what_was_asked_for_the_same_journey_at_another_hour(driver, bo, door, far_home, store):
    eve, early = driver("Eve")
    fay = world.person("Fay")
    world.car(fay)
    late = world.publish(fay, far_home, store, departs_at=tomorrow(4).isoformat())
    window = {"earliest_at": tomorrow(-1), "latest_at": tomorrow(6)}
    first = world.book(bo, early, door, store, **window)
    second = world.book(bo, late, door, store, request=first.data["request"], **window)
    assert second.ok, second.data
    assert commands.accept_booking(eve, first.data["id"]).data["state"] == "CONFIRMED"
    assert Booking.objects.get(pk=second.data["id"]).reason == "withdrawn"
    assert commands.accept_booking(fay, second.data["id"]).data["code"] == "already_settled"


# --- what she can do ---------------------------------------------------------------------------------------------


def test_the_options_name_rides_other_times_more_people_and_who_helps(driver, bo, door, far_home, store, client):
    world.person("Mo", is_staff=True)
    _eve, at_her_hour = driver("Eve")
    late = world.person("Late")
    world.car(late)
    at_another = world.publish(late, far_home, store, departs_at=tomorrow(5).isoformat())
    request = asked_for_tomorrow(bo, door, store)
    client.force_login(bo)
    options = client.get(f"/api/v1/requests/{request.pk}/options/").json()
    assert [one["offer"]["id"] for one in options["rides"]] == [at_her_hour.pk]
    assert [one["offer"]["id"] for one in options["other_times"]] == [at_another.pk]
    assert (options["more_people"], options["coordinator"]) == ("later", "Mo")


def test_more_people_at_once(circle, bo, door, store, client):
    request = work(asked_for_tomorrow(bo, door, store))
    client.force_login(bo)
    assert client.post(f"/api/v1/requests/{request.pk}/hurry/").status_code == 200
    work(request)
    assert (request.stage, drivers_asked(request)) == ("communities", {"Dan", "Nell"})


def test_other_hours_close_the_old_cards_and_ask_anew(driver, bo, door, far_home, store, client):
    driver("Eve")
    late = world.person("Late")
    world.car(late)
    world.publish(late, far_home, store, departs_at=tomorrow(5).isoformat())
    request = work(asked_for_tomorrow(bo, door, store))
    client.force_login(bo)
    window = {"earliest_at": tomorrow(4).isoformat(), "latest_at": tomorrow(6).isoformat()}
    moved = client.post(f"/api/v1/requests/{request.pk}/move/", window, content_type="application/json")
    assert (moved.status_code, moved.json()["asked"]) == (200, 0)
    assert drivers_asked(work(request)) == {"Late"}


@pytest.mark.parametrize("step", ["options", "hurry", "move", "one_is_enough", "home"])
def test_somebody_elses_request_is_not_there(bo, cy, door, store, client, step):
    request = asked_for_tomorrow(bo, door, store)
    client.force_login(cy)
    window = {"earliest_at": tomorrow().isoformat(), "latest_at": tomorrow(1).isoformat()}
    answers = []
    for request_id in (request.pk, 10**9):
        url = f"/api/v1/requests/{request_id}/{step}/"
        body = window if step == "move" else {}
        one = client.get(url) if step == "options" else client.post(url, body, content_type="application/json")
        answers.append((one.status_code, one.json()))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


# --- at the same time --------------------------------------------------------------------------------------------


def widened_by_two_at_once(request: RideRequest) -> int:
    """How often its rider reads of it."""
    looks = [widening.look(request.pk, request.widens_at) for _ in range(2)]
    assert {look.stage for look in looks} == {"later"}
    heard = Event.objects.filter(stream_id=request.rider_id, kind="request")
    before = heard.count()
    outcomes = race(*(partial(by_itself, partial(widening.go_on, look=look, now=request.widens_at)) for look in looks))
    assert outcomes == [[], []]
    request.refresh_from_db()
    assert request.stage == "later"
    return heard.count() - before


@pytest.mark.django_db(transaction=True)
def test_two_workers_widen_it_once(driver, bo, door, store):
    driver("Eve")
    assert widened_by_two_at_once(work(asked_for_tomorrow(bo, door, store))) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_they_widen_it_twice(driver, bo, door, store, monkeypatch):
    """Control: nobody keeps the request while it is compared with what was seen."""
    driver("Eve")
    request = work(asked_for_tomorrow(bo, door, store))
    both_have_looked = Barrier(2)

    def look_and_wait(request_id: int) -> RideRequest:
        found = RideRequest.objects.get(pk=request_id)
        both_have_looked.wait(10)
        return found

    monkeypatch.setattr(widening, "lock_request", look_and_wait)
    assert widened_by_two_at_once(request) == 2


@pytest.mark.parametrize("compared", [True, False])
def test_a_late_worker_does_not_lead_it_back(driver, bo, door, store, monkeypatch, compared):
    """Without the comparison (the control) it would."""
    driver("Eve")
    request = work(asked_for_tomorrow(bo, door, store))
    late, at = widening.look(request.pk, request.widens_at), request.widens_at
    wait_until_it_widens(wait_until_it_widens(request))
    if not compared:
        monkeypatch.setattr(widening, "_as_it_is", lambda request: late.seen)
    by_itself(partial(widening.go_on, look=late, now=at))
    request.refresh_from_db()
    assert request.stage == ("coordinator" if compared else "later")


@pytest.mark.django_db(transaction=True)
def test_a_yes_meets_the_next_circle(driver, bo, door, store):
    eve, _offer = driver("Eve")
    request = work(asked_for_tomorrow(bo, door, store))
    look, card = widening.look(request.pk, request.widens_at), request.askings.get()
    accepted, _widened = race(
        partial(commands.accept_asking, eve, card.pk),
        partial(by_itself, partial(widening.go_on, look=look, now=request.widens_at)),
    )
    assert accepted.status == 200, accepted.data
    request.refresh_from_db()
    assert (request.state, request.widens_at) == ("matched", None)


def test_the_tick_widens_what_its_job_forgot(driver, bo, door, store):
    driver("Eve")
    request = work(asked_for_tomorrow(bo, door, store))
    tasks.expire(timestamp=0)
    request.refresh_from_db()
    assert request.stage == "everyone"
    RideRequest.objects.update(widens_at=timezone.now() - timedelta(seconds=1))
    tasks.expire(timestamp=0)
    request.refresh_from_db()
    assert request.stage == "later"
