"""When a car under way comes to its stops: along the roads, by the stops in between, from where it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rides import planner, streets
from rides.models import Stop
from routing import plan


@dataclass(frozen=True, slots=True)
class Ahead:
    """A stop still to come; where somebody gets on, the car does not leave before the hour that was said."""

    stop: Stop
    waits: bool


@dataclass(frozen=True, slots=True)
class Way:
    """From `start` by the stops before number `to` to `end`, which is that stop's place as its rider knows it."""

    start: plan.Place
    to: int
    end: plan.Place


def arrivals(ahead: Sequence[Ahead], ways: Sequence[Way], at: datetime) -> list[datetime | None]:
    """When a car that leaves the start of each way at `at` is at its end; None where no road leads. A graph search.

    The stops in between are taken at their public points, so that nobody can measure where others live.
    """
    if not ways:
        return []
    starts = list(dict.fromkeys(way.start for way in ways))
    stops = [streets.public(one.stop.place) for one in ahead]
    roads = streets.the_region(at).travel
    seconds, _metres = roads.matrix([*starts, *stops], [*stops, *(way.end for way in ways)])
    found: list[datetime | None] = []
    for number, way in enumerate(ways):
        at_s, here = planner.epoch_s(at), starts.index(way.start)
        legs = [*range(way.to), len(stops) + number]
        for leg in legs:
            if seconds[here, leg] >= plan.UNREACHABLE:
                break
            at_s += int(seconds[here, leg])
            if leg < len(stops):
                at_s, here = _leaves(ahead[leg], at_s), len(starts) + leg
        else:
            found.append(planner.instant(at_s))
            continue
        found.append(None)
    return found


def whole_minutes(at: datetime) -> datetime:
    """The next whole minute: nobody needs more, and more would tell more."""
    rest = timedelta(seconds=at.second, microseconds=at.microsecond)
    return at if not rest else at - rest + timedelta(minutes=1)


def _leaves(one: Ahead, at_s: int) -> int:
    ready_s = at_s + one.stop.dwell_s
    return max(ready_s, planner.epoch_s(one.stop.planned_at)) if one.waits else ready_s
