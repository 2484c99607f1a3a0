"""The rows of live offers: written once, then only read until nobody looks at them any more.

An offer that changes gets new rows. Rows are handed out again when every search that could see them has ended.
"""

from collections import defaultdict
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.capacity import KINDS
from routing.matching.fleet import COUNT, FIRST, OFFER_COLUMNS, STOP_COLUMNS, WAY_FIRST, WAYS, Fleet

MANY_OFFERS = 2**20
"""Room asked of the system at first, and for four stops each; memory is only taken when it is written to."""
_LINE = 64


class Rows(NamedTuple):
    """The offers' plans, and what is asked about their stops more seldom."""

    fleet: Fleet
    point: NDArray[np.float64]
    """[stops, 2] degrees"""
    dm: NDArray[np.int32]
    """[stops, 3] decimetres that go with REST, REST_BACK and ACCESS"""


class Store:
    """Rows with free ones among them. Only one thread writes."""

    def __init__(self, reserved: int = MANY_OFFERS) -> None:
        self.rows = Rows(
            Fleet(
                _lines(reserved, OFFER_COLUMNS, np.int64),
                _lines(4 * reserved, STOP_COLUMNS, np.int32),
                _lines(4 * reserved, len(KINDS), np.int32),
                _lines(reserved, len(KINDS), np.int32),
            ),
            _lines(4 * reserved, 2, np.float64),
            _lines(4 * reserved, 3, np.int32),
        )
        self._free_offers: list[int] = []
        self._free_stops: dict[int, list[int]] = defaultdict(list)
        self._offers = self._stops = self._ways = 0
        self._known_ways: dict[bytes, int] = {}
        self._new_ways: list[tuple[NDArray[np.int32], int]] = []

    def write(self, new: Rows) -> NDArray[np.int32]:
        """Put offers that are lined up into free rows; their slots."""
        fleet = new.fleet
        offers = len(fleet.offer)
        slots = np.array([self._offer_row() for _ in range(offers)], np.int32)
        firsts = np.array([self._stop_rows(n) for n in fleet.offer[:, COUNT].tolist()], np.int64)
        way_firsts = np.array([self._way_rows(fleet, row) for row in range(offers)], np.int64)
        self._make_room()
        rows = self.rows
        count = fleet.offer[:, COUNT]
        stops = np.repeat(firsts - fleet.offer[:, FIRST], count) + np.arange(count.sum())
        rows.fleet.stop[stops] = fleet.stop
        rows.fleet.taken[stops] = fleet.taken
        rows.point[stops] = new.point
        rows.dm[stops] = new.dm
        rows.fleet.offer[slots] = fleet.offer
        rows.fleet.offer[slots, FIRST] = firsts
        rows.fleet.offer[slots, WAY_FIRST] = way_firsts
        for way, first in self._new_ways:
            rows.fleet.ways[first : first + len(way)] = way
        self._new_ways.clear()
        return slots

    def free(self, slot: int) -> None:
        """Hand out the rows of an offer again, which nobody looks at any more."""
        offer = self.rows.fleet.offer[slot]
        self._free_stops[int(offer[COUNT])].append(int(offer[FIRST]))
        self._free_offers.append(slot)

    def _offer_row(self) -> int:
        if self._free_offers:
            return self._free_offers.pop()
        self._offers += 1
        return self._offers - 1

    def _stop_rows(self, count: int) -> int:
        if self._free_stops[count]:
            return self._free_stops[count].pop()
        self._stops += count
        return self._stops - count

    def _way_rows(self, fleet: Fleet, row: int) -> int:
        """Cars that can be set up in the same ways share them."""
        first, count = fleet.offer[row, WAY_FIRST], fleet.offer[row, WAYS]
        ways = fleet.ways[first : first + count]
        key = ways.tobytes()
        if key not in self._known_ways:
            self._known_ways[key] = self._ways
            self._new_ways.append((ways, self._ways))
            self._ways += len(ways)
        return self._known_ways[key]

    def _make_room(self) -> None:
        """Copy what is there into more room; searches go on in the old one, which is not written to again."""
        fleet = self.rows.fleet
        self.rows = Rows(
            Fleet(
                _roomy(fleet.offer, self._offers),
                _roomy(fleet.stop, self._stops),
                _roomy(fleet.taken, self._stops),
                _roomy(fleet.ways, self._ways),
            ),
            _roomy(self.rows.point, self._stops),
            _roomy(self.rows.dm, self._stops),
        )


def _roomy(rows: NDArray[Any], needed: int) -> NDArray[Any]:
    if needed <= len(rows):
        return rows
    larger = _lines(2 * needed, rows.shape[1], rows.dtype)
    larger[: len(rows)] = rows
    return larger


def _lines(count: int, columns: int, kind: Any) -> NDArray[Any]:
    """Rows that begin where a line of the processor's cache does, so that one of 64 bytes is read at once."""
    size = count * columns * np.dtype(kind).itemsize
    raw = np.empty(size + _LINE, np.uint8)
    begin = -raw.ctypes.data % _LINE
    rows: NDArray[Any] = raw[begin : begin + size].view(kind).reshape(count, columns)
    return rows
