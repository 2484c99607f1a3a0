"""Live offers as plans, straight from the tables: the same as `rides.planner.plan_of`, without a model for each row.

A hundred thousand offers are some 350,000 stops; they come in one pass, a few thousand rows at a time.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from django.db import connection

from rides.models import RideOffer
from routing.capacity import KINDS
from routing.plan import NEVER_S, Configuration, Place, PlannedLeg, PlannedStop, VehiclePlan

AT_A_TIME = 5_000
"""Rows in memory while all are read."""
KEPT_S = 86_400
"""So long after it left a ride that nobody started or called off is not looked at any more."""
PUBLIC, COMMUNITY = RideOffer.Audience.PUBLIC.value, RideOffer.Audience.COMMUNITY.value
LIVE = f"""
    (offer.state = '{RideOffer.State.PUBLISHED.value}' AND offer.audience IN ('{PUBLIC}', '{COMMUNITY}')
     AND offer.departs_at > now() - interval '{KEPT_S} s')
"""
"""What a search may find at all; who may see it is asked with each search."""

MARK = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text"
CHANGED = f"""
    WITH look AS (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS mark, pg_current_xact_id_if_assigned() AS own)
    SELECT look.mark::text, offer.id, offer.version, {LIVE}, coalesce(offer.changed_xid = look.own, FALSE)
    FROM look LEFT JOIN rides_rideoffer offer ON offer.changed_xid >= %s::xid8
"""
NOT_OWN = "offer.changed_xid IS DISTINCT FROM pg_current_xact_id_if_assigned()"
_OFFER = (
    "offer.id, offer.driver_id, offer.version, offer.audience, extract(epoch FROM offer.departs_at)::bigint,"
    " offer.configurations::text, offer.empty_s, offer.empty_m, offer.max_detour_s, offer.max_detour_m,"
    " offer.flexibility_s"
)
_STOP = (
    "place.public_lat, place.public_lon, place.public_label, place.site_key,"
    " floor(extract(epoch FROM stop.planned_at))::bigint, stop.dwell_s,"
    f" coalesce(floor(extract(epoch FROM stop.promised_at))::bigint, {NEVER_S})"
)
_LEG = f"leg.duration_s, leg.distance_m, {', '.join(f'leg.taken_{kind}' for kind in KINDS)}"
PLANS = f"""
    SELECT {_OFFER}, {_STOP}, {_LEG}
    FROM rides_rideoffer offer
    JOIN rides_stop stop ON stop.offer_id = offer.id
    JOIN accounts_place place ON place.id = stop.place_id
    LEFT JOIN rides_leg leg ON leg.start_id = stop.id
    WHERE {LIVE} {{only}}
    ORDER BY offer.id, stop.sequence
"""
_STOP_AT, _LEG_AT = _OFFER.count(",") + 1, _OFFER.count(",") + 1 + 7


class LiveOffer(NamedTuple):
    """An offer as the index keeps it."""

    plan: VehiclePlan
    driver_id: int
    public: bool
    version: int
    departs_s: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What was written since a mark: offers that are live, by version, and those that are not (any more).

    `own` were written by the transaction we are in: nobody else may see them, now or perhaps ever.
    """

    mark: str
    live: dict[int, int]
    gone: frozenset[int]
    own: frozenset[int]


def mark() -> str:
    """Where to look on from next time: whatever is not in the tables yet will have been written later than this."""
    with connection.cursor() as cursor:
        cursor.execute(MARK)
        return str(cursor.fetchone()[0])


def changed_since(mark: str) -> Changes:
    """All offers that transactions wrote which were not over at `mark`, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED, [mark])
        rows = cursor.fetchall()
    written = [row[1:] for row in rows if row[1] is not None]
    return Changes(
        mark=rows[0][0],
        live={pk: version for pk, version, live, _own in written if live},
        gone=frozenset(pk for pk, _version, live, _own in written if not live),
        own=frozenset(pk for pk, _version, _live, own in written if own),
    )


def all_live() -> Iterator[LiveOffer]:
    """Every live offer that is committed."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(PLANS.format(only=f"AND {NOT_OWN}"))
        yield from _offers(_rows(cursor))


def live_ids() -> set[int]:
    """Which offers are live."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT offer.id FROM rides_rideoffer offer WHERE {LIVE}")
        return {pk for (pk,) in cursor.fetchall()}


def live_among(offer_ids: Collection[int]) -> list[LiveOffer]:
    """Those of these offers that are live."""
    if not offer_ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(PLANS.format(only="AND offer.id = ANY (%s)"), [list(offer_ids)])
        return list(_offers(cursor.fetchall()))


def _rows(cursor: Any) -> Iterator[Sequence[Any]]:
    while rows := cursor.fetchmany(AT_A_TIME):
        yield from rows


def _offers(rows: Any) -> Iterator[LiveOffer]:
    for _pk, line in groupby(rows, itemgetter(0)):
        yield _offer(list(line))


def _offer(line: Sequence[Sequence[Any]]) -> LiveOffer:
    """One offer of the rows of its stops, in order."""
    (pk, driver_id, version, audience, departs_s, configurations, *limits) = line[0][:_STOP_AT]
    empty_s, empty_m, max_detour_s, max_detour_m, flexibility_s = limits
    stops = []
    for row in line:
        lat, lon, label, site_key, at_s, dwell_s, latest_s = row[_STOP_AT:_LEG_AT]
        stops.append(PlannedStop(Place(lat, lon, label, "", site_key), at_s, dwell_s, latest_s))
    plan = VehiclePlan(
        offer_id=pk,
        stops=tuple(stops),
        legs=tuple(_leg(*row[_LEG_AT:]) for row in line[:-1]),
        configurations=_configurations(configurations),
        empty_s=empty_s,
        empty_m=empty_m,
        max_detour_s=max_detour_s,
        max_detour_m=max_detour_m,
        flexibility_s=flexibility_s,
    )
    return LiveOffer(plan, driver_id, audience == PUBLIC, version, departs_s)


def _leg(duration_s: int, distance_m: int, *taken: int) -> PlannedLeg:
    if not any(taken):
        return PlannedLeg(duration_s, distance_m)
    return PlannedLeg(duration_s, distance_m, **{f"taken_{kind}": n for kind, n in zip(KINDS, taken, strict=True)})


@lru_cache(maxsize=10_000)
def _configurations(text: str) -> tuple[Configuration, ...]:
    """Few kinds of cars carry most people."""
    return tuple(Configuration(**way) for way in json.loads(text))
