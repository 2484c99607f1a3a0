"""The best choice in each of many plans: the equations of docs/matching.md again, in closed form and compiled.

`insertion.weigh` is the one to read; a test holds the two against each other.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from routing import capacity
from routing.fleet import Fleet
from routing.meeting import MeetingPoint, metres_apart
from routing.plan import UNREACHABLE, Place, TripRequest
from routing.roads import Roads
from routing.terms import Terms

NO_CHOICE = np.int64(2**62)
"""The score of a plan that cannot serve the request."""


class Ask(NamedTuple):
    """The request and the terms, as numbers and arrays."""

    earliest_s: int
    latest_s: int
    summed: tuple[int, ...]
    """what the request needs of each kind that adds up, in the order of `capacity.SUMMED`"""
    largest: tuple[int, ...]
    """of each kind that does not, in the order of `capacity.LARGEST`"""
    dwell_s: int
    weights: tuple[float, float, float, float]
    """driver, walk, wait, ride"""
    walk_to_s: NDArray[np.int64]
    """[pickup points]"""
    walk_from_s: NDArray[np.int64]
    """[dropoff points]"""
    pickup_here: NDArray[np.bool_]
    """[stops, pickup points] the stop is so near that it is used as it is"""
    dropoff_here: NDArray[np.bool_]
    """[stops, dropoff points]"""


def ask_for(
    request: TripRequest,
    stops: Sequence[Place],
    pickups: Sequence[MeetingPoint],
    dropoffs: Sequence[MeetingPoint],
    terms: Terms,
) -> Ask:
    """The request in numbers, against all `stops` of a fleet."""
    wants = capacity.wanted(request.seats, request.load)
    here = metres_apart(stops, [point.place for point in (*pickups, *dropoffs)]) <= terms.same_place_m
    return Ask(
        request.earliest_s,
        request.latest_s,
        wants[: len(capacity.SUMMED)],
        wants[len(capacity.SUMMED) :],
        terms.dwell_s,
        (float(terms.weight_driver), float(terms.weight_walk), float(terms.weight_wait), float(terms.weight_ride)),
        np.array([terms.walk_s(point.walk_m) for point in pickups], np.int64),
        np.array([terms.walk_s(point.walk_m) for point in dropoffs], np.int64),
        np.ascontiguousarray(here[:, : len(pickups)]),
        np.ascontiguousarray(here[:, len(pickups) :]),
    )


@numba.njit(cache=True, nogil=True)
def best_choices(fleet: Fleet, roads: Roads, ask: Ask) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Scores [plans], and choices [plans, 6]: p, stop, is it used as it is; then q and the same for the dropoff.

    Stops are counted from the plan's own stop 0. Without a choice the score is `NO_CHOICE`.
    """
    plans = len(fleet.first) - 1
    scores = np.empty(plans, np.int64)
    choices = np.empty((plans, 6), np.int64)
    slack = np.zeros(len(fleet.at_s), np.int64)
    leeway = fleet.may_be_late_s.copy()
    full = np.empty(len(fleet.at_s), np.int64)
    for plan in range(plans):
        begin, end = fleet.first[plan], fleet.first[plan + 1] - 1
        for stop in range(begin, end):
            ends_s = fleet.at_s[stop] + fleet.dwell_s[stop] + fleet.leg[stop, 0]
            slack[stop + 1] = slack[stop] + fleet.at_s[stop + 1] - ends_s
        for stop in range(end - 1, begin - 1, -1):
            leeway[stop] = min(leeway[stop], leeway[stop + 1] + slack[stop + 1] - slack[stop])
        _look_for_room(fleet, ask, plan, full)
        scores[plan], choice = _scan(fleet, roads, ask, slack, leeway, full, plan)
        for part in range(6):
            choices[plan, part] = choice[part]
    return scores, choices


@numba.njit(cache=True, nogil=True)
def _scan(fleet, roads, ask, slack, leeway, full, plan):  # type: ignore[no-untyped-def]
    """The best score in one plan, and its choice."""
    begin, end = fleet.first[plan], fleet.first[plan + 1] - 1
    best, choice = NO_CHOICE, (0, np.int64(0), 0, 0, 0, 0)
    for p in range(len(ask.walk_to_s)):
        for i in range(begin, end):
            for on_stop in (True, False):
                if on_stop and not ask.pickup_here[i, p]:
                    continue
                meet_s, later_s = _meet(fleet, roads, ask, slack, plan, p, i, on_stop)
                if meet_s < 0:
                    continue
                for j in range(i, end + 1):
                    # the car reaches stop j this late with the rider aboard, and this many metres longer
                    late_s, way_m = _reach(fleet, roads, ask, slack, p, i, on_stop, j, meet_s)
                    if late_s > fleet.may_be_late_s[j]:
                        break
                    if j > i and late_s >= 0:
                        for q in range(len(ask.walk_from_s)):
                            if ask.dropoff_here[j, q]:
                                at_s = fleet.at_s[j] + late_s
                                score = _judge(
                                    fleet, ask, slack, leeway, plan, p, q, meet_s, later_s, at_s, j, late_s, way_m
                                )
                                if score < best:
                                    best = score
                                    choice = (p, i - begin, int(on_stop), q, j - begin, 1)
                    if j == full[i]:
                        break
                    for q in range(len(ask.walk_from_s)):
                        dropoff_s, next_late_s, out_m = _set_down(
                            fleet, roads, ask, p, i, on_stop, q, j, meet_s, late_s, way_m
                        )
                        if dropoff_s >= 0:
                            score = _judge(
                                fleet,
                                ask,
                                slack,
                                leeway,
                                plan,
                                p,
                                q,
                                meet_s,
                                later_s,
                                dropoff_s,
                                j + 1,
                                next_late_s,
                                out_m,
                            )
                            if score < best:
                                best = score
                                choice = (p, i - begin, int(on_stop), q, j - begin, 0)
    return best, choice


@numba.njit(cache=True, nogil=True)
def _meet(fleet, roads, ask, slack, plan, p, i, on_stop):  # type: ignore[no-untyped-def]
    """When car and rider meet, and how much later the driver starts for it; -1 when they cannot. (2) to (4)."""
    flexibility_s = fleet.limits[plan, 2]
    arrival_s = fleet.at_s[i]
    if not on_stop:
        if roads.to_pickup.s[i, p] >= UNREACHABLE:
            return -1, 0
        arrival_s += fleet.dwell_s[i] + roads.to_pickup.s[i, p]
    meet_s = max(arrival_s, ask.earliest_s + ask.walk_to_s[p])
    wait_s = meet_s - arrival_s
    if meet_s > ask.latest_s + ask.walk_to_s[p]:
        return -1, 0
    if on_stop and i == fleet.first[plan] and wait_s > flexibility_s:
        return -1, 0
    return meet_s, min(flexibility_s, wait_s + slack[i]) if wait_s > 0 else 0


@numba.njit(cache=True, nogil=True)
def _reach(fleet, roads, ask, slack, p, i, on_stop, j, meet_s):  # type: ignore[no-untyped-def]
    """How late the car is at stop j with the rider aboard, and the metres added so far; -1 when it is not there."""
    if on_stop:
        return max(0, meet_s - fleet.at_s[i] - (slack[j] - slack[i])), 0
    on_s = roads.from_pickup.s[i + 1, p]
    if j == i or on_s >= UNREACHABLE:
        return -1, 0
    late_s = max(0, meet_s + ask.dwell_s + on_s - fleet.at_s[i + 1])
    way_m = roads.to_pickup.m[i, p] + roads.from_pickup.m[i + 1, p] - fleet.leg[i, 1]
    return max(0, late_s - (slack[j] - slack[i + 1])), way_m


@numba.njit(cache=True, nogil=True)
def _set_down(fleet, roads, ask, p, i, on_stop, q, j, meet_s, late_s, way_m):  # type: ignore[no-untyped-def]
    """When a new stop after stop j sets the rider down, how late stop j + 1 then is, and all metres added so far."""
    if j == i and not on_stop:
        out_s, out_m = roads.direct.s[p, q], roads.direct.m[p, q]
        leaves_s, way_m = meet_s + ask.dwell_s, np.int64(roads.to_pickup.m[i, p])
    else:
        out_s, out_m = roads.to_dropoff.s[j, q], roads.to_dropoff.m[j, q]
        leaves_s = fleet.at_s[j] + late_s + fleet.dwell_s[j]
    back_s = roads.from_dropoff.s[j + 1, q]
    if out_s >= UNREACHABLE or back_s >= UNREACHABLE or (late_s < 0 and j > i):
        return -1, 0, 0
    dropoff_s = leaves_s + out_s
    next_late_s = max(0, dropoff_s + ask.dwell_s + back_s - fleet.at_s[j + 1])
    return dropoff_s, next_late_s, way_m + out_m + roads.from_dropoff.m[j + 1, q] - fleet.leg[j, 1]


@numba.njit(cache=True, nogil=True)
def _judge(fleet, ask, slack, leeway, plan, p, q, meet_s, later_s, dropoff_s, stop, late_s, added_m):  # type: ignore[no-untyped-def]
    """The score when the car is `late_s` at `stop`, from where the plan goes on as it was. (5) to (8)."""
    if late_s > leeway[stop]:
        return NO_CHOICE
    end = fleet.first[plan + 1] - 1
    added_s = max(0, late_s - (slack[end] - slack[stop])) - later_s
    if added_s > fleet.limits[plan, 0] or added_m > fleet.limits[plan, 1]:
        return NO_CHOICE
    driver, walk, wait, ride = ask.weights
    walk_s = ask.walk_to_s[p] + ask.walk_from_s[q]
    wait_s = meet_s - ask.earliest_s - ask.walk_to_s[p]
    return np.int64(math.floor(driver * added_s + walk * walk_s + wait * wait_s + ride * (dropoff_s - meet_s)))


@numba.njit(cache=True, nogil=True)
def _look_for_room(fleet, ask, plan, full):  # type: ignore[no-untyped-def]
    """Write down for each stop to get on at: the first leg that has no room for the request, or the last stop."""
    begin, end = fleet.first[plan], fleet.first[plan + 1] - 1
    fullest = np.zeros(fleet.taken.shape[1], np.int64)
    for leg in range(begin, end):
        fullest = np.maximum(fullest, fleet.taken[leg])
    for stop in range(begin, end):
        most, leg = fullest.copy(), stop
        while leg < end and _takes(fleet, ask, plan, leg, most):
            leg += 1
        full[stop] = leg


@numba.njit(cache=True, nogil=True)
def _takes(fleet, ask, plan, leg, most):  # type: ignore[no-untyped-def]
    """Put the request on `leg` too: `most` grows, and one configuration still has to cover it."""
    for kind in range(len(ask.summed)):
        most[kind] = max(most[kind], fleet.taken[leg, kind] + ask.summed[kind])
    for kind in range(len(ask.largest)):
        most[len(ask.summed) + kind] = max(most[len(ask.summed) + kind], ask.largest[kind])
    for way in range(fleet.first_way[plan], fleet.first_way[plan + 1]):
        covers = True
        for kind in range(len(most)):
            covers &= fleet.ways[way, kind] >= most[kind]
        if covers:
            return True
    return False
