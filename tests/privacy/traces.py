"""Finding a home in whatever a site says: its street, or two numbers in a row that lie within fifty metres of it."""

import math
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

WITHIN_M = 50
NUMBER = re.compile(r"-?\d{1,3}\.\d{3,}")
METRES_A_DEGREE = 111_195


def traces(text: str, homes: dict[str, dict[str, Any]]) -> set[str]:
    """Whose home can be read out of `text`."""
    numbers = [float(found) for found in NUMBER.findall(text)]
    return {name for name, home in homes.items() if _names(text, home) or _near(numbers, home)}


def _names(text: str, home: dict[str, Any]) -> bool:
    return str(home["label"]) in text


def _near(numbers: list[float], home: dict[str, Any]) -> bool:
    """Two neighbouring numbers, in either order, as GeoJSON and we write them."""
    return any(_away_m(pair, home) <= WITHIN_M for pair in _pairs(numbers))


def _pairs(numbers: list[float]) -> Iterable[tuple[float, float]]:
    for one, other in pairwise(numbers):
        yield one, other
        yield other, one


def _away_m(point: tuple[float, float], home: dict[str, Any]) -> float:
    lat, lon = point
    north_m = (lat - home["lat"]) * METRES_A_DEGREE
    east_m = (lon - home["lon"]) * METRES_A_DEGREE * math.cos(math.radians(home["lat"]))
    return math.hypot(north_m, east_m)
