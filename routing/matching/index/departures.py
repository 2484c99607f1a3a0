"""Offers by the hour they leave, in chunks that are never written to: a search keeps those it began with.

Trips of about the same length share a bucket, for a car that is still on its way left no longer ago than the longest of
them takes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_IN_A_CHUNK = 1024
_NOBODY = np.empty(0, np.int32)


class Chunk(NamedTuple):
    """Offers that leave one after the other."""

    departs_s: NDArray[np.int64]
    slot: NDArray[np.int32]


class Bucket(NamedTuple):
    """Chunks in order, and when the first car of each leaves."""

    starts: tuple[int, ...]
    chunks: tuple[Chunk, ...]


EMPTY = Bucket((), ())


class Departures(NamedTuple):
    """Bucket `b` holds the trips that take less than `2 ** b` seconds, and not less than half of that."""

    buckets: tuple[Bucket, ...] = (EMPTY,) * 40

    def between(self, on_the_way_s: int, leaves_by_s: int, leaves_from_s: int) -> NDArray[np.int32]:
        """Slots of all that leave by `leaves_by_s`, not before `leaves_from_s`, and may be on the way at the first."""
        found: list[NDArray[np.int32]] = []
        for number, bucket in enumerate(self.buckets):
            since_s = max(on_the_way_s - 2**number, leaves_from_s)
            if not bucket.chunks or since_s > leaves_by_s:
                continue
            first = max(bisect_right(bucket.starts, since_s - 1) - 1, 0)
            last = bisect_right(bucket.starts, leaves_by_s)
            for chunk in bucket.chunks[first:last]:
                begin = np.searchsorted(chunk.departs_s, since_s) if chunk.departs_s[0] < since_s else 0
                end = len(chunk.slot)
                if chunk.departs_s[-1] > leaves_by_s:
                    end = int(np.searchsorted(chunk.departs_s, leaves_by_s, side="right"))
                found.append(chunk.slot[begin:end])
        return np.concatenate(found) if found else _NOBODY

    def with_one(self, departs_s: int, ends_s: int, slot: int) -> "Departures":
        """Another offer."""
        number = bucket_of(departs_s, ends_s)
        starts, chunks = self.buckets[number]
        at = max(bisect_right(starts, departs_s) - 1, 0)
        old = chunks[at] if chunks else Chunk(np.empty(0, np.int64), _NOBODY)
        row = int(np.searchsorted(old.departs_s, departs_s, side="right"))
        new = Chunk(np.insert(old.departs_s, row, departs_s), np.insert(old.slot, row, np.int32(slot)))
        return self._replaced(number, at, _halves(new))

    def without(self, departs_s: int, ends_s: int, slot: int) -> "Departures":
        """One offer fewer."""
        number = bucket_of(departs_s, ends_s)
        starts, chunks = self.buckets[number]
        at = max(bisect_left(starts, departs_s) - 1, 0)
        while True:  # several chunks may begin with that hour
            row = np.flatnonzero(chunks[at].slot == slot)
            if len(row):
                break
            at += 1
        left = Chunk(np.delete(chunks[at].departs_s, row), np.delete(chunks[at].slot, row))
        return self._replaced(number, at, [left] if len(left.slot) else [])

    def with_many(
        self, departs_s: NDArray[np.int64], ends_s: NDArray[np.int64], slot: NDArray[np.int32]
    ) -> "Departures":
        """Many more at once."""
        buckets = list(self.buckets)
        numbers = np.array(
            [bucket_of(*times) for times in zip(departs_s.tolist(), ends_s.tolist(), strict=True)], np.int8
        )
        for number in np.unique(numbers).tolist():
            new = numbers == number
            old = buckets[number].chunks
            all_departs = np.concatenate([*(chunk.departs_s for chunk in old), departs_s[new]])
            all_slots = np.concatenate([*(chunk.slot for chunk in old), slot[new]])
            order = np.argsort(all_departs, kind="stable")
            step = MOST_IN_A_CHUNK // 2
            chunks = [
                Chunk(all_departs[order[k : k + step]], all_slots[order[k : k + step]])
                for k in range(0, len(order), step)
            ]
            buckets[number] = _bucket(chunks)
        return Departures(tuple(buckets))

    def _replaced(self, number: int, at: int, new: list[Chunk]) -> "Departures":
        chunks = self.buckets[number].chunks
        starts = self.buckets[number].starts
        bucket = Bucket(
            (*starts[:at], *(int(chunk.departs_s[0]) for chunk in new), *starts[at + 1 :]),
            (*chunks[:at], *new, *chunks[at + 1 :]),
        )
        return Departures((*self.buckets[:number], bucket, *self.buckets[number + 1 :]))


def bucket_of(departs_s: int, ends_s: int) -> int:
    """The bucket of trips that may take that long."""
    return max(ends_s - departs_s, 0).bit_length()


def _bucket(chunks: Iterable[Chunk]) -> Bucket:
    chunks = tuple(chunks)
    return Bucket(tuple(int(chunk.departs_s[0]) for chunk in chunks), chunks)


def _halves(chunk: Chunk) -> list[Chunk]:
    if len(chunk.slot) <= MOST_IN_A_CHUNK:
        return [chunk]
    half = len(chunk.slot) // 2
    return [Chunk(chunk.departs_s[:half].copy(), chunk.slot[:half].copy()),
            Chunk(chunk.departs_s[half:].copy(), chunk.slot[half:].copy())]  # fmt: skip
