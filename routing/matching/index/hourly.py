"""The live offers of all hours: each is judged with the travel times of the hour in which it departs."""

from collections.abc import Collection, Iterable
from itertools import groupby, islice

from routing.matching.index.live import IN_BULK, LiveIndex, Row
from routing.matching.index.who import Who
from routing.matching.terms import USUAL, Terms
from routing.plan import Insertion, TripRequest, VehiclePlan
from routing.region import Region


class HourlyIndex:
    """As LiveIndex, over the profiles of the region's hours: an index for each in which an offer departs.

    Where all hours are the same, as in most searches at night, there is one, and it is asked alone.
    """

    def __init__(self, region: Region) -> None:
        self._region = region
        self._indexes: dict[int, LiveIndex] = {}
        self._profile: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._profile)

    def version(self, offer_id: int) -> int | None:
        """The version it was put in with, or None."""
        profile = self._profile.get(offer_id)
        return None if profile is None else self._indexes[profile].version(offer_id)

    def put(self, plan: VehiclePlan, *, driver_id: int, public: bool, version: int = 0, flags: int = 0) -> None:
        """Add an offer, or replace the one of that id; raises ValueError for a plan that means nothing."""
        self.put_many([(plan, driver_id, public, version, flags)])

    def put_many(self, rows: Iterable[Row]) -> None:
        """Many at once; of several with one id the last counts. An offer is in sight of a search before it moves."""
        rows = iter(rows)
        while part := {row[0].offer_id: row for row in islice(rows, IN_BULK)}:
            by_profile = sorted(part.values(), key=self._profile_of)
            for profile, group in groupby(by_profile, key=self._profile_of):
                self._put(profile, list(group))

    def _put(self, profile: int, rows: list[Row]) -> None:
        self._index(profile).put_many(rows)
        for row in rows:
            before = self._profile.get(row[0].offer_id)
            self._profile[row[0].offer_id] = profile
            if before is not None and before != profile:
                self._indexes[before].remove(row[0].offer_id)

    def remove(self, offer_id: int) -> None:
        """Take an offer out; one that is not there is no error."""
        profile = self._profile.pop(offer_id, None)
        if profile is not None:
            self._indexes[profile].remove(offer_id)

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
        """The best of all hours: see `LiveIndex.search`."""
        found = [
            one
            for index in list(self._indexes.values()) or [self._index(0)]
            for one in index.search(
                request, who, k, terms=terms, departs_from_s=departs_from_s, only=only, without=without
            )
        ]
        best = {one.offer_id: one for one in sorted(found, key=_by_score, reverse=True)}
        return sorted(best.values(), key=_by_score)[:k]

    def _index(self, profile: int) -> LiveIndex:
        if profile not in self._indexes:
            self._indexes[profile] = LiveIndex(self._region.in_profile(profile))
        return self._indexes[profile]

    def _profile_of(self, row: Row) -> int:
        stops = row[0].stops
        return self._region.hours.profile_at(stops[0].at_s) if stops else 0


def _by_score(one: Insertion) -> tuple[int, int]:
    return one.score_s, one.offer_id
