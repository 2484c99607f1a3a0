"""Plans one after the other, behind the same door as the index that takes its place."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from typing import Any

from routing import matching
from routing.plan import Insertion, TripRequest, VehiclePlan
from routing.terms import USUAL, Terms

Row = tuple[VehiclePlan, int, bool, int, int]


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks."""

    person_id: int | None
    hidden: frozenset[int] = frozenset()
    neighbours: frozenset[int] = frozenset()
    required: int = 0


class LiveIndex:
    """By offer: plan, driver, whether all may see it, version, flags."""

    def __init__(self, region: Any) -> None:
        self._region, self._rows = region, dict[int, Row]()

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, plan: VehiclePlan, *, driver_id: int, public: bool, version: int = 0, flags: int = 0) -> None:
        self._rows[plan.offer_id] = (plan, driver_id, public, version, flags)

    def put_many(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self._rows[row[0].offer_id] = row

    def remove(self, offer_id: int) -> None:
        self._rows.pop(offer_id, None)

    def version(self, offer_id: int) -> int | None:
        row = self._rows.get(offer_id)
        return row[3] if row else None

    def search(
        self,
        request: TripRequest,
        who: Who,
        k: int,
        *,
        terms: Terms = USUAL,
        departs_from_s: int | None = None,
        only_drivers: Set[int] | None = None,
        without_drivers: Set[int] = frozenset(),
    ) -> list[Insertion]:
        plans = [
            plan
            for plan, driver_id, public, _version, flags in list(self._rows.values())
            if (public or driver_id in who.neighbours)
            and driver_id != who.person_id
            and driver_id not in who.hidden
            and flags & who.required == who.required
            and (departs_from_s is None or plan.stops[0].at_s >= departs_from_s)
            and (only_drivers is None or driver_id in only_drivers)
            and driver_id not in without_drivers
        ]
        return matching.rank(plans, request, self._region, k, terms=terms)
