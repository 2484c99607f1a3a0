"""What the database holds, as plain rows of one snapshot."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row

KINDS = ("seats", "child_seats", "wheelchairs", "litres", "roof_kg", "length_cm")
HOLDS = ("HELD", "WAITING_CONFIRMATION", "CONFIRMED")


@dataclass(frozen=True, slots=True)
class Offer:
    """`note` is the key under which it was published, `tolls_cents` the mark of its last change."""

    id: int
    driver: int
    state: str
    note: str
    tolls_cents: int
    automatic: bool
    configurations: list[dict[str, Any]]
    departs_at: datetime
    arrives_at: datetime


@dataclass(frozen=True, slots=True)
class Leg:
    """Of the stop with which it begins it has the place in line."""

    offer: int
    sequence: int
    taken: dict[str, int]


@dataclass(frozen=True, slots=True)
class Booking:
    """`pickup` and `dropoff` are places in line; `starts_at` to `ends_at` is the span that its rider agreed to."""

    id: int
    offer: int
    rider: int
    request: int | None
    state: str
    reason: str
    carried: dict[str, int]
    pickup: int | None
    dropoff: int | None
    starts_at: datetime
    ends_at: datetime
    may_leave_freely: bool

    @property
    def holds(self) -> bool:
        return self.state in HOLDS


@dataclass(frozen=True, slots=True)
class Request:
    """A journey; `note` is the key under which it was made."""

    id: int
    rider: int
    state: str
    note: str


@dataclass(frozen=True, slots=True)
class Asking:
    """The card of a request put to the driver of an offer."""

    id: int
    offer: int
    request: int


@dataclass(frozen=True, slots=True)
class Tables:
    """One snapshot."""

    offers: list[Offer] = field(default_factory=list)
    legs: list[Leg] = field(default_factory=list)
    bookings: list[Booking] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    askings: list[Asking] = field(default_factory=list)


_TAKEN = ", ".join(f"'{kind}', taken_{kind}" for kind in KINDS)
_CARRIED = ", ".join(f"'{kind}', b.{kind}" for kind in KINDS)
_AGREED = "interval '10 minutes'"  # rides.bookings.diary: what somebody aboard loses at most to later riders
_LIVE = "SELECT id FROM rides_rideoffer WHERE state IN ('published', 'departed')"

_OFFERS = """
SELECT id, driver_id AS driver, state, note, tolls_cents, automatic, configurations, departs_at,
       (SELECT max(planned_at) FROM rides_stop WHERE offer_id = o.id) AS arrives_at
FROM rides_rideoffer o"""
_LEGS = f"""
SELECT l.offer_id AS offer, s.sequence, json_build_object({_TAKEN}) AS taken
FROM rides_leg l JOIN rides_stop s ON s.id = l.start_id"""
_BOOKINGS = f"""
SELECT b.id, b.offer_id AS offer, b.rider_id AS rider, b.request_id AS request, b.state, b.reason,
       json_build_object({_CARRIED}) AS carried, p.sequence AS pickup, d.sequence AS dropoff,
       b.latest_pickup_at - {_AGREED} AS starts_at, b.latest_dropoff_at - {_AGREED} AS ends_at, b.may_leave_freely
FROM rides_booking b LEFT JOIN rides_stop p ON p.id = b.pickup_id LEFT JOIN rides_stop d ON d.id = b.dropoff_id"""


def read_room(connection: psycopg.Connection[Any]) -> Tables:
    """Only what tells how full the cars are that people count on now."""
    with _snapshot(connection):
        return Tables(
            _rows(connection, Offer, f"{_OFFERS} WHERE id IN ({_LIVE})"),
            _rows(connection, Leg, f"{_LEGS} WHERE l.offer_id IN ({_LIVE})"),
            _rows(connection, Booking, f"{_BOOKINGS} WHERE b.offer_id IN ({_LIVE})"),
        )


def read(connection: psycopg.Connection[Any]) -> Tables:
    """Everything."""
    with _snapshot(connection):
        return Tables(
            _rows(connection, Offer, _OFFERS),
            _rows(connection, Leg, _LEGS),
            _rows(connection, Booking, _BOOKINGS),
            _rows(connection, Request, "SELECT id, rider_id AS rider, state, note FROM rides_riderequest"),
            _rows(connection, Asking, "SELECT id, offer_id AS offer, request_id AS request FROM rides_asking"),
        )


def read_jobs(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many there are in each state."""
    query = "SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1 ORDER BY 1"
    return dict(connection.execute(query).fetchall())


def _snapshot(connection: psycopg.Connection[Any]) -> Any:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    return connection.transaction()


def _rows(connection: psycopg.Connection[Any], kind: type[Any], query: str) -> list[Any]:
    with connection.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query).fetchall()
