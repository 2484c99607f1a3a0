"""The road of a ride as strangers may see it."""

from rides import planner, streets
from rides.models import RideOffer
from routing.distance import metres_between
from routing.plan import Place

TRIM_M = 300
"""So far from a private end the drawn line begins."""


def line_of(offer: RideOffer) -> list[tuple[float, float]]:
    """(lon, lat) pairs, to about a metre, from the driver's first stop to the last; trimmed where an end is private."""
    stops = sorted(offer.stops.all(), key=lambda stop: stop.sequence)
    ends = [stops[0].place, stops[-1].place]
    line = list(planner.drive([streets.public(place) for place in ends]).geometry)
    if ends[0].private:
        line = _beyond(line, streets.public(ends[0]))
    if ends[1].private:
        line = _beyond(line[::-1], streets.public(ends[1]))[::-1]
    return [(round(lon, 5), round(lat, 5)) for lon, lat in line]


def _beyond(line: list[tuple[float, float]], end: Place) -> list[tuple[float, float]]:
    """The line from its first point that is `TRIM_M` away from `end`."""
    for i, (lon, lat) in enumerate(line):
        if metres_between(Place(lat, lon), end) > TRIM_M:
            return line[i:]
    return []
