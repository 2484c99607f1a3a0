"""A route from place to place with its legs: for each its road, its time, and what the driver does."""

from collections.abc import Sequence
from itertools import pairwise

from routing.directions.steps import Access, steps_of
from routing.plan import Leg, Place, Route
from routing.streets.network import Names
from routing.travel.driven import line_through
from routing.travel.hierarchy import unpack
from routing.travel.roads import RoadTravel


def itinerary(travel: RoadTravel, names: Names, places: Sequence[Place], language: str = "en") -> Route:
    """The fastest road through `places` in order, with legs and steps; raises NoRoute."""
    legs = [_leg(travel, names, origin, destination, language) for origin, destination in pairwise(places)]
    duration_ms, distance_dm = sum(leg[0] for leg in legs), sum(leg[1] for leg in legs)
    line: list[tuple[float, float]] = []
    for _, _, leg in legs:
        line += leg.geometry[line[-1:] == [leg.geometry[0]] :]
    return Route((duration_ms + 500) // 1000, (distance_dm + 5) // 10, tuple(line), tuple(leg for _, _, leg in legs))


def _leg(travel: RoadTravel, names: Names, origin: Place, destination: Place, language: str) -> tuple[int, int, Leg]:
    duration_ms, distance_dm, stretches = travel.drive(origin, destination)
    ends = (_access(travel, origin), _access(travel, destination)) if stretches else ((0, 0), (0, 0))
    steps = steps_of(travel.network, names, stretches, origin, destination, language=language, access=ends)
    line = line_through(travel.network, stretches)
    if len(line) < 2:  # GeoJSON knows no line of one point
        line = [(origin.lon, origin.lat), (destination.lon, destination.lat)]
    seconds, metres = (duration_ms + 500) // 1000, (distance_dm + 5) // 10
    return duration_ms, distance_dm, Leg(seconds, metres, tuple(line), steps)


def _access(travel: RoadTravel, place: Place) -> Access:
    duration_ms, distance_dm = unpack(travel.snap([place]).access)
    return int(duration_ms[0]), int(distance_dm[0])
