"""ETags: nothing is sent twice that somebody has, and nothing is changed that somebody has not seen."""

from contextlib import nullcontext
from functools import cache, partial
from threading import Barrier

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import ByPhone, User
from realtime.models import Call
from rides import commands, locks, preconditions
from rides.api import bookings, calls, cases, journeys, kerb, me, offers, outings, requests, series, standing, waiting
from rides.api.base import Detail, Step
from rides.models import Asking, Booking, Case, IdempotencyKey, Outing, RideOffer, RideRequest, WaitingEntry
from tests.realtime.race import race
from tests.rides import weekly, world
from tests.rides.programs import client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(to_the_store, bo, far_home, store):
    """Bo's booking, which waits for Dora."""
    return Booking.objects.get(pk=world.book(bo, to_the_store, world.near(far_home, 200, 0), store).data["id"])


def path(booking, step=""):
    return f"/api/v1/bookings/{booking.pk}/{step}"


def tag_of(program, address):
    return program.get(address).headers["ETag"]


# --- looking -----------------------------------------------------------------------------------------------------


def test_who_has_the_latest_is_spared_the_rest(asked, bo):
    program = client(bo)
    first = program.get(path(asked))
    again = program.get(path(asked), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    several = program.get(path(asked), headers={"If-None-Match": f'"old", W/{first.headers["ETag"]}'})
    assert several.status_code == 304
    commands.cancel_booking(bo, asked.pk)
    changed = program.get(path(asked), headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_another_reader_another_reading(asked, dora, bo):
    """Rider and driver read the same version otherwise, so a cache never gives one of them the other's."""
    bos, doras = tag_of(client(bo), path(asked)), tag_of(client(dora), path(asked))
    assert bos != doras
    assert bos.partition("-")[0] == doras.partition("-")[0] == f'"{asked.version}'
    assert client(dora).get(path(asked), headers={"If-None-Match": bos}).status_code == 200


def test_what_changes_beside_the_row_is_another_reading(asked, dora, bo):
    program = client(bo)
    before = tag_of(program, path(asked))
    User.objects.filter(pk=dora.pk).update(first_name="Dorothea")
    assert program.get(path(asked), headers={"If-None-Match": before}).status_code == 200


# --- changing ----------------------------------------------------------------------------------------------------


def test_a_step_for_what_is_there_is_taken(asked, dora):
    program = client(dora)
    accepted = program.post(path(asked, "accept/"), headers={"If-Match": tag_of(program, path(asked))})
    assert accepted.json()["state"] == "CONFIRMED"


def test_a_star_is_whatever_is_there(asked, dora):
    taken = client(dora).post(path(asked, "accept/"), headers={"If-Match": "*"})
    assert taken.status_code == 200


@pytest.mark.parametrize("header", ['"999-0"', '"nonsense"', "nonsense", 'W/"{version}-0"', ""])
def test_a_step_for_anything_else_is_refused_and_changes_nothing(asked, dora, header):
    header = header.replace("{version}", str(asked.version))
    refused = client(dora).post(path(asked, "accept/"), headers={"If-Match": header})
    assert (refused.status_code, refused.json()["code"]) == (412, "precondition_failed")
    assert Booking.objects.get(pk=asked.pk).state == "WAITING_CONFIRMATION"


def test_the_driver_may_not_accept_what_the_rider_has_made_smaller_meanwhile(to_the_store, dora, bo, far_home, store):
    door = world.near(far_home, 200, 0)
    asked = Booking.objects.get(pk=world.book(bo, to_the_store, door, store, seats=2).data["id"])
    program = client(dora)
    seen = tag_of(program, path(asked))
    smaller = {"seats": 1, "litres": 0, "length_cm": 0, "child_seats": 0, "wheelchairs": 0, "roof_kg": 0}
    assert commands.reduce_booking(bo, asked.pk, smaller | {"companions": []}).ok
    refused = program.post(path(asked, "accept/"), headers={"If-Match": seen, "Idempotency-Key": "yes"})
    assert refused.status_code == 412
    assert not IdempotencyKey.objects.filter(person=dora).exists()
    seen = tag_of(program, path(asked))
    assert program.post(path(asked, "accept/"), headers={"If-Match": seen, "Idempotency-Key": "yes"}).status_code == 200


def test_a_repeated_step_reads_its_answer_though_its_tag_is_old_by_now(asked, dora):
    program = client(dora)
    headers = {"If-Match": tag_of(program, path(asked)), "Idempotency-Key": "yes"}
    first, again = (program.post(path(asked, "accept/"), headers=headers) for _ in range(2))
    assert (first.status_code, first.content) == (again.status_code, again.content) == (200, again.content)


def test_a_tag_tells_nothing_of_what_is_someone_elses(asked, cy):
    """I14: with a tag as without, another's booking is as one that does not exist."""
    nobodys = f"/api/v1/bookings/{asked.pk + 1000}/accept/"
    answers = [
        client(cy).post(address, headers={"If-Match": tag})
        for address in (path(asked, "accept/"), nobodys)
        for tag in ("*", f'"{asked.version}-0"', '"0-0"')
    ]
    assert {one.status_code for one in answers} == {404}
    assert len({one.content for one in answers}) == 1


def test_where_no_tag_is_given_out_none_matches(to_the_store, bo, far_home, store):
    body = {"offer": to_the_store.pk, "origin": world.near(far_home, 200, 0), "destination": store}
    refused = client(bo).post("/api/v1/bookings/", body, format="json", headers={"If-Match": '"1-0"'})
    assert refused.status_code == 412
    assert not Booking.objects.exists()


def test_my_account_has_no_versions_so_its_whole_reading_is_compared(bo):
    program = client(bo)
    seen = tag_of(program, "/api/v1/me/")
    assert program.patch("/api/v1/me/", {"phone": "1"}, format="json", headers={"If-Match": seen}).status_code == 200
    late = program.patch("/api/v1/me/", {"phone": "2"}, format="json", headers={"If-Match": seen})
    assert late.status_code == 412
    assert program.get("/api/v1/me/").json()["phone"] == "1"


# --- at once -----------------------------------------------------------------------------------------------------


def held_after_an_early_look(monkeypatch, tries):
    """All have looked and found what they expected before any of them gets a lock."""
    all_have_looked, look = Barrier(tries), preconditions.look_early

    def look_and_wait():
        look()
        all_have_looked.wait(10)

    monkeypatch.setattr(preconditions, "look_early", look_and_wait)


def test_of_two_who_saw_the_same_only_one_changes_it(asked, dora, bo, monkeypatch):
    seen = {"If-Match": tag_of(client(dora), path(asked))}
    held_after_an_early_look(monkeypatch, 2)
    answers = race(
        partial(client(dora).post, path(asked, "accept/"), headers=seen),
        partial(client(bo).post, path(asked, "cancel/"), headers=seen),
    )
    assert sorted(one.status_code for one in answers) == [200, 412]


def test_without_the_look_under_the_lock_both_change_it(asked, dora, bo, monkeypatch):
    """Control: a look before the lock alone lets a cancelling rider overwrite a yes she has not seen."""
    seen = {"If-Match": tag_of(client(dora), path(asked))}
    held_after_an_early_look(monkeypatch, 2)
    monkeypatch.setattr(preconditions, "under_lock", nullcontext)
    answers = race(
        partial(client(dora).post, path(asked, "accept/"), headers=seen),
        partial(client(bo).post, path(asked, "cancel/"), headers=seen),
    )
    assert 412 not in [one.status_code for one in answers]


def test_a_command_that_locks_nothing_of_it_is_a_bug_and_stays_without_effect(bo):
    looks = []

    def change(*guards):
        with (
            preconditions.expecting(guards, lambda: looks.append(1)),
            transaction.atomic(),
            preconditions.under_lock(),
        ):
            locks.lock_people(bo.pk)
            locks.lock_people(bo.pk)

    with pytest.raises(RuntimeError, match="RideOffer"):
        change(RideOffer)
    change(User)
    assert looks == [1]
    change(RideOffer, User)
    assert looks == [1, 1]


# --- every step of the API ---------------------------------------------------------------------------------------


@pytest.fixture
def rows(to_the_store, dora, bo, cy, far_home, store, request):
    """For each kind how to make one row: whose it is, and its address. A test makes only those that it looks at."""

    def wish():
        return RideRequest.objects.get(pk=world.ask(cy, world.near(far_home, 300, 0), store).data["id"])

    def asking():
        of_whom = {"request": wish(), "offer": to_the_store, "deadline_at": world.soon(1)}
        return dora, f"askings/{Asking.objects.create(added_s=60, detour_s=60, **of_whom).pk}/"

    def outing():
        planned = Outing.objects.get(pk=world.plan_outing(dora, store).data["id"])
        world.join(dora, planned.pk, "drive", far_home)
        world.join(bo, planned.pk, "ride", far_home)
        return dora, f"outings/{planned.slug}/"

    @cache
    def pattern():
        return weekly.begin(dora, far_home, store)

    def stands():
        asked = weekly.stand(bo, pattern(), world.near(far_home, 200, 0), store)
        return dora, f"standing/{weekly.standing(asked).pk}/"

    def call():
        """What Dora has to tell Bo, who has no device."""
        now = timezone.now()
        ByPhone.objects.create(person=bo, phone="+33 1", helper=dora, helper_agreed_at=now)
        about = {"kind": "booking", "refs": {"booking": request.getfixturevalue("asked").pk}, "seq": 1, "told_at": now}
        return dora, f"calls/{Call.objects.create(person=bo, opened_at=now, helper_until=now, **about).pk}/"

    return {
        calls.CallDetail: call,
        series.SeriesDetail: lambda: (dora, f"series/{pattern().pk}/"),
        standing.StandingDetail: stands,
        cases.CaseDetail: lambda: (bo, f"cases/{Case.objects.create(kind=Case.Kind.NO_SHOWS, person=bo).pk}/"),
        waiting.WaitingDetail: lambda: (
            cy,
            f"waiting/{WaitingEntry.objects.create(offer=to_the_store, request=wish()).pk}/",
        ),
        bookings.BookingDetail: lambda: (dora, f"bookings/{request.getfixturevalue('asked').pk}/"),
        offers.OfferDetail: lambda: (dora, f"offers/{to_the_store.pk}/"),
        requests.RequestDetail: lambda: (cy, f"requests/{wish().pk}/"),
        requests.AskingDetail: asking,
        outings.OutingDetail: outing,
        me.Me: lambda: (bo, "me/"),
    }


def every_step():
    from rides.urls import urlpatterns

    views = [(str(one.pattern), getattr(one.callback, "cls", None)) for one in urlpatterns]
    return [pytest.param(address, view, id=address) for address, view in views if view and issubclass(view, Step)]


@pytest.mark.parametrize(("address", "view"), every_step())
def test_every_step_refuses_an_old_tag_and_takes_the_lock_that_guards_its_row(rows, far_home, address, view):
    """A step whose command does not lock its detail's guard would answer 500 to If-Match: * here."""
    person, row = rows[view.detail]()
    step = f"/api/v1/{row}{address.rstrip('/').rpartition('/')[2]}/"
    body = {
        outings.OutingJoin: {"role": "ride", "origin": far_home},
        outings.OutingAnswer: {"proposal_version": 1, "yes": True},
        kerb.BookingSignals: {"kind": "here"},
        journeys.RequestMove: {"earliest_at": world.soon(2), "latest_at": world.soon(4)},
        series.SeriesChange: {"scope": "all", "changes": {"max_detour_s": 900}},
        series.SeriesCancel: {"scope": "all"},
        series.SeriesSkip: {"date": weekly.next_day(weekly.MONDAY)},
        calls.CallKnows: {"seq": 1},
    }.get(view)
    program = client(person)
    old = program.post(step, body, format="json", headers={"If-Match": '"0-0"'})
    assert (old.status_code, old.json()["code"]) == (412, "precondition_failed")
    taken = program.post(step, body, format="json", headers={"If-Match": "*"})
    assert taken.status_code < 500
    assert taken.status_code != 412


def test_every_detail_has_a_tag(rows):
    for view, make in rows.items():
        assert issubclass(view, Detail)
        person, row = make()
        answer = client(person).get(f"/api/v1/{row}")
        assert answer.status_code == 200, row
        known = client(person).get(f"/api/v1/{row}", headers={"If-None-Match": answer.headers["ETag"]})
        assert known.status_code == 304, row
