"""One look at all tables: plain numbers and texts, in one query, as the model keeps them."""

import json
from typing import Any

from django.db import connection

_SELECTS = {
    "offers": """
        SELECT id, driver_id AS driver, state, plan_version, version, flexibility_s, configurations AS ways,
               EXTRACT(EPOCH FROM departs_at)::bigint AS departs,
               EXTRACT(EPOCH FROM reserved_until)::bigint AS reserved,
               purpose, cost_cents_per_km, tolls_cents, already_aboard, open_ended
        FROM rides_rideoffer""",
    "stops": """
        SELECT stop.id, stop.offer_id AS offer, stop.sequence, EXTRACT(EPOCH FROM stop.planned_at)::bigint AS at,
               EXTRACT(EPOCH FROM stop.promised_at)::bigint AS promised,
               stop.dwell_s AS dwell, leg.id IS NOT NULL AS has_leg, leg.distance_m,
               leg.taken_seats AS seats, leg.taken_child_seats AS child_seats, leg.taken_wheelchairs AS wheelchairs,
               leg.taken_litres AS litres, leg.taken_roof_kg AS roof_kg, leg.taken_length_cm AS length_cm
        FROM rides_stop stop LEFT JOIN rides_leg leg ON leg.start_id = stop.id
        ORDER BY stop.offer_id, stop.sequence""",
    "bookings": """
        SELECT id, offer_id AS offer, rider_id AS rider, request_id AS request, state, reason, version, price_cents,
               pickup_id AS pickup, dropoff_id AS dropoff, standing_id AS standing,
               may_leave_freely AS free, accepted_at IS NOT NULL AS accepted,
               boarded_at IS NOT NULL AS boarded,
               seats, child_seats, wheelchairs, litres, roof_kg, length_cm,
               EXTRACT(EPOCH FROM pickup_at)::bigint AS pickup_at, EXTRACT(EPOCH FROM dropoff_at)::bigint AS dropoff_at,
               EXTRACT(EPOCH FROM latest_pickup_at)::bigint AS latest_pickup_at,
               EXTRACT(EPOCH FROM latest_dropoff_at)::bigint AS latest_dropoff_at,
               EXTRACT(EPOCH FROM held_until)::bigint AS held_until,
               EXTRACT(EPOCH FROM deadline_at)::bigint AS deadline
        FROM rides_booking""",
    "requests": """
        SELECT id, rider_id AS rider, state, version, return_of_id AS return_of, both_or_none AS both,
               stage, EXTRACT(EPOCH FROM widens_at)::bigint AS widens_at,
               EXTRACT(EPOCH FROM latest_at)::bigint AS latest
        FROM rides_riderequest""",
    "cards": "SELECT id, request_id AS request, offer_id AS offer, state FROM rides_asking",
    "entries": """
        SELECT id, offer_id AS offer, request_id AS request, state, booking_id AS booking
        FROM rides_waitingentry ORDER BY created_at, id""",
    "streams": """
        SELECT person_id AS id, head, (SELECT COUNT(*) FROM realtime_event WHERE stream_id = person_id) AS events,
               (SELECT COALESCE(MAX(seq), 0) FROM realtime_event WHERE stream_id = person_id) AS last
        FROM realtime_stream""",
    "events": "SELECT id, stream_id AS person, kind, refs FROM realtime_event WHERE id > %s ORDER BY id",
}
_QUERY = "SELECT " + ", ".join(
    f"(SELECT COALESCE(json_agg(found), '[]') FROM ({select}) found)" for select in _SELECTS.values()
)

Tables = dict[str, dict[int, dict[str, Any]]]
"""By name of the table, and by id."""


def look(after_event: int = 0) -> Tables:
    """All that there is, and the events since `after_event`."""
    with connection.cursor() as cursor:
        cursor.execute(_QUERY, [after_event])
        answers = cursor.fetchone()
    tables = {}
    for name, rows in zip(_SELECTS, answers, strict=True):
        tables[name] = {row["id"]: row for row in (json.loads(rows) if isinstance(rows, str) else rows)}
    return tables
