"""Roads that are certainly no longer than the true ones, by the triangle inequality: a score over them is a true bound.

Metres of fastest paths keep no such inequality; a bound has none, and takes the limit in metres as kept.
"""

from collections.abc import Sequence

import numpy as np

from routing.fleet import Fleet
from routing.meeting import MeetingPoint
from routing.plan import UNREACHABLE, Place, Table, TravelTimes
from routing.roads import Road, Roads, measure, straight_on

ROUNDING_S = 2
"""Each time in a matrix is rounded, so that three of them may miss the triangle inequality by this much."""


def roads_by_the_doors(
    travel: TravelTimes, stops: Sequence[Place], pickups: Sequence[MeetingPoint], dropoffs: Sequence[MeetingPoint]
) -> Roads:
    """A bound for all meeting points from the roads of the first ones, the doors: a corner saves the road between."""
    doors = measure(travel, stops, pickups[:1], dropoffs[:1])
    into_pickup_s, from_pickup_s = _around_door(travel, pickups)
    into_dropoff_s, from_dropoff_s = _around_door(travel, dropoffs)
    return Roads(
        to_pickup=_at_least(doors.to_pickup.s - into_pickup_s),
        from_pickup=_at_least(doors.from_pickup.s - from_pickup_s),
        to_dropoff=_at_least(doors.to_dropoff.s - into_dropoff_s),
        from_dropoff=_at_least(doors.from_dropoff.s - from_dropoff_s),
        direct=_at_least(straight_on(travel, pickups, dropoffs).s),
    )


def direct_by_the_stops(roads: Roads) -> Road:
    """A bound for the direct road: seen from any stop, the dropoff is no further than by way of the pickup."""
    gain = roads.to_dropoff.s[:, None, :] - roads.to_pickup.s[:, :, None]
    return _at_least(gain.max(axis=0))


def without_metres(fleet: Fleet) -> Fleet:
    """The fleet with no limit in metres."""
    limits = fleet.limits.copy()
    limits[:, 1] = UNREACHABLE
    return fleet._replace(limits=limits)


def _at_least(seconds: Table) -> Road:
    seconds = np.maximum(seconds - ROUNDING_S, 0).astype(np.int32)
    return Road(seconds, np.zeros_like(seconds))


def _around_door(travel: TravelTimes, points: Sequence[MeetingPoint]) -> tuple[Table, Table]:
    """Seconds from each point to the first one, and back; without a road they are so many that the bound is 0."""
    places = [point.place for point in points]
    return travel.matrix(places, places[:1])[0][:, 0], travel.matrix(places[:1], places)[0][0]
