"""Rank plans for a request, and requests for a plan: exact over all positions and meeting points."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from routing.bounds import direct_by_the_stops, roads_by_the_doors, without_metres
from routing.fleet import line_up
from routing.insertion import Choice, Slot, weigh
from routing.meeting import MeetingPoint, Neighbourhood, meeting_points, named
from routing.plan import (
    Configuration,
    Insertion,
    Place,
    PlannedLeg,
    PlannedStop,
    TripRequest,
    VehiclePlan,
)
from routing.roads import Road, Roads, approach, cut_out, measure, straight_on
from routing.scan import NO_CHOICE, ask_for, best_choices
from routing.screen import may_serve
from routing.terms import USUAL, Terms

FIRST_LOOK = 48
"""Plans whose corners are all tried at once, the most hopeful first; then twice as many, and so on."""


def rank(
    plans: Sequence[VehiclePlan], request: TripRequest, region: Neighbourhood, k: int, *, terms: Terms = USUAL
) -> list[Insertion]:
    """The best way to serve `request` in each of the best `k` plans: the smallest score first, then the offer's id.

    An empty list is an ordinary answer. Exact: the roads to and from the two doors give each plan a bound, and the
    roads to all corners are asked for as long as a plan's bound is no worse than the k-th best score.
    """
    possible = [plan for plan in plans if may_serve(plan, request, terms)]
    if not possible or k < 1:
        return []
    pickups, dropoffs = _points(request, region, terms)
    best: list[Insertion] = []
    for hopeful in _by_hope(possible, request, pickups, dropoffs, region, terms):
        worst = best[-1].score_s if len(best) == k else NO_CHOICE
        chunk = [plan for least, plan in hopeful if least <= worst]
        if not chunk:
            break
        best += _weighed(chunk, request, pickups, dropoffs, region, k, terms)
        best = sorted(best, key=_by_score)[:k]
    return [named(ride, region) for ride in best]


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


def _by_hope(
    plans: list[VehiclePlan],
    request: TripRequest,
    pickups: Sequence[MeetingPoint],
    dropoffs: Sequence[MeetingPoint],
    region: Neighbourhood,
    terms: Terms,
) -> Iterator[list[tuple[int, VehiclePlan]]]:
    """All plans with the best score they can have, the smallest first, in chunks that grow."""
    if len(plans) <= FIRST_LOOK:
        yield [(0, plan) for plan in plans]
        return
    stops = [stop.place for plan in plans for stop in plan.stops]
    roads = roads_by_the_doors(region.travel, stops, pickups, dropoffs)
    least = best_choices(without_metres(line_up(plans)), roads, ask_for(request, stops, pickups, dropoffs, terms))[0]
    order = [row for row in np.argsort(least, kind="stable") if least[row] < NO_CHOICE]
    size = FIRST_LOOK
    while order:
        yield [(int(least[row]), plans[row]) for row in order[:size]]
        order, size = order[size:], 2 * size


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
    fleet = line_up(plans)
    scores, choices = best_choices(fleet, roads, ask_for(request, stops, pickups, dropoffs, terms))
    able = [int(row) for row in np.flatnonzero(scores < NO_CHOICE)]
    able.sort(key=lambda row: (scores[row], plans[row].offer_id))
    return [
        _insertion(plans[row], request, choices[row], pickups, dropoffs, _rows_of(roads, fleet.first, row), terms)
        for row in able[:k]
    ]


def _by_score(ride: Insertion) -> tuple[int, int]:
    return ride.score_s, ride.offer_id


def rank_requests(
    plan: VehiclePlan, requests: Sequence[TripRequest], region: Neighbourhood, k: int, *, terms: Terms = USUAL
) -> list[tuple[int, Insertion]]:
    """The `k` requests that `plan` can serve best, each with its number in `requests`, the smallest score first.

    All roads to and from the plan's stops are asked for at once. The road from pickup to dropoff is a matrix of its own
    for each request; a bound on it, by the triangle inequality, leaves most of them unasked.
    """
    numbers = [number for number, request in enumerate(requests) if may_serve(plan, request, terms)]
    if not numbers or k < 1:
        return []
    stops, fleet = [stop.place for stop in plan.stops], line_up([plan])
    boundless = without_metres(fleet)
    ends = [_points(requests[number], region, terms) for number in numbers]
    approaches = approach(region.travel, stops, [point for pickups, dropoffs in ends for point in pickups + dropoffs])

    hopeful, column = [], 0
    for number, (pickups, dropoffs) in zip(numbers, ends, strict=True):
        middle, column_after = column + len(pickups), column + len(pickups) + len(dropoffs)
        roads = cut_out(approaches, slice(column, middle), slice(middle, column_after))
        ask = ask_for(requests[number], stops, pickups, dropoffs, terms)
        bound = best_choices(boundless, roads._replace(direct=direct_by_the_stops(roads)), ask)[0][0]
        if bound < NO_CHOICE:
            hopeful.append((bound, number, roads, ask, pickups, dropoffs))
        column = column_after

    best: list[tuple[int, int, Insertion]] = []
    for bound, number, roads, ask, pickups, dropoffs in sorted(hopeful, key=lambda hope: hope[:2]):
        if len(best) == k and bound > best[-1][0]:
            break
        roads = roads._replace(direct=straight_on(region.travel, pickups, dropoffs))
        scores, choices = best_choices(fleet, roads, ask)
        if scores[0] < NO_CHOICE:
            insertion = _insertion(plan, requests[number], choices[0], pickups, dropoffs, roads, terms)
            best = sorted([*best, (int(scores[0]), number, insertion)], key=lambda found: found[:2])[:k]
    return [(number, named(insertion, region)) for _, number, insertion in best]


def _points(request: TripRequest, region: Neighbourhood, terms: Terms) -> tuple[list[MeetingPoint], list[MeetingPoint]]:
    return (
        meeting_points(request.origin, request.max_walk_m, region, terms.corners),
        meeting_points(request.destination, request.max_walk_m, region, terms.corners),
    )


def _rows_of(roads: Roads, first: NDArray[np.int64], row: int) -> Roads:
    """The roads of one plan's stops."""
    stops = slice(int(first[row]), int(first[row + 1]))
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
    p, on, on_is_stop, q, off, off_is_stop = (int(number) for number in choice)
    chosen = Choice(p, Slot(on, bool(on_is_stop)), q, Slot(off, bool(off_is_stop)))
    insertion = weigh(plan, request, chosen, pickups[p], dropoffs[q], roads, terms)
    if insertion is None:
        raise AssertionError("the compiled scan chose what the equations refuse")
    return insertion
