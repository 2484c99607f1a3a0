"""The index of all live offers in this process, and how it follows the database.

Each write of an offer keeps the transaction that made it (`changed_xid`, by a trigger). Before a search the offers of
all transactions that were not over at the last look are read again: none is missed, however long its transaction took,
and what is read twice has the version it had. The best that were found are confirmed on their rows.

Whoever looks from within a transaction sees what it wrote itself beside the index, which never hears of it before it
is committed.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, connection

from rides import found_rows, live_rows, streets
from rides.live_rows import Changes, LiveOffer
from rides.models import RideOffer
from routing import plan
from routing.errors import RoutingError
from routing.matching.terms import USUAL

if TYPE_CHECKING:
    from routing.matching.index import HourlyIndex, Who

logger = logging.getLogger(__name__)

TRIES = 3
"""So often what changes between look and answer is looked at again; then it is left out."""
TIDIED_EVERY_S = 600
TO_BE_THERE = replace(USUAL, weight_wait=0.0)
"""Who has to be there by an hour may leave home late: a ride that comes later has cost her nothing."""

Way = tuple[RideOffer, plan.Insertion]


def best(
    trip: plan.TripRequest,
    who: "Who",
    k: int,
    *,
    departs_from_s: int,
    only_drivers: Set[int] | None = None,
    without_drivers: Set[int] = frozenset(),
) -> list[Way]:
    """The best `k` ways to take `trip` along over all live offers that `who` may see, each with its offer.

    The offers come with their plans (`found_rows.read`) and stand as ranked; those that left before
    `departs_from_s` are left out. Only drivers among `only_drivers`, if given, and none of `without_drivers`.
    """
    follower, met = _follower(), streets.at_the_kerb(trip)
    choice = {
        "departs_from_s": departs_from_s,
        "only": only_drivers,
        "without": without_drivers,
        "terms": TO_BE_THERE if trip.arrive_earliest_s or trip.arrive_latest_s < plan.NEVER_S else USUAL,
    }
    deleted: set[int] = set()
    tries = TRIES
    while True:
        look = follower.look()
        found = look.search(met, who, k, deleted, **choice)
        rows = found_rows.read([one.offer_id for one in found])
        changed = {one.offer_id for one in found if not look.stands(one.offer_id, rows)}
        gone = changed - rows.keys()
        tries -= not gone
        if not changed or not tries:
            return [_named(rows[one.offer_id], one) for one in found if one.offer_id not in changed]
        if gone:
            deleted |= gone
            follower.forget_deleted()


def _named(offer: RideOffer, found: plan.Insertion) -> Way:
    """With the names of its stops, which the index does not keep."""
    stops = [streets.public(stop.place) for stop in offer.stops.all()]
    if found.pickup_is_stop:
        found = replace(found, pickup=stops[found.pickup_sequence])
    if found.dropoff_is_stop:
        found = replace(found, dropoff=stops[found.dropoff_sequence - (not found.pickup_is_stop)])
    return offer, found


def who(person_id: int | None, *, hidden: Iterable[int] = (), neighbours: Iterable[int] = ()) -> "Who":
    """Who asks: whose offers she does not see, and whose she does though they are for their community only."""
    from routing.matching.index import Who

    return Who(person_id, frozenset(hidden), frozenset(neighbours))


def warm_up() -> None:
    """Load all live offers now, and the engine's machine code: nobody's first search waits for it."""
    from routing.building import warm_up as compile_all

    began = time.monotonic()
    try:
        compile_all(streets.the_region())
        offers = len(_follower().look().index)
    except (DatabaseError, RoutingError, OSError) as error:
        logger.warning("The first search will have to load the live offers: %s", error)
    else:
        logger.info("%d live offers loaded in %.1f s", offers, time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class Look:
    """The index as of one look, and what the transaction we are in wrote: offers that are live, and those it hides."""

    follower: "Follower"
    index: "HourlyIndex"
    number: int
    own: "HourlyIndex | None"
    own_ids: frozenset[int]

    def search(
        self, met: plan.TripRequest, who: "Who", k: int, deleted: Set[int], **choice: Any
    ) -> list[plan.Insertion]:
        """The best `k` of both."""
        aside = self.own_ids | deleted
        found = self.index.search(met, who, k + len(aside), **choice)
        if not aside:
            return found
        found = [one for one in found if one.offer_id not in aside]
        if self.own is not None:
            found += self.own.search(met, who, k, **choice)
        return sorted(found, key=lambda one: (one.score_s, one.offer_id))[:k]

    def stands(self, offer_id: int, rows: dict[int, RideOffer]) -> bool:
        """Whether the row is of the version that was searched, and no other thread has put a newer one since."""
        row, index = rows.get(offer_id), self.own if offer_id in self.own_ids else self.index
        if row is None or index is None or index.version(offer_id) != row.version:
            return False
        return offer_id in self.own_ids or self.follower.changed.get(offer_id, 0) <= self.number


class Follower:
    """Keeps one index of one region up to date with one database, for all threads of the process."""

    def __init__(self) -> None:
        self.index: HourlyIndex
        self.changed: dict[int, int] = {}
        """By offer, the number of the look that put it, if it was not there when all were loaded."""
        self._departs_s: dict[int, int] = {}
        self._mark, self._tidy_at = "", 0.0
        self._begun = self._done = 0
        self._lock = threading.Lock()

    def look(self) -> Look:
        """Read what has changed. Of threads that come at once one looks for all who waited before it began."""
        came = self._begun
        with self._lock:
            if connection.in_atomic_block:
                return self._look_within()
            if self._done <= came:
                self._begun += 1
                changes = self._changes()
                self._apply(changes)
                self._mark, self._done = changes.mark, self._begun
                self._tidy()
            return Look(self, self.index, self._done, None, frozenset())

    def _look_within(self) -> Look:
        """The mark stays where it was: what our own writes hide for now has to be read by a later look."""
        self._begun += 1
        changes = self._changes()
        self._apply(changes, but=changes.own)
        own = None
        if changes.own:
            own = _new_index()
            own.put_many(map(_row, live_rows.live_among(changes.own & changes.live.keys())))
        return Look(self, self.index, self._begun, own, changes.own)

    def _changes(self) -> Changes:
        """What there is to read; all is, at first, and when the database is another one than it was."""
        mark = self._mark or self._load()
        changes = live_rows.changed_since(mark)
        if int(changes.mark) < int(mark):  # put back from a backup
            changes = live_rows.changed_since(self._load())
        return changes

    def _load(self) -> str:
        """All live offers; the mark from which on to look for more."""
        mark, index, departs_s = live_rows.mark(), _new_index(), {}

        def rows() -> Iterator[tuple[plan.VehiclePlan, int, bool, int, int]]:
            for offer in live_rows.all_live():
                departs_s[offer.plan.offer_id] = offer.departs_s
                yield _row(offer)

        index.put_many(rows())
        self.index, self.changed, self._departs_s = index, {}, departs_s
        return mark

    def _apply(self, changes: Changes, but: Set[int] = frozenset()) -> None:
        self._drop(changes.gone - but)
        unread = {pk for pk, version in changes.live.items() if pk not in but and self.index.version(pk) != version}
        for offer in live_rows.live_among(unread):
            pk = offer.plan.offer_id
            self.index.put(offer.plan, driver_id=offer.driver_id, public=offer.public, version=offer.version)
            self.changed[pk], self._departs_s[pk] = self._begun, offer.departs_s
            unread.remove(pk)
        self._drop(unread)

    def forget_deleted(self) -> None:
        """A row that is deleted is no change of it. That is rare: then all that we have are held against the table."""
        if connection.in_atomic_block:
            return
        with self._lock:
            self._drop(self._departs_s.keys() - live_rows.live_ids())

    def _tidy(self) -> None:
        """No row is written only because its day is over."""
        now_s = time.time()
        if now_s > self._tidy_at:
            self._tidy_at = now_s + TIDIED_EVERY_S
            self._drop({pk for pk, departs_s in self._departs_s.items() if departs_s < now_s - live_rows.KEPT_S})

    def _drop(self, offer_ids: Set[int]) -> None:
        for pk in offer_ids:
            self.index.remove(pk)
            self.changed.pop(pk, None)
            self._departs_s.pop(pk, None)


_here: dict[Any, Follower] = {}
_making = threading.Lock()


def _follower() -> Follower:
    """That of this process, for the database and the region which it has now."""
    key = (connection.settings_dict["NAME"], settings.REGION_DIR)
    with _making:
        if key not in _here:
            _here.clear()
            _here[key] = Follower()
        return _here[key]


def _new_index() -> "HourlyIndex":
    from routing.matching.index import HourlyIndex

    return HourlyIndex(streets.the_region())


def _row(offer: LiveOffer) -> tuple[plan.VehiclePlan, int, bool, int, int]:
    return offer.plan, offer.driver_id, offer.public, offer.version, 0
