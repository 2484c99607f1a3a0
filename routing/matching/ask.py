"""A request as numbers and arrays, for the compiled scan."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing import capacity
from routing.matching.meeting import MeetingPoint, metres_apart
from routing.matching.terms import Terms
from routing.plan import Place, TripRequest

SEATS = capacity.KINDS.index("seats")


class Ask(NamedTuple):
    """The request and the terms, as numbers and arrays. Hours are epoch seconds."""

    earliest_s: int
    latest_s: int
    arrive_earliest_s: int
    arrive_latest_s: int
    wants: NDArray[np.int64]
    """[kinds] what the request needs, in the order of `capacity.KINDS`"""
    only_seats: bool
    """whether it needs nothing but seats"""
    dwell_s: int
    max_wait_s: int
    weights: tuple[float, float, float, float]
    """driver, walk, wait, ride"""
    walk_to_s: NDArray[np.int64]
    """[pickup points]"""
    walk_from_s: NDArray[np.int64]
    """[dropoff points]"""


class Here(NamedTuple):
    """Which stops are so near to a meeting point that they are used as they are."""

    pickup: NDArray[np.bool_]
    """[stops, pickup points]"""
    dropoff: NDArray[np.bool_]
    """[stops, dropoff points]"""


class Choice(NamedTuple):
    """What the scan chose: a stop to get on after, or at when it is used as it is, and the same for getting off."""

    score: int
    p: int
    on: int
    on_is_stop: int
    q: int
    off: int
    off_is_stop: int


def ask_for(
    request: TripRequest, pickups: Sequence[MeetingPoint], dropoffs: Sequence[MeetingPoint], terms: Terms
) -> Ask:
    """The request in numbers."""
    wants = np.array(capacity.wanted(request.seats, request.load), np.int64)
    return Ask(
        request.earliest_s,
        request.latest_s,
        request.arrive_earliest_s,
        request.arrive_latest_s,
        wants,
        bool(wants.sum() == wants[SEATS]),
        terms.dwell_s,
        terms.max_wait_s,
        (float(terms.weight_driver), float(terms.weight_walk), float(terms.weight_wait), float(terms.weight_ride)),
        np.array([terms.walk_s(point.walk_m) for point in pickups], np.int64),
        np.array([terms.walk_s(point.walk_m) for point in dropoffs], np.int64),
    )


def used_as_they_are(
    stops: Sequence[Place], pickups: Sequence[MeetingPoint], dropoffs: Sequence[MeetingPoint], terms: Terms
) -> Here:
    """Which stops stand at which meeting points."""
    near = metres_apart(stops, [point.place for point in (*pickups, *dropoffs)]) <= terms.same_place_m
    cut = len(pickups)
    return Here(np.ascontiguousarray(near[:, :cut]), np.ascontiguousarray(near[:, cut:]))
