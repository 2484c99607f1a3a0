"""Where rider and car can meet: the door itself, and corners within the rider's walk."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from routing.distance import EARTH_M
from routing.plan import Insertion, Place, TravelTimes


class MeetingPoint(NamedTuple):
    """A place where a car may stop, and the walk to it from where the rider is."""

    place: Place
    walk_m: int


class Neighbourhood(Protocol):
    """What matching needs of a region."""

    @property
    def travel(self) -> TravelTimes: ...

    def corners(self, place: Place, max_walk_m: int, limit: int | None) -> list[tuple[Place, int]]:
        """Places within the walk where a car may stop, at most `limit`, each with the metres on foot; not named yet."""
        ...

    def named(self, place: Place) -> Place:
        """A corner with what people call it; any other place as it is."""
        ...


def meeting_points(place: Place, max_walk_m: int, region: Neighbourhood, limit: int | None) -> list[MeetingPoint]:
    """The door first, with no walk; then all corners, or up to `limit` of them, nearest first."""
    points = [MeetingPoint(place, 0)]
    if limit != 0 and max_walk_m > 0:
        corners = (MeetingPoint(corner, walk_m) for corner, walk_m in region.corners(place, max_walk_m, limit))
        points += sorted(
            (corner for corner in corners if corner.walk_m <= max_walk_m),
            key=lambda point: (point.walk_m, point.place.lat, point.place.lon),
        )
    return points


def named(insertion: Insertion, region: Neighbourhood) -> Insertion:
    """The insertion with names for its ends. Only the few that are shown need one: finding it is slow."""
    return replace(insertion, pickup=region.named(insertion.pickup), dropoff=region.named(insertion.dropoff))


def metres_apart(ones: Sequence[Place], others: Sequence[Place]) -> NDArray[np.float64]:
    """As `metres_between`, of all pairs of two rows of places: [ones, others]."""
    lat, lon = np.radians([[place.lat, place.lon] for place in ones]).T
    other_lat, other_lon = np.radians([[place.lat, place.lon] for place in others]).T
    north = lat[:, None] - other_lat
    east = (lon[:, None] - other_lon) * np.cos((lat[:, None] + other_lat) / 2)
    apart: NDArray[np.float64] = EARTH_M * np.hypot(north, east)
    return apart
