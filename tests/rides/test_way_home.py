"""Nobody is left where she went: everybody who can help hears of it, until she says that she is home."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import Block, Community, Membership, User
from realtime.models import Event
from rides import commands, event_view, news, tasks
from rides.commands.execute import by_itself
from rides.models import Asking, Booking, Case, RideOffer, RideRequest
from rides.requests import way_home
from tests.realtime.race import race
from tests.rides import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def door(far_home):
    return world.near(far_home, 200, 0)


@pytest.fixture
def drive(far_home, store):
    """drive("Fay", back=True) comes back from the store in three hours; without `back` it is the way there, in one."""

    def made(name: str, *, back: bool = False, hours: float = 0, **fields) -> tuple[User, RideOffer]:
        someone = User.objects.filter(first_name=name).first() or world.person(name)
        if not someone.vehicles.exists():
            world.car(someone)
        ends = (store, far_home) if back else (far_home, store)
        at = world.soon(hours or (3 if back else 1))
        return someone, world.publish(someone, *ends, departs_at=at.isoformat(), **fields)

    return made


@pytest.fixture
def mo(bo) -> User:
    """The coordinator of Bo's street, in which Nell has a car, and Pam has none."""
    street = Community.objects.create(name="Mill Lane", slug="mill-lane")
    mo, nell, pam = (world.person(name, phone=f"+33 6 {name}") for name in ("Mo", "Nell", "Pam"))
    world.car(nell)
    for one in (bo, nell, pam):
        Membership.objects.create(community=street, person=one)
    Membership.objects.create(community=street, person=mo, role=Membership.Role.COORDINATOR)
    return mo


@pytest.fixture
def trip(drive, bo, mo, door, store):
    """Eve takes Bo there and Fay takes him back, both confirmed."""
    eve, there = drive("Eve", automatic=True)
    fay, home = drive("Fay", back=True, automatic=True)
    out = made(world.book(bo, there, door, store))
    back = made(world.book(bo, home, store, door, return_of=out.request_id))
    assert (out.state, back.state) == ("CONFIRMED", "CONFIRMED")
    return eve, out, fay, back


def made(answer: commands.Answer) -> Booking:
    assert answer.ok, answer.data
    return Booking.objects.get(pk=answer.data["id"])


def told(name: str, kind: str = "case") -> int:
    return Event.objects.filter(stream__person__first_name=name, kind=kind).count()


def the_case() -> Case:
    return Case.objects.get(kind="way_home")


def left(booking: Booking) -> None:
    """The car has left with the rider aboard."""
    RideOffer.objects.filter(pk=booking.offer_id).update(state="departed")


def work(case: Case) -> None:
    """The jobs that follow."""
    tasks.call_neighbours(case.pk)
    tasks.match_request(case.request_id)


# --- when it begins ----------------------------------------------------------------------------------------------


def has_left(eve: User, out: Booking) -> None:
    assert commands.depart_offer(eve, out.offer_id).ok


def has_arrived(eve: User, out: Booking) -> None:
    has_left(eve, out)
    assert commands.complete_offer(eve, out.offer_id).ok


def is_aboard(eve: User, out: Booking) -> None:
    Booking.objects.filter(pk=out.pk).update(boarded_at=timezone.now())


def is_due(eve: User, out: Booking) -> None:
    """Nobody pressed anything, but the hour of the pickup has come."""
    Booking.objects.filter(pk=out.pk).update(pickup_at=timezone.now() - timedelta(minutes=1))


@pytest.mark.parametrize("begins", [has_left, has_arrived, is_aboard, is_due])
def test_a_way_back_called_off_after_she_left_opens_a_case_at_once(trip, bo, begins):
    eve, out, fay, back = trip
    begins(eve, out)
    commands.cancel_booking(fay, back.pk, note="the car is ill")
    case = the_case()
    assert (case.person, case.request_id, case.booking, case.closed_at) == (bo, back.request_id, back, None)
    assert (told("Bo"), told("Mo"), told("Pam")) == (1, 1, 0)


def test_before_she_leaves_it_is_no_case(trip):
    """Control: the same, but she is still at home."""
    _eve, _out, fay, back = trip
    commands.cancel_booking(fay, back.pk, note="the car is ill")
    assert not Case.objects.exists()
    assert RideRequest.objects.get(pk=back.request_id).state == "open"


def by_cancelling_the_ride(fay: User, back: Booking) -> None:
    commands.cancel_offer(fay, back.offer_id)


def by_declining(fay: User, back: Booking) -> None:
    Booking.objects.filter(pk=back.pk).update(state="WAITING_CONFIRMATION")
    RideRequest.objects.filter(pk=back.request_id).update(state="chosen")
    commands.decline_booking(fay, back.pk)


def by_silence(fay: User, back: Booking) -> None:
    Booking.objects.filter(pk=back.pk).update(
        state="WAITING_CONFIRMATION", deadline_at=timezone.now() - timedelta(minutes=1)
    )
    RideRequest.objects.filter(pk=back.request_id).update(state="chosen")
    tasks.expire(timestamp=0)


def by_leaving_without_her(fay: User, back: Booking) -> None:
    Booking.objects.filter(pk=back.pk).update(state="WAITING_CONFIRMATION")
    RideRequest.objects.filter(pk=back.request_id).update(state="chosen")
    commands.depart_offer(fay, back.offer_id)


def by_not_coming(fay: User, back: Booking) -> None:
    at = timezone.now() - timedelta(minutes=30)
    Booking.objects.filter(pk=back.pk).update(pickup_at=at)
    assert commands.no_show(back.rider, back.pk).ok


@pytest.mark.parametrize(
    "falls_through", [by_cancelling_the_ride, by_declining, by_silence, by_leaving_without_her, by_not_coming]
)
def test_however_the_way_back_falls_through(trip, falls_through):
    _eve, out, fay, back = trip
    left(out)
    falls_through(fay, back)
    assert the_case().request_id == back.request_id
    assert RideRequest.objects.get(pk=back.request_id).state == "open"
    assert told("Mo") >= 1


def test_who_is_left_behind_on_the_way_home_is_one_case_with_her_word(trip):
    _eve, out, _fay, back = trip
    left(out)
    Booking.objects.filter(pk=back.pk).update(pickup_at=timezone.now() - timedelta(minutes=30))
    assert commands.no_show(back.rider, back.pk, note="at the back door").ok
    case = Case.objects.get()
    assert (case.kind, case.booking_id, case.note) == ("way_home", back.pk, "at the back door")


def test_who_is_left_behind_on_the_way_out_stands_at_the_kerb(trip):
    """Control: she has not gone anywhere yet."""
    _eve, out, _fay, _back = trip
    Booking.objects.filter(pk=out.pk).update(pickup_at=timezone.now() - timedelta(minutes=30))
    assert commands.no_show(out.rider, out.pk).ok
    assert Case.objects.get().kind == "stranded"


def test_her_own_will_is_no_emergency(trip, bo):
    _eve, out, _fay, back = trip
    left(out)
    commands.cancel_booking(bo, back.pk)
    assert not Case.objects.exists()


def test_as_long_as_another_driver_may_say_yes_it_has_not_fallen_through(trip, drive, bo, door, store):
    _eve, out, fay, back = trip
    left(out)
    Booking.objects.filter(pk=back.pk).update(state="WAITING_CONFIRMATION")
    RideRequest.objects.filter(pk=back.request_id).update(state="chosen")
    gus, other = drive("Gus", back=True)
    asked = made(world.book(bo, other, store, door, request=back.request_id))
    commands.decline_booking(fay, back.pk)
    assert not Case.objects.exists()
    commands.decline_booking(gus, asked.pk)
    assert the_case().booking == asked


def test_a_way_back_that_nobody_answered_is_one_too(drive, bo, mo, door, store):
    """She went, hoping that somebody would take her back; nobody did, and the hour has passed."""
    _eve, there = drive("Eve", automatic=True)
    out = made(world.book(bo, there, door, store))
    window = {"earliest_at": world.soon(3), "latest_at": world.soon(4), "return_of": out.request_id}
    request_id = world.ask(bo, store, door, **window).data["id"]
    left(out)
    RideRequest.objects.filter(pk=request_id).update(
        earliest_at=timezone.now() - timedelta(hours=1), latest_at=timezone.now() - timedelta(minutes=1), widens_at=None
    )
    tasks.expire(timestamp=0)
    request = RideRequest.objects.get(pk=request_id)
    assert (the_case().request, request.state) == (request, "open")
    assert request.latest_at > timezone.now() + timedelta(hours=11)


def test_the_hour_at_which_a_coordinator_would_look_finds_her_out_there(drive, bo, mo, door, store):
    _eve, there = drive("Eve", automatic=True)
    out = made(world.book(bo, there, door, store))
    window = {"earliest_at": world.soon(3), "latest_at": world.soon(6), "return_of": out.request_id}
    request = RideRequest.objects.get(pk=world.ask(bo, store, door, **window).data["id"])
    left(out)
    RideRequest.objects.filter(pk=request.pk).update(stage="later", widens_at=timezone.now())
    tasks.match_request(request.pk)
    assert [case.kind for case in Case.objects.all()] == ["way_home"]


# --- who hears of it ---------------------------------------------------------------------------------------------


def test_everybody_who_could_fetch_her_is_asked(trip, drive, bo, far_home, store):
    """All drivers who pass, more than five of them; neighbours with a car and no ride; the coordinator."""
    _eve, out, fay, back = trip
    for number in range(8):
        drive(f"Driver{number}", back=True, hours=5)
    left(out)
    commands.cancel_booking(fay, back.pk)
    work(the_case())
    assert Asking.objects.filter(request=back.request_id, state="asked").count() == 8
    assert (told("Nell"), told("Pam"), told("Mo"), told("Eve")) == (1, 0, 1, 0)


def test_an_ordinary_request_asks_five_and_no_neighbour(drive, bo, mo, door, store):
    """Control."""
    for number in range(8):
        drive(f"Driver{number}", back=True, hours=5)
    window = {"earliest_at": world.soon(4), "latest_at": world.soon(6)}
    request_id = world.ask(bo, store, door, ask_first="everyone", **window).data["id"]
    tasks.match_request(request_id)
    assert Asking.objects.filter(request=request_id).count() == 5
    assert told("Nell") == 0


def test_a_neighbour_who_drives_just_now_or_is_blocked_is_left_alone(trip, bo, far_home, store):
    _eve, out, fay, back = trip
    nell = User.objects.get(first_name="Nell")
    left(out)
    commands.cancel_booking(fay, back.pk)
    assert way_home.who_could_drive(the_case(), timezone.now()) == [nell.pk]
    elsewhere = world.homes(3)[1:]
    offer = world.publish(nell, *elsewhere, departs_at=world.soon(0.5).isoformat())
    assert way_home.who_could_drive(the_case(), timezone.now()) == []
    RideOffer.objects.filter(pk=offer.pk).update(state="cancelled")
    Block.objects.create(blocker=nell, blocked=bo)
    assert way_home.who_could_drive(the_case(), timezone.now()) == []
    assert event_view.of_case({"case": the_case().pk}, nell) is None


def test_it_is_urgent_wherever_it_is_told(trip, drive, bo, mo):
    _eve, out, fay, back = trip
    gus, _offer = drive("Gus", back=True, hours=5)
    left(out)
    commands.cancel_booking(fay, back.pk)
    work(the_case())
    refs, nell = {"case": the_case().pk}, User.objects.get(first_name="Nell")
    assert [event_view.of_case(refs, one)["urgent"] for one in (bo, mo, nell)] == [True] * 3
    card = {"asking": Asking.objects.get(request=back.request_id).pk}
    assert event_view.of_asking(card, gus)["urgent"]
    commands.say_home(bo, back.request_id)
    assert not event_view.of_case(refs, mo)["urgent"]
    assert not event_view.of_asking(card, gus)["urgent"]


def test_a_neighbour_reads_no_more_than_she_needs(trip, bo, mo, door):
    _eve, out, fay, back = trip
    User.objects.filter(pk=bo.pk).update(phone="+33 6 00 00 00 02")
    left(out)
    commands.cancel_booking(fay, back.pk)
    refs, nell = {"case": the_case().pk}, User.objects.get(first_name="Nell")
    seen = event_view.of_case(refs, nell)
    assert (seen["role"], seen["person"], seen["phone"], seen["note"]) == ("neighbour", "Bo", "", "")
    assert not seen["destination"]["exact"]
    assert abs(seen["destination"]["lat"] - door["lat"]) + abs(seen["destination"]["lon"] - door["lon"]) > 1e-4
    assert event_view.of_case(refs, mo)["phone"] == "+33 6 00 00 00 02"
    assert not event_view.of_case(refs, mo)["destination"]["exact"]
    pam = User.objects.get(first_name="Pam")
    assert event_view.of_case(refs, pam) is None, "she has no car"


def test_more_than_fifty_neighbours_are_told_some_at_a_time(trip, bo, mo, monkeypatch):
    _eve, out, fay, back = trip
    street = Community.objects.get()
    for number in range(60):
        someone = world.person(f"Neighbour{number}")
        world.car(someone)
        Membership.objects.create(community=street, person=someone)
    at_once = []
    append = news.append
    monkeypatch.setattr(
        news, "append", lambda told: at_once.append(len({one.person_id for one in told})) or append(told)
    )
    left(out)
    commands.cancel_booking(fay, back.pk)
    work(the_case())
    assert Event.objects.filter(kind="case", stream__person__first_name__startswith="Neighbour").count() == 60
    assert max(at_once) == 50


def test_a_case_with_sixty_coordinators_still_opens(trip, bo, mo):
    """What one transaction cannot tell, jobs of the same transaction do."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    _eve, out, fay, back = trip
    for number in range(60):
        someone = world.person(f"Coordinator{number}")
        Membership.objects.create(community=Community.objects.get(), person=someone, role="coordinator")
    left(out)
    assert commands.cancel_booking(fay, back.pk).ok
    for job in ProcrastinateJob.objects.filter(task_name="rides.tasks.tell"):
        tasks.tell(**job.args)
    heard = Event.objects.filter(kind="case", refs={"case": the_case().pk})
    assert heard.count() == heard.values("stream").distinct().count() == 62


# --- until she is home -------------------------------------------------------------------------------------------


def test_a_ride_found_does_not_close_it_but_her_word_does(trip, drive, bo, mo, client):
    _eve, out, fay, back = trip
    gus, _offer = drive("Gus", back=True, hours=5)
    left(out)
    commands.cancel_booking(fay, back.pk)
    work(the_case())
    found = commands.accept_asking(gus, Asking.objects.get(request=back.request_id).pk)
    assert found.data["state"] == "CONFIRMED"
    tasks.expire(timestamp=0)
    assert the_case().closed_at is None
    RideOffer.objects.filter(pk=found.data["offer"]).update(state="departed")
    client.force_login(bo)
    answer = client.post(f"/api/v1/requests/{back.request_id}/home/")
    assert (answer.status_code, answer.json()["home_at"] is not None) == (200, True)
    assert (the_case().closed_by, told("Mo")) == (bo, 2)
    assert Booking.objects.get(pk=found.data["id"]).state == "CONFIRMED", "she was driven; the ride ends as rides do"
    assert client.post(f"/api/v1/requests/{back.request_id}/home/").status_code == 200
    world.require_books_balance()


def test_when_the_found_ride_falls_through_too_everybody_hears_again(trip, drive, bo, mo):
    _eve, out, fay, back = trip
    gus, _offer = drive("Gus", back=True, hours=5)
    left(out)
    commands.cancel_booking(fay, back.pk)
    work(the_case())
    found = commands.accept_asking(gus, Asking.objects.get(request=back.request_id).pk)
    before = told("Mo")
    commands.cancel_booking(gus, found.data["id"])
    assert (Case.objects.count(), told("Mo")) == (1, before + 1)
    assert RideRequest.objects.get(pk=back.request_id).state == "open"


def test_whoever_is_home_is_not_fetched(trip, drive, bo, client):
    """A friend took her home: the driver who would have come later is told, and so are those who were asked."""
    _eve, out, fay, back = trip
    gus, _offer = drive("Gus", back=True, hours=5)
    left(out)
    commands.cancel_booking(fay, back.pk)
    work(the_case())
    hal, _later = drive("Hal", back=True, hours=6)
    work(the_case())
    found = commands.accept_asking(gus, Asking.objects.get(offer__driver=gus).pk)
    commands.say_home(bo, back.request_id)
    booking = Booking.objects.get(pk=found.data["id"])
    assert (booking.state, booking.reason) == ("CANCELLED", "by_rider")
    assert RideRequest.objects.get(pk=back.request_id).state == "cancelled"
    assert Asking.objects.get(offer__driver=hal).state in ("taken", "closed")
    world.require_books_balance()


def test_nothing_that_happens_after_she_is_home_alarms_anybody(trip, bo):
    _eve, out, fay, back = trip
    left(out)
    RideOffer.objects.filter(pk=back.offer_id).update(state="departed")
    commands.say_home(bo, back.request_id)
    commands.cancel_booking(fay, back.pk)
    assert not Case.objects.exists()


def test_a_coordinator_closes_it_only_with_a_word_of_who_spoke_with_her(trip, bo, mo, client):
    _eve, out, fay, back = trip
    left(out)
    commands.cancel_booking(fay, back.pk)
    case = the_case()
    client.force_login(mo)
    listed = client.get("/api/v1/cases/").json()["results"]
    assert [(one["id"], one["role"], one["kind"]) for one in listed] == [(case.pk, "coordinator", "way_home")]
    assert client.post(f"/api/v1/cases/{case.pk}/take/").json()["taken_by"] == "Mo"
    refused = client.post(f"/api/v1/cases/{case.pk}/close/", {}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (400, "note_missing")
    note = {"note": "I phoned: her sister fetched her."}
    closed = client.post(f"/api/v1/cases/{case.pk}/close/", note, content_type="application/json")
    assert (closed.status_code, closed.json()["closed_by"]) == (200, "Mo")
    assert RideRequest.objects.get(pk=back.request_id).home_at is not None
    tasks.was_heard_of(back.request_id)
    assert RideRequest.objects.get(pk=back.request_id).state == "cancelled", "nobody needs to fetch her"
    assert client.post(f"/api/v1/cases/{case.pk}/take/").json()["code"] == "case_closed"


@pytest.mark.parametrize("who", ["Pam", "Nell", "Eve"])
def test_for_others_there_is_nothing_to_take_or_to_close(trip, who, client):
    """Nell is asked to help, and reads of it; looking after it is not hers."""
    _eve, out, fay, back = trip
    left(out)
    commands.cancel_booking(fay, back.pk)
    client.force_login(User.objects.get(first_name=who))
    seen = [one["role"] for one in client.get("/api/v1/cases/").json()["results"]]
    assert seen == (["neighbour"] if who == "Nell" else [])
    assert client.get(f"/api/v1/cases/{the_case().pk}/").status_code == (200 if who == "Nell" else 404)
    for step, body in (("take", {}), ("close", {"note": "x"})):
        answers = [
            client.post(f"/api/v1/cases/{case_id}/{step}/", body, content_type="application/json")
            for case_id in (the_case().pk, 10**9)
        ]
        assert [one.status_code for one in answers] == [404, 404]
        assert answers[0].json() == answers[1].json()


def test_once_it_is_closed_the_neighbours_read_no_more_of_it(trip, bo):
    _eve, out, fay, back = trip
    left(out)
    commands.cancel_booking(fay, back.pk)
    nell, refs = User.objects.get(first_name="Nell"), {"case": the_case().pk}
    assert event_view.of_case(refs, nell) is not None
    commands.say_home(bo, back.request_id)
    assert event_view.of_case(refs, nell) is None


def test_a_list_of_cases_costs_no_more_for_many(trip, bo, mo, client, django_assert_max_num_queries):
    _eve, out, fay, back = trip
    left(out)
    commands.cancel_booking(fay, back.pk)
    street = Community.objects.get()
    client.force_login(mo)
    with django_assert_max_num_queries(50) as few:
        client.get("/api/v1/cases/")
    for number in range(6):
        someone = world.person(f"Rider{number}")
        Membership.objects.create(community=street, person=someone)
        Case.objects.create(kind="way_home", person=someone, request=RideRequest.objects.get(pk=back.request_id))
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(client.get("/api/v1/cases/").json()["results"]) == 7


# --- at the same time --------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_she_says_that_she_is_home_while_the_ride_found_is_called_off(trip, drive, bo, mo):
    _eve, out, fay, back = trip
    gus, _offer = drive("Gus", back=True, hours=5)
    left(out)
    commands.cancel_booking(fay, back.pk)
    work(the_case())
    found = commands.accept_asking(gus, Asking.objects.get(request=back.request_id).pk)
    outcomes = race(
        partial(commands.say_home, bo, back.request_id), partial(commands.cancel_booking, gus, found.data["id"])
    )
    print("home and called off at once:", [one.status for one in outcomes])  # noqa: T201
    assert outcomes[0].status == 200
    assert the_case().closed_at is not None
    assert RideRequest.objects.get(pk=back.request_id).state == "cancelled"
    world.require_books_balance()


@pytest.mark.django_db(transaction=True)
def test_two_ways_to_lose_it_at_once_make_one_case(trip):
    _eve, out, fay, back = trip
    left(out)
    outcomes = race(partial(commands.cancel_booking, fay, back.pk), partial(commands.cancel_offer, fay, back.offer_id))
    assert sorted(one.status for one in outcomes) in ([200, 200], [200, 409])
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_closing_it_meets_her_own_word(trip, bo, mo):
    _eve, out, fay, back = trip
    left(out)
    commands.cancel_booking(fay, back.pk)
    case = the_case()
    outcomes = race(
        partial(commands.close_case, mo, case.pk, note="I phoned."), partial(commands.say_home, bo, back.request_id)
    )
    assert outcomes[1].status == 200
    assert outcomes[0].data.get("code") in (None, "case_closed")
    closed = Event.objects.filter(kind="case", stream_id=mo.pk).count()
    assert closed == 2, "opened once, closed once"


def test_whoever_was_told_late_hears_nothing_of_what_is_over(trip, bo):
    _eve, out, fay, back = trip
    left(out)
    commands.cancel_booking(fay, back.pk)
    commands.say_home(bo, back.request_id)
    nell = User.objects.get(first_name="Nell")
    by_itself(partial(way_home.tell, case_id=the_case().pk, people=[nell.pk]))
    assert told("Nell") == 0
