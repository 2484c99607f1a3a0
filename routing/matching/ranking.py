"""Rank plans for a request, and requests for a plan: exact over all positions and meeting points."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from routing.checks import check_plan, check_request, check_terms
from routing.matching.approaches import Road, Roads, approach, cut_out, measure, nothing_between, straight_on
from routing.matching.ask import ask_for, used_as_they_are
from routing.matching.fleet import COUNT, FIRST, Fleet, line_up
from routing.matching.index import ANYBODY, LiveIndex
from routing.matching.insertion import Choice, Slot, weigh
from routing.matching.meeting import MeetingPoint, Neighbourhood, meeting_points, named
from routing.matching.scan import NO_CHOICE, best_choices
from routing.matching.screen import may_serve
from routing.matching.terms import USUAL, Terms
from routing.plan import (
    Configuration,
    Insertion,
    Place,
    PlannedLeg,
    PlannedStop,
    TripRequest,
    VehiclePlan,
)
from routing.region import Region


def rank(
    plans: Sequence[VehiclePlan], request: TripRequest, region: Neighbourhood, k: int, *, terms: Terms = USUAL
) -> list[Insertion]:
    """The best way to serve `request` in each of the best `k` plans: the smallest score first, then the offer's id.

    An empty list is an ordinary answer. Exact: a region is asked as `routing.matching.index` asks it, any other travel
    times for all roads between stops and meeting points. Raises ValueError for a plan, request or terms that mean
    nothing.
    """
    if isinstance(region, Region) and len({plan.offer_id for plan in plans}) == len(plans):
        index = LiveIndex(region, reserved=len(plans) + 1)
        index.put_many((plan, 0, True, 0, 0) for plan in plans)
        return index.search(request, ANYBODY, k, terms=terms)
    return rank_by_matrices(plans, request, region, k, terms=terms)


def rank_by_matrices(
    plans: Sequence[VehiclePlan], request: TripRequest, region: Neighbourhood, k: int, *, terms: Terms = USUAL
) -> list[Insertion]:
    """The same for any travel times, by all roads between stops and meeting points: for a handful of plans."""
    check_request(request)
    check_terms(terms)
    for plan in plans:
        check_plan(plan)
    possible = [plan for plan in plans if may_serve(plan, request, terms)]
    if not possible or k < 1:
        return []
    pickups, dropoffs = _points(request, region, terms)
    return sorted(_weighed(possible, request, pickups, dropoffs, region, k, terms), key=_by_score)


def warm_up(region: Neighbourhood, place: Place) -> None:
    """Compile what ranking needs, or read it from the cache, so that the first search need not wait for it."""
    still = VehiclePlan(
        offer_id=0,
        stops=(PlannedStop(place, 0), PlannedStop(place, 0)),
        legs=(PlannedLeg(0, 0),),
        configurations=(Configuration("any", seats=1, litres=0, length_cm=0),),
        empty_s=0,
        empty_m=0,
        max_detour_s=0,
        max_detour_m=0,
    )
    rank([still], TripRequest(place, place, earliest_s=0, latest_s=0, max_walk_m=0), region, 1)


def _weighed(
    plans: Sequence[VehiclePlan],
    request: TripRequest,
    pickups: Sequence[MeetingPoint],
    dropoffs: Sequence[MeetingPoint],
    region: Neighbourhood,
    k: int,
    terms: Terms,
) -> list[Insertion]:
    """The best insertion of each of the best `k` of these plans."""
    stops = [stop.place for plan in plans for stop in plan.stops]
    roads = measure(region.travel, stops, pickups, dropoffs)
    here = used_as_they_are(stops, pickups, dropoffs, terms)
    fleet = line_up(plans)
    scores, choices = best_choices(fleet, roads, here, ask_for(request, pickups, dropoffs, terms), True)
    able = [int(row) for row in np.flatnonzero(scores < NO_CHOICE)]
    able.sort(key=lambda row: (scores[row], plans[row].offer_id))
    return [
        _insertion(plans[row], request, choices[row], pickups, dropoffs, _rows_of(roads, fleet, row), terms)
        for row in able[:k]
    ]


def _by_score(ride: Insertion) -> tuple[int, int]:
    return ride.score_s, ride.offer_id


def rank_requests(
    plan: VehiclePlan, requests: Sequence[TripRequest], region: Neighbourhood, k: int, *, terms: Terms = USUAL
) -> list[tuple[int, Insertion]]:
    """The `k` requests that `plan` can serve best, each with its number in `requests`, the smallest score first.

    Exact, and of two equally good ones the first. Raises ValueError for a plan, request or terms that mean nothing.
    """
    check_plan(plan)
    check_terms(terms)
    for request in requests:
        check_request(request)
    numbers = [number for number, request in enumerate(requests) if may_serve(plan, request, terms)]
    if not numbers or k < 1:
        return []
    if not isinstance(region, Region):
        return _rank_by_matrices(plan, requests, numbers, region, k, terms)
    index = LiveIndex(region, reserved=1)
    index.put(plan, driver_id=0, public=True)
    found = [(number, one) for number in numbers for one in index.search(requests[number], ANYBODY, 1, terms=terms)]
    return sorted(found, key=lambda one: (one[1].score_s, one[0]))[:k]


def _rank_by_matrices(
    plan: VehiclePlan,
    requests: Sequence[TripRequest],
    numbers: Sequence[int],
    region: Neighbourhood,
    k: int,
    terms: Terms,
) -> list[tuple[int, Insertion]]:
    """The same for any travel times: all roads to and from the plan's stops are asked for at once.

    The road from pickup to dropoff is a matrix of its own for each request, and not asked for where the request is no
    better than the `k`-th even if it took no time.
    """
    stops, fleet = [stop.place for stop in plan.stops], line_up([plan])
    ends = [_points(requests[number], region, terms) for number in numbers]
    approaches = approach(region.travel, stops, [point for pickups, dropoffs in ends for point in pickups + dropoffs])

    hopeful, column = [], 0
    for number, (pickups, dropoffs) in zip(numbers, ends, strict=True):
        middle, column_after = column + len(pickups), column + len(pickups) + len(dropoffs)
        roads = cut_out(approaches, slice(column, middle), slice(middle, column_after))
        ask = ask_for(requests[number], pickups, dropoffs, terms)
        here = used_as_they_are(stops, pickups, dropoffs, terms)
        bound = best_choices(fleet, roads._replace(direct=nothing_between(pickups, dropoffs)), here, ask, False)[0][0]
        if bound < NO_CHOICE:
            hopeful.append((bound, number, roads, here, ask, pickups, dropoffs))
        column = column_after

    best: list[tuple[int, int, Insertion]] = []
    for bound, number, roads, here, ask, pickups, dropoffs in sorted(hopeful, key=lambda hope: hope[:2]):
        if len(best) == k and bound > best[-1][0]:
            break
        roads = roads._replace(direct=straight_on(region.travel, pickups, dropoffs))
        scores, choices = best_choices(fleet, roads, here, ask, True)
        if scores[0] < NO_CHOICE:
            insertion = _insertion(plan, requests[number], choices[0], pickups, dropoffs, roads, terms)
            best = sorted([*best, (int(scores[0]), number, insertion)], key=lambda found: found[:2])[:k]
    return [(number, named(insertion, region)) for _, number, insertion in best]


def _points(request: TripRequest, region: Neighbourhood, terms: Terms) -> tuple[list[MeetingPoint], list[MeetingPoint]]:
    return (
        meeting_points(request.origin, request.max_walk_m, region, terms.corners),
        meeting_points(request.destination, request.max_walk_m, region, terms.corners),
    )


def _rows_of(roads: Roads, fleet: Fleet, row: int) -> Roads:
    """The roads of one plan's stops."""
    first, count = fleet.offer[row, FIRST], fleet.offer[row, COUNT]
    stops = slice(int(first), int(first + count))
    a, b, c, d = (Road(road.s[stops], road.m[stops]) for road in roads[:4])
    return Roads(a, b, c, d, roads.direct)


def _insertion(
    plan: VehiclePlan,
    request: TripRequest,
    choice: NDArray[np.int64],
    pickups: Sequence[MeetingPoint],
    dropoffs: Sequence[MeetingPoint],
    roads: Roads,
    terms: Terms,
) -> Insertion:
    """The scan's choice, worked out by the equations one may read."""
    _score, p, on, on_is_stop, q, off, off_is_stop = (int(number) for number in choice)
    chosen = Choice(p, Slot(on, bool(on_is_stop)), q, Slot(off, bool(off_is_stop)))
    insertion = weigh(plan, request, chosen, pickups[p], dropoffs[q], roads, terms)
    if insertion is None:
        raise AssertionError("the compiled scan chose what the equations refuse")
    return insertion
