"""Rank plans for a request, and requests for a plan: exact over all positions and meeting points."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from routing.fleet import line_up
from routing.insertion import Choice, Slot, weigh
from routing.meeting import MeetingPoint, Neighbourhood, meeting_points
from routing.plan import Insertion, TripRequest, VehiclePlan
from routing.roads import Road, Roads, approach, cut_out, measure, straight_on
from routing.scan import NO_CHOICE, ask_for, best_choices
from routing.screen import may_serve
from routing.terms import USUAL, Terms

ROUNDING_S = 2
"""Each time in a matrix is rounded, so that three of them may miss the triangle inequality by this much."""


def rank(
    plans: Sequence[VehiclePlan], request: TripRequest, region: Neighbourhood, k: int, *, terms: Terms = USUAL
) -> list[Insertion]:
    """The best way to serve `request` in each of the best `k` plans: the smallest score first, then the offer's id.

    An empty list is an ordinary answer. Raises what `region` raises for a place that no road reaches.
    """
    possible = [plan for plan in plans if may_serve(plan, request, terms)]
    if not possible or k < 1:
        return []
    pickups, dropoffs = _points(request, region, terms)
    stops = [stop.place for plan in possible for stop in plan.stops]
    roads = measure(region.travel, stops, pickups, dropoffs)
    fleet = line_up(possible)
    scores, choices = best_choices(fleet, roads, ask_for(request, stops, pickups, dropoffs, terms))
    able = sorted(np.flatnonzero(scores < NO_CHOICE), key=lambda row: (scores[row], possible[row].offer_id))
    return [
        _insertion(
            possible[row], request, choices[row], pickups, dropoffs, _rows_of(roads, fleet.first, int(row)), terms
        )
        for row in able[:k]
    ]


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
    ends = [_points(requests[number], region, terms) for number in numbers]
    approaches = approach(region.travel, stops, [point for pickups, dropoffs in ends for point in pickups + dropoffs])

    hopeful, column = [], 0
    for number, (pickups, dropoffs) in zip(numbers, ends, strict=True):
        middle, column_after = column + len(pickups), column + len(pickups) + len(dropoffs)
        roads = cut_out(approaches, slice(column, middle), slice(middle, column_after))
        ask = ask_for(requests[number], stops, pickups, dropoffs, terms)
        bound = best_choices(fleet, roads._replace(direct=_at_least(roads)), ask)[0][0]
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
    return [(number, insertion) for _, number, insertion in best]


def _points(request: TripRequest, region: Neighbourhood, terms: Terms) -> tuple[list[MeetingPoint], list[MeetingPoint]]:
    return (
        meeting_points(request.origin, request.max_walk_m, region, terms.corners),
        meeting_points(request.destination, request.max_walk_m, region, terms.corners),
    )


def _at_least(roads: Roads) -> Road:
    """A lower bound for the direct road: seen from any stop, the dropoff is no further than by way of the pickup."""
    gain = roads.to_dropoff.s[:, None, :] - roads.to_pickup.s[:, :, None]
    seconds = np.maximum(gain.max(axis=0) - ROUNDING_S, 0).astype(np.int32)
    return Road(seconds, np.zeros_like(seconds))


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
