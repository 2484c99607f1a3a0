"""A made-up day on one region, and the two ways to find the best offers: among all, and among those of a funnel."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bench.rivals.funnel import Lines, nearest
from routing.benchmark import day
from routing.matching.fleet import COUNT, DEPARTS, ENDS, ROOM, line_up
from routing.matching.index import LiveIndex, Who
from routing.plan import Insertion, TripRequest, VehiclePlan
from routing.region import Region

AT_ONCE = 10_000


class World:
    """So many offers and requests, nobody walks; an answer is the scores of the best, the smallest first."""

    def __init__(self, streets: Region, count: int, requests: int, seed: int) -> None:
        town = day.town_of(streets, seed)
        self.index = LiveIndex(streets)
        self._points: list[tuple[float, float]] = []
        self._rows: list[NDArray[np.int64]] = []
        some: list[VehiclePlan] = []
        for plan in day.offers(town, count, seed):
            some.append(plan)
            if len(some) == AT_ONCE or plan.offer_id == count - 1:
                self._take_in(some)
                some = []
        rows, points = np.concatenate(self._rows), np.array(self._points)
        self.departs_s, self.ends_s, self.room, self.stops = rows.T
        first = np.concatenate([[0], np.cumsum(self.stops)]).astype(np.int64)
        self.lines = Lines(first, np.ascontiguousarray(points[:, 0]), np.ascontiguousarray(points[:, 1]))
        self.requests = day.requests(town, requests, 0, seed)

    def _take_in(self, plans: Sequence[VehiclePlan]) -> None:
        """Into the index, each driven by somebody with the number of the offer; and what the funnel has to know."""
        self.index.put_many((plan, plan.offer_id, True, 1, 0) for plan in plans)
        self._rows.append(line_up(plans).offer[:, [DEPARTS, ENDS, ROOM, COUNT]])
        self._points += [(stop.place.lat, stop.place.lon) for plan in plans for stop in plan.stops]

    def exact(self, request: TripRequest, k: int) -> list[int]:
        return _scores(self.index.search(request, Who(), k))

    def funnel(self, request: TripRequest, k: int, count: int) -> list[int]:
        """The exact search again, but only those of the funnel are looked at."""
        kept = nearest(self.lines, self.possible(request), request.origin, request.destination, count)
        return _scores(self.index.search(request, Who(), k, only=kept))

    def possible(self, request: TripRequest) -> NDArray[np.bool_]:
        """[offers] what the hour and the seats do not rule out."""
        in_time = (self.departs_s <= request.latest_s) & (self.ends_s >= request.earliest_s)
        return np.asarray(in_time & (self.room >= request.seats))

    def stops_in_time(self) -> float:
        """Mean number of stops of the offers that the hour and the seats do not rule out."""
        return float(np.mean([self.stops[self.possible(request)].sum() for request in self.requests]))


def _scores(found: Sequence[Insertion]) -> list[int]:
    return [ride.score_s for ride in found]
