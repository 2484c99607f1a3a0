"""The checker finds what is wrong in histories and tables made by hand, and nothing in those that are right."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.torture import checker, history, room
from tests.torture import told as world
from tests.torture.history import REUSED
from tests.torture.tables import Leg, Request
from tests.torture.told import (
    ACCEPT,
    BO,
    BOOK,
    BOOKING,
    CANCEL,
    CY,
    DORA,
    JOURNEY,
    NOON,
    OFFER,
    PUBLISH,
    answered,
    ask_for,
    booking,
    carried,
    ended,
    tables,
    unknown,
)


def found(attempts, left):
    return list(checker.violations(attempts, left))


def without_a_yes(*more):
    return [attempt for attempt in world.history() if attempt.call is not ACCEPT] + list(more)


def test_nothing_is_wrong_when_all_is_as_people_were_told():
    assert found(world.history(), tables()) == []


def test_nothing_is_wrong_after_a_cancellation():
    assert found(world.history(answered(CANCEL, 6)), ended("by_rider")) == []


@pytest.mark.parametrize("left", [tables(), ended("by_rider")])
def test_a_cancellation_without_an_answer_may_have_happened_or_not(left):
    assert found(world.history(unknown(CANCEL, 6)), left) == []


# --- I1: room -------------------------------------------------------------------------------------------------------


def test_a_leg_that_forgot_a_booking_is_found():
    left = replace(tables(), legs=[Leg(OFFER, 0, carried(seats=1)), Leg(OFFER, 1, carried())])
    [violation] = room.violations(left)
    assert violation.startswith("I1: leg 1 of offer 10")


def test_two_who_each_fit_and_together_do_not_are_found():
    """Two seats, and a shelf for which one of them is folded: each leg is within the envelope of all configurations."""
    left = replace(
        tables(),
        bookings=[
            booking(carried=carried(seats=2), dropoff=1),
            booking(id=31, carried=carried(length_cm=200), pickup=1),
        ],
        legs=[Leg(OFFER, 0, carried(seats=2)), Leg(OFFER, 1, carried(length_cm=200))],
    )
    [violation] = room.violations(left)
    assert "no configuration" in violation


def test_lengths_lie_side_by_side_and_do_not_add_up():
    shelves = [booking(carried=carried(length_cm=90)), booking(id=31, carried=carried(length_cm=60))]
    legs = [Leg(OFFER, i, carried(length_cm=90)) for i in range(2)]
    assert list(room.violations(replace(tables(), bookings=shelves, legs=legs))) == []


def test_a_missing_leg_is_found():
    left = replace(tables(), legs=[Leg(OFFER, 0, carried(seats=1)), Leg(OFFER, 2, carried())])
    assert any("numbered [0, 2]" in violation for violation in room.violations(left))


# --- I2: what was told ----------------------------------------------------------------------------------------------


def test_a_booking_that_was_acknowledged_and_is_gone_is_found():
    left = replace(tables(), bookings=[], requests=[], legs=[Leg(OFFER, i, carried()) for i in range(2)])
    assert "I2: book bo-1 was acknowledged and is not there." in found(without_a_yes(), left)
    assert "I2: booking 30 of bo-1 was acknowledged and is not there." in found(without_a_yes(), left)


def test_a_ride_that_was_acknowledged_and_is_gone_is_found():
    assert found([answered(PUBLISH, 0, 201, made=OFFER)], world.Tables()) == [
        "I2: publish dora-1 was acknowledged and is not there."
    ]


def test_a_booking_that_was_refused_and_is_there_is_found():
    refused = [one for one in world.history() if one.call is not BOOK] + [answered(BOOK, 2, 409, "seats_taken")]
    assert "I2: book bo-1 was refused and is there." in found(refused, tables())


def test_a_booking_that_was_tried_again_and_done_twice_is_found():
    left = replace(tables(), requests=[*tables().requests, Request(21, BO, "chosen", "bo-1")])
    assert "I2: book bo-1 was done 2 times." in found(world.history(), left)


def test_a_second_booking_of_one_journey_is_found():
    left = replace(tables(), bookings=[booking(), booking(id=31, state="CANCELLED", reason="by_rider")])
    assert "I2: journey 20 has 2 bookings, and was asked for 1 times." in found(world.history(), left)


def test_a_second_booking_of_one_journey_is_a_drivers_who_took_it_along():
    take = ask_for("take", DORA, "dora-3", 40)
    freed = booking(id=29, state="CANCELLED", reason="by_rider", pickup=None, dropoff=None)
    left = world.with_card(replace(tables(), bookings=[freed, booking()]))
    attempts = [
        answered(PUBLISH, 0, 201, made=OFFER),
        answered(BOOK, 2, 201, made=29),
        answered(replace(CANCEL, about=29), 4),
        answered(take, 6, made=BOOKING),
    ]
    assert found(attempts, left) == []


def test_a_booking_that_nobody_asked_for_is_found():
    assert "I2: nobody asked for booking 30." in found(
        world.history(), replace(tables(), bookings=[booking(request=None)])
    )


def test_a_yes_that_was_acknowledged_and_forgotten_is_found():
    left = replace(tables(), bookings=[booking(state="WAITING_CONFIRMATION")])
    assert found(world.history(), left) == ["I2: a yes was acknowledged, and booking 30 is WAITING_CONFIRMATION."]


def test_a_yes_that_nobody_said_is_found():
    assert found(without_a_yes(), tables()) == ["I2: booking 30 is CONFIRMED, and nobody said yes."]


def test_a_cancellation_that_was_acknowledged_and_forgotten_is_found():
    assert "I2: cancel was acknowledged, and booking 30 is CONFIRMED." in found(
        world.history(answered(CANCEL, 6)), tables()
    )


@pytest.mark.parametrize(
    "reason", ["by_rider", "by_driver", "declined", "offer_cancelled", "no_answer", "withdrawn", ""]
)
def test_an_end_that_nobody_brought_about_is_found(reason):
    violations = found(without_a_yes(), ended(reason))
    assert any("and nobody did that" in violation for violation in violations)


def test_an_end_after_a_refusal_is_found():
    refused = answered(CANCEL, 6, 409, "already_settled")
    assert any("and nobody did that" in violation for violation in found(world.history(refused), ended("by_rider")))


def test_a_ride_that_was_called_off_and_is_there_is_found():
    call_off = ask_for("call off", DORA, "dora-3", OFFER)
    assert "I2: call off of offer 10 was acknowledged; it is published." in found(
        world.history(answered(call_off, 6)), tables()
    )


def test_a_ride_that_is_called_off_by_nobody_is_found():
    left = replace(tables(), offers=[replace(tables().offers[0], state="cancelled")])
    assert any("its driver did not do that" in violation for violation in found(world.history(), left))


def test_a_change_that_was_acknowledged_and_forgotten_is_found():
    first, second = (ask_for("change", DORA, f"dora-{i}", OFFER, tolls_cents=i) for i in (3, 4))
    attempts = world.history(answered(first, 6), answered(second, 8))
    marked = [replace(tables(), offers=[replace(tables().offers[0], tolls_cents=mark)]) for mark in (4, 3, 5)]
    assert found(attempts, marked[0]) == []
    assert "I2: change dora-4 of offer 10 was acknowledged; its mark is 3." in found(attempts, marked[1])
    assert "I2: offer 10 has the mark 5, which nobody gave it." in found(attempts, marked[2])


def test_seats_that_were_given_back_and_are_still_there_are_found():
    two = replace(BOOK, body={"note": "bo-1", "seats": 2})
    attempts = [answered(two, 2, 201, made=BOOKING) if one.call is BOOK else one for one in world.history()]
    fewer = answered(ask_for("reduce", BO, "bo-2", BOOKING, seats=1), 6)
    left = replace(
        tables(),
        bookings=[booking(carried=carried(seats=2))],
        legs=[Leg(OFFER, i, carried(seats=2)) for i in range(2)],
    )
    assert found(attempts, left) == []
    assert found([*attempts, fewer], tables()) == []
    assert found([*attempts, fewer], left) == ["I2: bo-2 left fewer seats to booking 30 than the 2 it has."]
    assert any("has 1 seats; 2 were wanted" in violation for violation in found(attempts, tables()))


# --- I3: one key, one answer ----------------------------------------------------------------------------------------


def test_two_answers_for_one_key_are_found():
    again = answered(BOOK, 6, 201, made=BOOKING, digest="other bytes")
    [violation] = found(world.history(again), tables())
    assert violation.startswith("I3: book bo-1 was answered in 2 ways")


@pytest.mark.parametrize(("status", "code"), [(409, "in_progress"), (503, "busy"), (500, "")])
def test_an_answer_about_this_moment_only_is_not_another_one(status, code):
    assert found(world.history(answered(BOOK, 1.5, status, code)), tables()) == []


def test_another_body_under_the_same_key_is_refused():
    other = replace(BOOK, body={"note": "bo-1 again", "seats": 2})
    assert found(world.history(answered(other, 6, 422, REUSED)), tables()) == []
    refused = found(world.history(answered(other, 6, 409, "seats_taken")), tables())
    assert refused == [f"I3: bo-1 had another body and was told 409 seats_taken, not {REUSED}."]


def test_two_effects_of_one_key_are_found():
    other = replace(BOOK, body={"note": "bo-1 again", "seats": 2})
    assert "I3: bo-1 was acknowledged with more than one body." in found(
        world.history(answered(other, 2.5, 201, made=31)), tables()
    )


# --- I9: giving back happens once -----------------------------------------------------------------------------------


def test_a_booking_that_was_given_back_twice_is_found():
    twice = replace(CANCEL, key="bo-3")
    violations = found(world.history(answered(CANCEL, 6), answered(twice, 6.5)), ended("by_rider"))
    assert "I9: cancel of booking 30 was acknowledged 2 times: bo-2, bo-3." in violations
    assert "I9: booking 30 was given back more than once." in violations


def test_the_same_cancellation_told_twice_is_one():
    assert found(world.history(answered(CANCEL, 6), answered(CANCEL, 8)), ended("by_rider")) == []


def test_a_step_after_the_end_is_found():
    reduce = ask_for("reduce", BO, "bo-3", BOOKING, seats=1)
    violations = found(world.history(answered(CANCEL, 6), answered(reduce, 9)), ended("by_rider"))
    assert violations == ["I9: reduce of booking 30 was acknowledged after its end."]


# --- one place at a time --------------------------------------------------------------------------------------------


def test_two_rides_of_one_person_at_once_are_found():
    later = booking(id=31, starts_at=NOON + timedelta(minutes=59), ends_at=NOON + timedelta(hours=2))
    after = booking(id=31, starts_at=NOON + timedelta(minutes=60), ends_at=NOON + timedelta(hours=2))
    assert any(
        "rides in bookings 30 and 31" in one for one in found([], replace(tables(), bookings=[booking(), later]))
    )
    assert not any("rides in" in one for one in found([], replace(tables(), bookings=[booking(), after])))


def test_two_cars_of_one_driver_at_once_are_found():
    offers = [tables().offers[0], replace(tables().offers[0], id=11)]
    assert any("drives offers 10 and 11" in one for one in found([], replace(tables(), offers=offers)))


# --- the history file -----------------------------------------------------------------------------------------------


def test_what_is_written_is_read_again(tmp_path):
    told = answered(PUBLISH, 0, 201, made=OFFER).told
    with history.Journal(tmp_path / "history.jsonl") as journal:
        numbers = [journal.sending(call, at) for at, call in enumerate((PUBLISH, BOOK, ACCEPT))]
        journal.told(numbers[0], told)
        journal.lost(numbers[1], "cut: sent")
    published, booked, accepted = history.read(journal.path)
    assert published == history.Attempt(PUBLISH, 0, told)
    assert booked == history.Attempt(BOOK, 1, None, "cut: sent")
    assert accepted.told is None, "what was sent when the power went is unknown"


def test_a_journey_of_somebody_else_with_the_same_note_is_found():
    left = replace(tables(), requests=[Request(JOURNEY, CY, "matched", "bo-1")], bookings=[booking(rider=CY)])
    assert "I2: person 3 never sent 'bo-1', and it is there." in found(world.history(), left)
