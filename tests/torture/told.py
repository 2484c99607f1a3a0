"""Histories and tables made by hand, for the checker's own tests: Dora (1) drives, Bo (2) rides."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.torture.history import Attempt, Call, Told
from tests.torture.tables import KINDS, Asking, Booking, Leg, Offer, Request, Tables

DORA, BO, CY = 1, 2, 3
OFFER, JOURNEY, BOOKING = 10, 20, 30
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def carried(**amounts: int) -> dict[str, int]:
    return dict.fromkeys(KINDS, 0) | amounts


def ask_for(kind: str, person: int, key: str, about: int | None = None, **body: Any) -> Call:
    """A command with its path made up."""
    return Call(person, key, kind, about, "POST", f"{kind}/{about}/", body or None)


PUBLISH = ask_for("publish", DORA, "dora-1", note="dora-1")
BOOK = ask_for("book", BO, "bo-1", OFFER, note="bo-1", seats=1)
ACCEPT = ask_for("accept", DORA, "dora-2", BOOKING)
CANCEL = ask_for("cancel", BO, "bo-2", BOOKING)


def answered(
    call: Call, at: float, status: int = 200, code: str = "", made: int | None = None, digest: str = ""
) -> Attempt:
    """Sent at `at`, and told a second later."""
    told = Told(at + 1, status, code, made, digest or f"{status} {code} {made}", False)
    return Attempt(call, at, told)


def unknown(call: Call, at: float) -> Attempt:
    return Attempt(call, at, None, "cut")


def history(*more: Attempt) -> list[Attempt]:
    """Dora publishes, Bo books, Dora says yes; then `more`."""
    return [
        answered(PUBLISH, 0, 201, made=OFFER),
        answered(BOOK, 2, 201, made=BOOKING),
        answered(ACCEPT, 4, made=BOOKING),
        *more,
    ]


def tables() -> Tables:
    """As they are after `history()`: one seat taken from the first stop to the last."""
    return Tables(
        offers=[
            Offer(
                id=OFFER,
                driver=DORA,
                state="published",
                note="dora-1",
                tolls_cents=0,
                automatic=False,
                configurations=[carried(seats=2, litres=300, length_cm=100), carried(seats=1, length_cm=210)],
                departs_at=NOON,
                arrives_at=NOON + timedelta(hours=1),
            )
        ],
        legs=[Leg(OFFER, 0, carried(seats=1)), Leg(OFFER, 1, carried(seats=1))],
        bookings=[booking()],
        requests=[Request(JOURNEY, BO, "matched", "bo-1")],
        askings=[],
    )


def booking(**otherwise: Any) -> Booking:
    """Bo's seat."""
    usual = Booking(
        id=BOOKING,
        offer=OFFER,
        rider=BO,
        request=JOURNEY,
        state="CONFIRMED",
        reason="",
        carried=carried(seats=1),
        pickup=0,
        dropoff=2,
        starts_at=NOON,
        ends_at=NOON + timedelta(hours=1),
        may_leave_freely=False,
    )
    return replace(usual, **otherwise)


def ended(reason: str) -> Tables:
    """Bo's booking has ended, and the car is empty."""
    return replace(
        tables(),
        bookings=[booking(state="CANCELLED", reason=reason, pickup=None, dropoff=None)],
        legs=[Leg(OFFER, 0, carried()), Leg(OFFER, 1, carried())],
    )


def with_card(before: Tables) -> Tables:
    """Bo's journey was put to Dora too."""
    return replace(before, askings=[Asking(40, OFFER, JOURNEY)])
