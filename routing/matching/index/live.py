"""The live index: all offers of a region, changed one at a time, searched exactly by many threads.

A search works on the rows and departures as they were when it began; whoever changes an offer writes new rows first and
then puts new departures in place of the old ones, so nobody sees half an offer. Kernels run without the GIL.
"""

import threading
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.checks import check_plan, check_request, check_terms
from routing.matching.fleet import CELL, DEPARTS, DRIVER, ENDS, FLAGS, PLOT, VERSION, line_up
from routing.matching.index.departures import Departures
from routing.matching.index.ground import Ground
from routing.matching.index.roads import write_snaps
from routing.matching.index.screening import PUBLIC, Sight
from routing.matching.index.searching import Sighted, search
from routing.matching.index.store import MANY_OFFERS, Rows, Store
from routing.matching.index.who import Who
from routing.matching.terms import USUAL, Terms
from routing.plan import Insertion, TripRequest, VehiclePlan
from routing.region import Region

IN_BULK = 50_000
"""Offers that are written at once when there are many."""

Row = tuple[VehiclePlan, int, bool, int, int]
"""Plan, driver's id, whether everybody sees it, version, flags."""


class _View(NamedTuple):
    """What a search sees; replaced as a whole."""

    number: int
    rows: Rows
    departures: Departures


class LiveIndex:
    """Offers by their id. One thread at a time changes them (others wait), any number search."""

    def __init__(self, region: Region, *, reserved: int = MANY_OFFERS) -> None:
        """An empty index with room for `reserved` offers; with more of them it moves to a larger one."""
        self._ground = Ground.of(region)
        self._store = Store(reserved)
        self._view = _View(0, self._store.rows, Departures())
        self._slot: dict[int, int] = {}
        self._writing = threading.Lock()
        self._looking = threading.Lock()
        self._looks: dict[object, int] = {}
        self._gone: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._slot)

    def version(self, offer_id: int) -> int | None:
        """The version it was put in with, or None."""
        slot = self._slot.get(offer_id)
        return None if slot is None else int(self._store.rows.fleet.offer[slot, VERSION])

    def put(self, plan: VehiclePlan, *, driver_id: int, public: bool, version: int = 0, flags: int = 0) -> None:
        """Add an offer, or replace the one of that id; raises ValueError for a plan that means nothing."""
        self.put_many([(plan, driver_id, public, version, flags)])

    def put_many(self, rows: Iterable[Row]) -> None:
        """Many at once, which is much quicker; of several with one id the last counts."""
        rows = iter(rows)
        while part := {row[0].offer_id: row for row in islice(rows, IN_BULK)}:
            self._put(sorted(part.values(), key=lambda row: row[0].stops[0].at_s if row[0].stops else 0))

    def remove(self, offer_id: int) -> None:
        """Take an offer out; one that is not there is no error."""
        with self._writing:
            slot = self._slot.pop(offer_id, None)
            if slot is not None:
                self._show(self._without(self._view.departures, [slot]), [slot])

    def search(
        self,
        request: TripRequest,
        who: Who,
        k: int,
        *,
        terms: Terms = USUAL,
        departs_from_s: int | None = None,
        only: Collection[int] | None = None,
        without: Collection[int] = (),
    ) -> list[Insertion]:
        """The best way to serve `request` in each of the best `k` offers: the smallest score first, then the older.

        An empty list is an ordinary answer. Exact over all offers, positions and meeting points. `departs_from_s`
        leaves out cars that left before; `only` and `without` are drivers' ids. Raises ValueError for a request or
        terms that mean nothing.
        """
        check_request(request)
        check_terms(terms)
        if k < 1:
            return []
        sight = Sight(
            -1 if who.person_id is None else who.person_id,
            _sorted({*who.hidden, *without}),
            _sorted(who.neighbours),
            who.required,
            _sorted(only or ()),
            only is None,
        )
        with self._look() as view:
            seen = Sighted(view.rows, view.departures, sight, departs_from_s)
            return search(self._ground, self._ground.room(), seen, request, k, terms)

    def _put(self, rows: list[Row]) -> None:
        for row in rows:
            check_plan(row[0])
        new = self._lined_up(rows)
        offer = new.fleet.offer
        with self._writing:
            slots = self._store.write(new)
            old = [slot for row in rows if (slot := self._slot.get(row[0].offer_id)) is not None]
            departures = self._without(self._view.departures, old)
            if len(rows) == 1:
                departures = departures.with_one(int(offer[0, DEPARTS]), int(offer[0, ENDS]), int(slots[0]))
            else:
                departures = departures.with_many(offer[:, DEPARTS], offer[:, ENDS], slots)
            self._slot.update(zip((row[0].offer_id for row in rows), slots.tolist(), strict=True))
            self._show(departures, old)

    def _lined_up(self, rows: list[Row]) -> Rows:
        """The plans as rows that are not stored yet."""
        fleet = line_up([row[0] for row in rows])
        stops = len(fleet.stop)
        new = Rows(fleet, np.empty((stops, 2), np.float64), np.empty((stops, 3), np.int32))
        places = [stop.place for row in rows for stop in row[0].stops]
        snaps = self._ground.travel.snap_points(
            np.array([place.lat for place in places]), np.array([place.lon for place in places])
        )
        write_snaps(new, snaps)
        fleet.stop[:, CELL] = self._ground.cells.of_piece[np.maximum(snaps.piece, 0)]
        fleet.stop[:, PLOT] = self._ground.plots(snaps.point)
        fleet.offer[:, DRIVER] = [row[1] for row in rows]
        fleet.offer[:, FLAGS] = [row[4] | (PUBLIC if row[2] else 0) for row in rows]
        fleet.offer[:, VERSION] = [row[3] for row in rows]
        return new

    def _without(self, departures: Departures, slots: Iterable[int]) -> Departures:
        for slot in slots:
            offer = self._store.rows.fleet.offer[slot]
            departures = departures.without(int(offer[DEPARTS]), int(offer[ENDS]), slot)
        return departures

    def _show(self, departures: Departures, gone: Iterable[int]) -> None:
        """From now on searches see these; what no search sees any more is handed out again."""
        number = self._view.number + 1
        self._view = _View(number, self._store.rows, departures)
        self._gone += [(number, slot) for slot in gone]
        with self._looking:
            oldest = min(self._looks.values(), default=number)
        kept = 0
        for since, slot in self._gone:
            if since > oldest:
                break
            self._store.free(slot)
            kept += 1
        del self._gone[:kept]

    @contextmanager
    def _look(self) -> Iterator[_View]:
        """The offers as they are now; their rows stay as long as this lasts."""
        token = object()
        with self._looking:
            view = self._view
            self._looks[token] = view.number
        try:
            yield view
        finally:
            with self._looking:
                del self._looks[token]


def _sorted(numbers: Collection[int]) -> NDArray[np.int64]:
    return np.sort(np.fromiter(numbers, np.int64, len(numbers)))
