"""Who pays what: the real cost of a trip, divided by the people aboard, in whole cents that always add up.

The equations stand in docs/pricing.md. Plain data in and out; fractions are exact until each share is rounded.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

ROUND_TO_CENTS = 10
"""Most shares are paid in coins: each is rounded down, and the driver's side bears the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A drive in legs: leg k leads from stop k to the next. `others` are aboard all the way, the driver one of them."""

    leg_metres: Sequence[int]
    cost_cents_per_km: int
    tolls_cents: int = 0
    others: int = 1

    def __post_init__(self) -> None:
        if self.others < 1:
            raise ValueError("somebody has to drive")

    @property
    def cost_cents(self) -> Fraction:
        """What the drive costs, tolls included."""
        return Fraction(self.cost_cents_per_km * sum(self.leg_metres), 1000) + self.tolls_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Aboard:
    """A booking on a trip, from stop `pickup` to stop `dropoff`; things that ride alone (no `people`) count as one.

    `direct_m` is how far they wanted to go, `ask_cents_per_km` what the driver asks of each of them, everything
    included (0: a free ride), `at_most_cents` what the whole booking was promised before.
    """

    id: int
    people: int
    pickup: int
    dropoff: int
    direct_m: int
    ask_cents_per_km: int
    at_most_cents: int | None = None

    @property
    def parts(self) -> int:
        return max(self.people, 1)


@dataclass(frozen=True, slots=True)
class Shares:
    """By booking, and what stays with the driver and who is with her: together `total_cents`, exactly."""

    rider_cents: Mapping[int, int]
    driver_cents: int
    total_cents: int


def split(trip: Trip, riders: Sequence[Aboard]) -> Shares:
    """Divide what a trip that the driver makes anyway costs; no rider pays for more metres than she wanted to go.

    Raises ValueError for bookings that are not on the trip, or twice.
    """
    metres = sum(trip.leg_metres)
    cost_per_m = trip.cost_cents / metres if metres else Fraction(0)
    shared_m = _shared_metres(trip.leg_metres, riders, trip.others)
    shares = {}
    for rider in riders:
        ridden_m = sum(trip.leg_metres[rider.pickup : rider.dropoff])
        wanted = min(Fraction(1), Fraction(rider.direct_m, ridden_m)) if ridden_m else Fraction(0)
        asked = Fraction(rider.ask_cents_per_km * rider.direct_m * rider.parts, 1000)
        shares[rider.id] = _in_coins(min(cost_per_m * shared_m[rider.id] * wanted, asked), rider.at_most_cents)
    return _settle(ceil(trip.cost_cents), shares)


def for_you(leg_metres: Sequence[int], cap_cents_per_km: int, riders: Sequence[Aboard]) -> Shares:
    """Divide what a trip made *for* the riders may cost: every driven kilometre, empty ones too, at most at the cap.

    Here `ask_cents_per_km` is per driven kilometre, for all riders together; what the driver does not ask stays with
    her. The empty way is divided like the way with somebody aboard. Raises ValueError as `split` does.
    """
    driven_m = sum(leg_metres)
    shared_m = _shared_metres(leg_metres, riders, others=0)
    occupied_m = sum(shared_m.values())
    shares = {}
    for rider in riders:
        hers_m = shared_m[rider.id] * driven_m / occupied_m if occupied_m else Fraction(0)
        rate = min(rider.ask_cents_per_km, cap_cents_per_km)
        shares[rider.id] = _in_coins(rate * hers_m / 1000, rider.at_most_cents)
    return _settle(cap_cents_per_km * driven_m // 1000, shares)


def suggested_cents_per_km(cost_cents_per_km: int, *, tolls_cents: int = 0, metres: int = 0) -> int:
    """What a driver may ask of each rider: half of what the way costs, since with one rider they are two."""
    tolls_per_km = Fraction(tolls_cents * 1000, metres) if metres else Fraction(0)
    return floor((cost_cents_per_km + tolls_per_km) / 2)


def _shared_metres(leg_metres: Sequence[int], riders: Sequence[Aboard], others: int) -> dict[int, Fraction]:
    """How many metres are each booking's own, when every leg is divided equally by who is aboard on it."""
    _require_on_the_way(riders, len(leg_metres))
    aboard = [others + sum(r.parts for r in riders if r.pickup <= leg < r.dropoff) for leg in range(len(leg_metres))]
    shared_m = {}
    for rider in riders:
        legs = range(rider.pickup, rider.dropoff)
        shared_m[rider.id] = rider.parts * sum((Fraction(leg_metres[k], aboard[k]) for k in legs), Fraction(0))
    return shared_m


def _require_on_the_way(riders: Iterable[Aboard], legs: int) -> None:
    seen = set()
    for rider in riders:
        if rider.id in seen or not 0 <= rider.pickup <= rider.dropoff <= legs:
            raise ValueError(f"booking {rider.id} is not on this trip, or twice")
        seen.add(rider.id)


def _in_coins(exact: Fraction, at_most_cents: int | None) -> int:
    """Rounded down to a coin, and never above what was promised before: a share may only fall."""
    most = exact if at_most_cents is None else min(exact, Fraction(at_most_cents))
    return floor(most / ROUND_TO_CENTS) * ROUND_TO_CENTS


def _settle(total_cents: int, rider_cents: Mapping[int, int]) -> Shares:
    return Shares(rider_cents, total_cents - sum(rider_cents.values()), total_cents)
