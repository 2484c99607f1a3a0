"""The straight line between two places; without NumPy, for those who ask about one pair."""

import math

from routing.plan import Place

EARTH_M = 6_371_009.0
"""Mean radius of the earth (GRS 80)."""
WALK_FACTOR = 1.3
"""A walk against the straight line, where no way is known."""


def metres_between(one: Place, other: Place) -> float:
    """The straight line between two places of one region, in metres (flat-earth formula, good to 0.1 % over 50 km)."""
    lat, other_lat = math.radians(one.lat), math.radians(other.lat)
    east = math.radians(one.lon - other.lon) * math.cos((lat + other_lat) / 2)
    return EARTH_M * math.hypot(lat - other_lat, east)
