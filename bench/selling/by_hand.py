"""The peer: the rows of a booking written by plain SQL, without a site."""

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

LOCK = "SELECT id FROM rides_rideoffer WHERE id = %s FOR NO KEY UPDATE"
TAKE = """
    UPDATE rides_leg SET taken_seats = taken_seats + 1
    FROM rides_stop start, rides_booking model, rides_stop gets_on, rides_stop gets_off
    WHERE start.id = rides_leg.start_id AND rides_leg.offer_id = model.offer_id AND model.id = %s
        AND gets_on.id = model.pickup_id AND gets_off.id = model.dropoff_id
        AND start.sequence >= gets_on.sequence AND start.sequence < gets_off.sequence
"""
CHANGED = "UPDATE rides_rideoffer SET version = version + 1 WHERE id = %s"


def seller(connection: psycopg.Connection[Any]) -> Callable[[int], int]:
    """Books once more what a booking has: locks the ride, takes a seat on every leg, writes a journey and a booking.

    Nothing is authenticated, searched, judged, priced, told or rendered.
    """
    copy_request = _copying(connection, "rides_riderequest", {})
    copy_booking = _copying(connection, "rides_booking", {"request_id": "%(request)s"})

    def sell(model_id: int) -> int:
        with connection.transaction():
            row = connection.execute("SELECT offer_id, request_id FROM rides_booking WHERE id = %s", [model_id])
            offer_id, request_id = row.fetchone() or (0, 0)
            connection.execute(LOCK, [offer_id])
            connection.execute(TAKE, [model_id])
            [new_request] = connection.execute(copy_request, {"id": request_id}).fetchone() or (0,)
            [booking_id] = connection.execute(copy_booking, {"id": model_id, "request": new_request}).fetchone() or (0,)
            connection.execute(CHANGED, [offer_id])
        return int(booking_id)

    return sell


def _copying(connection: psycopg.Connection[Any], table: str, other: dict[str, str]) -> sql.Composed:
    """An INSERT of a copy of row `%(id)s`, with some columns set to other things."""
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND column_name <> 'id'", [table]
    )
    names = [name for (name,) in found]
    values = [sql.SQL(other[name]) if name in other else sql.Identifier(name) for name in names]  # type: ignore[arg-type]
    return sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} WHERE id = %(id)s RETURNING id").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(values),
        sql.Identifier(table),
    )
