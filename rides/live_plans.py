"""The plans of live offers. A search looks at all of them, and few have changed since the last one: the others are not
read again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import QuerySet

from rides import planner
from rides.models import RideOffer
from routing import plan

KEPT = 20_000
"""Plans in one process, some 2 kB each; with more it begins anew."""
TRIES = 3

_read: dict[int, tuple[int, plan.VehiclePlan]] = {}
"""By offer: version, and the plan of that version. Every change of a plan gives its offer another version."""


@dataclass(frozen=True, slots=True)
class Live:
    """An offer as a search looks at it."""

    offer_id: int
    driver_id: int
    version: int
    plan: plan.VehiclePlan


def look_at(offers: QuerySet[RideOffer]) -> list[Live]:
    """All of these offers, with their plans; in one query where none has changed."""
    rows = list(offers.order_by().values_list("pk", "driver_id", "version"))
    unread = [pk for pk, _driver, version in rows if _read.get(pk, (None,))[0] != version]
    fresh = {offer.pk: (offer.version, planner.plan_of(offer)) for offer in _with_stops(unread)}
    if not connection.in_atomic_block:  # what is seen within a transaction may never have been
        if len(_read) + len(fresh) > KEPT:
            _read.clear()
        _read.update(fresh)
    known = {pk: _read[pk] for pk, _driver, _version in rows if pk in _read} | fresh
    return [Live(pk, driver, *known[pk]) for pk, driver, _version in rows if pk in known]


def rank(live: Sequence[Live], trip: plan.TripRequest, k: int) -> list[tuple[RideOffer, plan.Insertion]]:
    """The best `k` ways to take `trip` along, each with its offer (`rides.planner.with_plan`), which stands as ranked.

    Where one has changed since the look it is judged as it is now; one that is no longer published is left out.
    """
    plans = {one.offer_id: one for one in live}
    for _ in range(TRIES):
        found = planner.rank([one.plan for one in plans.values()], trip, k)
        rows = {offer.pk: offer for offer in _with_stops([insertion.offer_id for insertion in found])}
        changed = [pk for pk in (one.offer_id for one in found) if not _stands(rows.get(pk), plans[pk])]
        if not changed:
            break
        for pk in changed:
            offer, before = rows.get(pk), plans.pop(pk)
            if offer is not None and offer.state == RideOffer.State.PUBLISHED:
                plans[pk] = replace(before, version=offer.version, plan=planner.plan_of(offer))
    return [(rows[one.offer_id], one) for one in found if one.offer_id not in changed]


def _stands(offer: RideOffer | None, ranked: Live) -> bool:
    return offer is not None and offer.version == ranked.version


def _with_stops(offer_ids: Sequence[int]) -> list[RideOffer]:
    if not offer_ids:
        return []
    return list(
        planner.with_plan(RideOffer.objects.filter(pk__in=offer_ids)).select_related("driver", "vehicle", "way_back")
    )
