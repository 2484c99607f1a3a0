"""Offers and requests on one region, and the two ways to find the best of them: exactly, and through a funnel."""

import random
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bench.matching import anywhere, ask, offers
from bench.rivals.funnel import lines_of, nearest
from routing.matching import rank
from routing.plan import TripRequest
from routing.region import Region
from routing.screen import may_serve
from routing.terms import USUAL

PLACES = 1500


class World:
    """So many random offers and requests; an answer is the scores of the best, the smallest first."""

    def __init__(self, streets: Region, count: int, requests: int, seed: int) -> None:
        dice = random.Random(seed)
        places = anywhere(streets, dice, PLACES)
        self.streets = streets
        self.plans = offers(streets, places, dice, count)
        self.requests = [ask(dice, places) for _ in range(requests)]
        self.lines = lines_of(self.plans)

    def exact(self, request: TripRequest, k: int) -> list[int]:
        return [ride.score_s for ride in rank(self.plans, request, self.streets, k)]

    def funnel(self, request: TripRequest, k: int, count: int) -> list[int]:
        rows = nearest(self.lines, self.possible(request), request.origin, request.destination, count)
        return [ride.score_s for ride in rank([self.plans[row] for row in rows], request, self.streets, k)]

    def possible(self, request: TripRequest) -> NDArray[np.bool_]:
        """[offers] what the hour and the room do not rule out."""
        return np.array([may_serve(plan, request, USUAL) for plan in self.plans])

    @cached_property
    def _stops(self) -> NDArray[np.int64]:
        return np.diff(self.lines.first)

    def stops_in_time(self) -> float:
        """Mean number of stops of the offers that the hour and the room do not rule out."""
        return float(np.mean([self._stops[self.possible(request)].sum() for request in self.requests]))
