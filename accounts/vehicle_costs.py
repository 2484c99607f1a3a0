"""What a kilometre with a car really costs: the energy that it takes, and its wear."""

from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings

PRICE_OF = {
    "petrol": "petrol_cents_per_l",
    "diesel": "diesel_cents_per_l",
    "lpg": "lpg_cents_per_l",
    "electric": "electric_cents_per_kwh",
}
USUAL_PER_100_KM = {"petrol": Decimal("6.5"), "diesel": Decimal("5.5"), "lpg": Decimal("8.5"), "electric": Decimal(17)}
"""Litres, or kWh, of a middling car: for whoever knows what she tanks, but not how much of it."""


def cost_cents_per_km(energy: str, consumption: Decimal | None, costs: Mapping[str, int] | None = None) -> int:
    """Energy and wear in whole cents a kilometre, rounded down and at most what the law's scale allows.

    `energy` is a key of PRICE_OF, or "" for a car of which nothing is known: it costs the documented average.
    `consumption` is in litres, or kWh, per 100 km; `costs` has the keys of settings.RIDE_COSTS, its default.
    Raises ValueError for another energy and for a negative consumption.
    """
    costs = settings.RIDE_COSTS if costs is None else costs
    if energy and energy not in PRICE_OF:
        raise ValueError(f"no car here runs on {energy!r}")
    if consumption is not None and consumption < 0:
        raise ValueError("a car does not make the energy that it drives on")
    if not energy:
        return min(costs["average_cents_per_km"], costs["most_cents_per_km"])
    used = USUAL_PER_100_KM[energy] if consumption is None else consumption
    exact = used * costs[PRICE_OF[energy]] / 100 + costs["wear_cents_per_km"]
    return min(int(exact), costs["most_cents_per_km"])
