"""How a match is judged: what a stop takes, how fast people walk, and what each kind of second weighs."""

import math
from dataclasses import dataclass

FOREVER_S = 2**30


@dataclass(frozen=True, slots=True)
class Terms:
    """The arguments of matching that are neither the plan's nor the request's; the weights are per second."""

    dwell_s: int = 60
    """How long the car stands at a stop that is made for a rider."""
    walk_m_per_s: float = 1.2
    same_place_m: int = 30
    """A stop of the plan this near is used as it is."""
    corners: int | None = None
    """At most so many meeting points around each end, the nearest, besides the door; None for all within the walk."""
    max_wait_s: int = FOREVER_S
    """How long the car may stand at a stop until the rider is there; by default no longer than the driver allows."""
    weight_driver: float = 1.0
    weight_walk: float = 2.0
    weight_wait: float = 0.3
    """For what the rider leaves after the earliest departure."""
    weight_ride: float = 1.0

    def walk_s(self, walk_m: int) -> int:
        """Seconds on foot, rounded up."""
        return math.ceil(walk_m / self.walk_m_per_s)

    def score_s(self, added_s: int, walk_s: int, wait_s: int, ride_s: int) -> int:
        """The generalised cost in seconds, cut to a whole number; `routing/matching/scan.py` has the same line."""
        return math.floor(
            self.weight_driver * added_s
            + self.weight_walk * walk_s
            + self.weight_wait * wait_s
            + self.weight_ride * ride_s
        )


USUAL = Terms()
