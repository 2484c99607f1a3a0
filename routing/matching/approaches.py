"""The roads between the stops of plans and the meeting points of a request, asked for all at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from routing.matching.meeting import MeetingPoint
from routing.plan import Place, Table, TravelTimes


class Road(NamedTuple):
    """Seconds and metres between two rows of places."""

    s: Table
    m: Table


class Roads(NamedTuple):
    """All roads that serving one request may need; the stops are those of one plan, or of many in a row."""

    to_pickup: Road
    """[stops, pickup points]"""
    from_pickup: Road
    """[stops, pickup points]: from the pickup point to the stop"""
    to_dropoff: Road
    """[stops, dropoff points]"""
    from_dropoff: Road
    """[stops, dropoff points]: from the dropoff point to the stop"""
    direct: Road
    """[pickup points, dropoff points]"""


_NOTHING: Table = np.zeros((0, 0), np.int32)


def measure(
    travel: TravelTimes, stops: Sequence[Place], pickups: Sequence[MeetingPoint], dropoffs: Sequence[MeetingPoint]
) -> Roads:
    """Three matrices, whatever the number of plans."""
    approaches = approach(travel, stops, [*pickups, *dropoffs])
    cut = len(pickups)
    roads = cut_out(approaches, slice(0, cut), slice(cut, None))
    return roads._replace(direct=straight_on(travel, pickups, dropoffs))


def approach(travel: TravelTimes, stops: Sequence[Place], points: Sequence[MeetingPoint]) -> tuple[Road, Road]:
    """The roads from stops to points, and back from points to stops, both [stops, points]; each stop is asked once."""
    column: dict[Place, int] = {}
    which = np.array([column.setdefault(stop, len(column)) for stop in stops], np.intp)
    distinct, places = list(column), [point.place for point in points]
    there_s, there_m = travel.matrix(distinct, places)
    back_s, back_m = travel.matrix(places, distinct)
    return Road(there_s[which], there_m[which]), Road(back_s.T[which], back_m.T[which])


def straight_on(travel: TravelTimes, pickups: Sequence[MeetingPoint], dropoffs: Sequence[MeetingPoint]) -> Road:
    """The roads from each pickup point to each dropoff point."""
    seconds, metres = travel.matrix([point.place for point in pickups], [point.place for point in dropoffs])
    return _columns(Road(seconds, metres), slice(None))


def nothing_between(pickups: Sequence[MeetingPoint], dropoffs: Sequence[MeetingPoint]) -> Road:
    """A bound for those roads. The triangle inequality gives no better one: at a meeting point a car that turns round
    loses time, and one that starts there does not."""
    nothing: Table = np.zeros((len(pickups), len(dropoffs)), np.int32)
    return Road(nothing, nothing)


def cut_out(approaches: tuple[Road, Road], pickups: slice, dropoffs: slice) -> Roads:
    """The roads of one request out of larger tables; the direct road is not among them."""
    there, back = approaches
    return Roads(
        to_pickup=_columns(there, pickups),
        from_pickup=_columns(back, pickups),
        to_dropoff=_columns(there, dropoffs),
        from_dropoff=_columns(back, dropoffs),
        direct=Road(_NOTHING, _NOTHING),
    )


def _columns(road: Road, points: slice) -> Road:
    """In a row in memory, so that the compiled scan meets one kind of array only."""
    return Road(np.ascontiguousarray(road.s[:, points]), np.ascontiguousarray(road.m[:, points]))
