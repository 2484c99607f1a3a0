"""Rush hour: how much longer each class of road takes in each hour of the week, in a table that an operator may change.

The table is `hours.json` in the region's folder, a list of rules such as

    {"days": ["mon", "tue", "wed", "thu", "fri"], "from": 7, "to": 9, "factors": {"primary": 1.3, "other": 1.05}}

Hours are those of the region's clocks, `to` not included. A class that a rule does not name takes its `other`, or 1; of
two rules for one hour the later counts. The hierarchy is customised for a row of the table when it is asked for.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from routing.errors import RoutingError
from routing.streets.osm import ROAD_CLASSES

FILE = "hours.json"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEAST, MOST = 0.5, 10.0
_THROUGH = ("primary", "secondary", "primary_link", "secondary_link")
_FAST = ("motorway", "trunk", "motorway_link", "trunk_link")
_PEAK = dict.fromkeys(_FAST, 1.25) | dict.fromkeys(_THROUGH, 1.3) | {"tertiary": 1.15, "tertiary_link": 1.15}
USUAL: tuple[dict[str, Any], ...] = tuple(
    {"days": list(DAYS[:5]), "from": begin, "to": end, "factors": {**_PEAK, "other": 1.05}}
    for begin, end in ((7, 9), (16, 19))
)
"""What a new region of real streets starts with: a peak of a middling European town. Change it to what you measure."""


class BadHours(RoutingError):
    """The table of hours says something that cannot be."""

    code = "bad_hours"


@dataclass(frozen=True)
class Hours:
    """Factors on driving times, float64 [168 hours from Monday 0 o'clock, road classes], and the region's zone."""

    factor: NDArray[np.float64]
    zone: ZoneInfo

    @cached_property
    def _profiles(self) -> tuple[NDArray[np.float64], list[int]]:
        number: dict[tuple[float, ...], int] = {(1.0,) * len(ROAD_CLASSES): 0}
        which = [number.setdefault(tuple(row), len(number)) for row in self.factor.tolist()]
        return np.array(list(number)), which

    @property
    def profiles(self) -> NDArray[np.float64]:
        """The different rows of the table, float64 [profiles, road classes]; the first is 1 everywhere."""
        return self._profiles[0]

    def profile_at(self, at_s: int) -> int:
        """The row for an instant in epoch seconds."""
        local = datetime.fromtimestamp(at_s, self.zone)
        return self._profiles[1][24 * local.weekday() + local.hour]


def read_hours(folder: Path, time_zone: str) -> Hours:
    """The table of a region, or one in which all hours are the same where there is none; raises BadHours."""
    path = folder / FILE
    if not path.is_file():
        return hours_of((), time_zone)
    try:
        rules = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadHours(f"{path} is no JSON: {error}.") from error
    if not isinstance(rules, list):
        raise BadHours(f"{path} should be a list of rules.")
    return hours_of(rules, time_zone)


def hours_of(rules: Any, time_zone: str) -> Hours:
    """Rules as a table; raises BadHours, which says which rule and why."""
    factor = np.ones((24 * len(DAYS), len(ROAD_CLASSES)))
    for number, rule in enumerate(rules, start=1):
        days, begin, end, factors = _checked(rule, number)
        row = np.full(len(ROAD_CLASSES), factors.get("other", 1.0))
        for name, value in factors.items():
            if name != "other":
                row[ROAD_CLASSES.index(name)] = value
        for day in days:
            factor[24 * day + begin : 24 * day + end] = row
    return Hours(factor, ZoneInfo(time_zone))


def _checked(rule: Any, number: int) -> tuple[list[int], int, int, dict[str, float]]:
    def fail(why: str) -> BadHours:
        return BadHours(f"Rule {number} of the table of hours {why}.")

    if not isinstance(rule, Mapping):
        raise fail("is no rule")
    days, begin, end, factors = (rule.get(name) for name in ("days", "from", "to", "factors"))
    if not isinstance(days, list) or not days or not all(day in DAYS for day in days):
        raise fail(f"needs days, some of {', '.join(DAYS)}")
    if not (isinstance(begin, int) and isinstance(end, int) and 0 <= begin < end <= 24):
        raise fail('needs "from" and "to", whole hours from 0 to 24, the first before the second')
    if not isinstance(factors, Mapping) or not factors:
        raise fail("needs factors")
    for name, value in factors.items():
        if name != "other" and name not in ROAD_CLASSES:
            raise fail(f'names a road class that there is not: "{name}"')
        if isinstance(value, bool) or not isinstance(value, int | float) or not LEAST <= value <= MOST:
            raise fail(f'gives "{name}" a factor that is not between {LEAST} and {MOST}')
    return [DAYS.index(day) for day in days], begin, end, {name: float(value) for name, value in factors.items()}


def write_usual(folder: Path) -> None:
    """Put the table that a new region starts with into its folder."""
    (folder / FILE).write_text(json.dumps(list(USUAL), indent=2) + "\n", encoding="utf-8")
