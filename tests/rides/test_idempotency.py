"""I3: the same Idempotency-Key and body has one effect and one answer, byte for byte, however often it is sent."""

from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from rides import commands, news, tasks
from rides.bookings import booking
from rides.commands import bookings, execute
from rides.commands.stored import fingerprint_of
from rides.errors import PlanChanged
from rides.models import Booking, IdempotencyKey, RideOffer
from routing.plan import Place
from tests.realtime.race import race
from tests.rides import world
from tests.rides.programs import client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def door(far_home):
    return world.near(far_home, 200, 0)


@pytest.fixture
def tap(door, store):
    """Somebody taps "book", again and again with the same key."""

    def send(person, offer, key="tap", **fields):
        body = {"offer": offer.pk, "origin": door, "destination": store} | fields
        program = client(person, raise_request_exception=False)
        return program.post("/api/v1/bookings/", body, format="json", headers={"Idempotency-Key": key})

    return send


@pytest.fixture
def full_ride(last_seat, dora, bo, door, store, far_home):
    """Bo has the last seat; Eve drives half an hour later."""
    eve = world.person("Eve")
    world.car(eve)
    world.publish(eve, far_home, store, departs_at=world.soon(2.5).isoformat())
    assert world.book(bo, last_seat, door, store, key="bo").ok
    return last_seat


def free_the_seat(bo):
    assert commands.cancel_booking(bo, Booking.objects.get(rider=bo).pk).ok


def test_a_booking_is_answered_again_with_the_same_bytes(to_the_store, bo, tap):
    first, again = tap(bo, to_the_store), tap(bo, to_the_store)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert Booking.objects.count() == 1
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_refusal_with_the_next_best_rides_is_answered_again_with_the_same_bytes(full_ride, bo, cy, tap):
    first = tap(cy, full_ride)
    assert (first.status_code, first.json()["code"]) == (409, "seats_taken")
    assert len(first.json()["next_best"]) == 1
    free_the_seat(bo)
    again = tap(cy, full_ride)
    assert first.content == again.content
    assert again.headers["Content-Type"] == "application/problem+json"
    assert again.headers["Idempotency-Replayed"] == "true"
    assert tap(cy, full_ride, key="another").status_code == 201  # control: what the key would get without its answer


def test_a_refusal_found_under_the_lock_is_kept_as_well(to_the_store, bo, tap):
    made = tap(bo, to_the_store, key="first").json()
    refused = tap(bo, to_the_store)
    assert refused.json()["code"] == "already_asked"
    assert commands.cancel_booking(bo, made["id"]).ok
    assert tap(bo, to_the_store).content == refused.content
    assert tap(bo, to_the_store, key="another").status_code == 201  # control


def test_a_refusal_leaves_no_effect_but_its_answer(full_ride, cy, tap):
    before = RideOffer.objects.get(pk=full_ride.pk).version
    tap(cy, full_ride)
    assert list(IdempotencyKey.objects.filter(person=cy).values_list("status", flat=True)) == [409]
    assert RideOffer.objects.get(pk=full_ride.pk).version == before
    assert not Booking.objects.filter(rider=cy).exists()


def test_another_body_under_the_same_key_is_refused_and_changes_nothing(to_the_store, bo, tap):
    first = tap(bo, to_the_store)
    other = tap(bo, to_the_store, seats=2)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert tap(bo, to_the_store).content == first.content


def test_another_command_under_the_same_key_is_refused(to_the_store, bo, tap):
    made = tap(bo, to_the_store).json()["id"]
    other = client(bo).post(f"/api/v1/bookings/{made}/cancel/", headers={"Idempotency-Key": "tap"})
    assert other.status_code == 422
    assert Booking.objects.get(pk=made).holds


def test_two_people_may_choose_the_same_key(to_the_store, bo, cy, tap):
    assert tap(bo, to_the_store).json()["id"] != tap(cy, to_the_store).json()["id"]


def test_the_same_body_written_otherwise_is_the_same_body(to_the_store, bo, door, store, tap):
    at = world.soon(1).replace(microsecond=0)
    here = at.astimezone(timezone.get_fixed_timezone(120)).isoformat()
    first = tap(bo, to_the_store, earliest_at=here)
    body = {"earliest_at": at.isoformat(), "destination": store, "origin": door, "offer": to_the_store.pk}
    again = client(bo).post("/api/v1/bookings/", body, format="json", headers={"Idempotency-Key": "tap"})
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.content == first.content


def test_what_has_no_canonical_form_is_loud():
    assert fingerprint_of("x", {"a": Place(1, 2), "b": 1}) == fingerprint_of("x", {"b": 1, "a": Place(1, 2)})
    assert fingerprint_of("x", Place(1, 2)) != fingerprint_of("x", Place(1, 3))
    with pytest.raises(TypeError, match="no canonical form"):
        fingerprint_of("x", {"a": object()})


def test_a_plan_that_keeps_changing_is_not_kept(to_the_store, bo, tap, monkeypatch):
    def changed(**_):
        raise PlanChanged

    with monkeypatch.context() as busy_minute:
        busy_minute.setattr(booking, "book", changed)
        assert tap(bo, to_the_store).json()["code"] == "plan_changed"
    assert tap(bo, to_the_store).status_code == 201


def test_a_bug_is_not_kept_and_has_no_effect(to_the_store, bo, tap, monkeypatch):
    def stumble(made):
        raise RuntimeError("a bug after the booking was written")

    with monkeypatch.context() as bug:
        bug.setattr(news, "of_booking", stumble)
        assert tap(bo, to_the_store).status_code == 500
    assert (Booking.objects.count(), IdempotencyKey.objects.count()) == (0, 0)
    assert tap(bo, to_the_store).status_code == 201


@contextmanager
def held(statement, *values):
    """Another process is in the middle of a transaction that began with this statement, and then fails."""
    begun, over = Event(), Event()

    def hold():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
            begun.set()
            over.wait(30)
            transaction.set_rollback(True)
        connection.close()

    other = Thread(target=hold)
    other.start()
    assert begun.wait(10)
    try:
        yield
    finally:
        over.set()
        other.join()


def test_a_key_at_work_elsewhere_is_in_progress(to_the_store, bo, tap, monkeypatch):
    monkeypatch.setattr(execute, "LOCK_TIMEOUT_S", 0.2)
    insert = "INSERT INTO rides_idempotencykey (person_id, key, fingerprint, status, answer, created_at)"
    with held(insert + " VALUES (%s, 'tap', '', 0, '', now())", bo.pk):
        meanwhile = tap(bo, to_the_store)
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (409, "in_progress")
    assert meanwhile.headers["Retry-After"] == "1"
    assert tap(bo, to_the_store).status_code == 201  # the other one came to nothing: the key is free again


def test_a_ride_held_for_too_long_is_busy_and_that_is_not_kept(to_the_store, bo, tap, monkeypatch):
    monkeypatch.setattr(execute, "LOCK_TIMEOUT_S", 0.2)
    with held("SELECT 1 FROM rides_rideoffer WHERE id = %s FOR UPDATE", to_the_store.pk):
        meanwhile = tap(bo, to_the_store)
    assert (meanwhile.status_code, meanwhile.json()["code"]) == (503, "busy")
    assert meanwhile.headers["Retry-After"] == "1"
    assert tap(bo, to_the_store).status_code == 201


def test_twenty_times_at_once_is_one_booking_and_one_answer(to_the_store, bo, tap):
    answers = race(*(partial(tap, bo, to_the_store) for _ in range(20)))
    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert Booking.objects.count() == 1


def test_twenty_refusals_at_once_are_one_answer(full_ride, cy, tap):
    answers = race(*(partial(tap, cy, full_ride) for _ in range(20)))
    assert {(one.status_code, one.content) for one in answers} == {(409, answers[0].content)}


def test_when_another_try_books_while_a_refusal_looks_for_other_rides_both_read_the_booking(
    full_ride, bo, cy, tap, monkeypatch
):
    """The refusal is not stored yet, a seat comes free, the same key is sent again: one answer, the booking."""
    others = []

    def meanwhile(person, sent):
        monkeypatch.undo()
        free_the_seat(bo)
        others.append(tap(cy, full_ride))
        return []

    monkeypatch.setattr(bookings, "next_best", meanwhile)
    first = tap(cy, full_ride)
    assert [others[0].status_code, first.status_code] == [201, 201]
    assert first.content == others[0].content
    assert Booking.objects.filter(rider=cy).count() == 1


def test_a_key_is_forgotten_after_a_week(to_the_store, bo, tap):
    first = tap(bo, to_the_store)
    keys = IdempotencyKey.objects.filter(person=bo)
    keys.update(created_at=timezone.now() - timedelta(days=6, hours=23))
    tasks.forget(0)
    assert tap(bo, to_the_store).content == first.content
    keys.update(created_at=timezone.now() - timedelta(days=7, hours=1))
    tasks.forget(0)
    assert tap(bo, to_the_store).json()["code"] == "already_asked"  # nobody knows that it is a repetition


def test_a_key_that_is_too_long_is_said_so(to_the_store, bo, tap):
    assert tap(bo, to_the_store, key="x" * 81).json()["code"] == "invalid"
    assert tap(bo, to_the_store, key="x" * 80).status_code == 201
