"""The best choice in each of many plans: the equations of docs/matching.md in closed form and compiled.

`insertion.weigh` is the one to read; a test holds the two against each other. Times count from the plan's departure.
Equations and scan share this file, because a compiled function that is kept on disk does not notice a change elsewhere.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing import capacity
from routing.ask import SEATS, Ask, Here
from routing.fleet import (
    AT,
    COUNT,
    DEPARTS,
    DWELL,
    FIRST,
    FLEXIBILITY,
    FREE,
    HEAD,
    LATE,
    LEEWAY,
    LEG_M,
    LIMIT_M,
    LIMIT_S,
    SLACK,
    WAY_FIRST,
    WAYS,
    Fleet,
)
from routing.kernel import kernel
from routing.plan import UNREACHABLE
from routing.roads import Roads

NO_CHOICE = 2**62
"""The score of a plan that cannot serve the request."""
SUMS = len(capacity.SUMMED)
FEW = 4
"""With no more points to get off at, looking at each is as quick as a bound."""
_ROUNDING = 1e-6


@kernel
def best_choices(
    fleet: Fleet, roads: Roads, here: Here, ask: Ask, keep_metres: bool
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Scores [plans], and choices [plans, 7] as in `Choice`; without a choice the score is `NO_CHOICE`.

    Stops are counted from the plan's own stop 0. The roads are those of all stops, one plan after the other; without
    `keep_metres` the driver's limit in metres is taken as kept.
    """
    plans = len(fleet.offer)
    scores, choices = np.empty(plans, np.int64), np.empty((plans, 7), np.int64)
    most = 0
    for plan in range(plans):
        most = max(most, fleet.offer[plan, COUNT])
    full, least = np.empty(most, np.int64), np.empty((3, most))
    onward = nearest_onward(roads.direct.s, ask)
    row = 0
    for plan in range(plans):
        found_room(fleet, plan, ask, full)
        choice = best_choice(fleet, plan, roads, here, row, ask, keep_metres, full, least, onward, NO_CHOICE)
        scores[plan] = choice[0]
        for part in range(7):
            choices[plan, part] = choice[part]
        row += fleet.offer[plan, COUNT]
    return scores, choices


@kernel
def best_choice(
    fleet: Any, plan: Any, roads: Any, here: Any, row: Any, ask: Any, keep_metres: Any, full: Any, least: Any,
    onward: Any, best: Any,
) -> Any:  # fmt: skip
    """The best choice in one plan that is better than `best`; else that score, and a choice that means nothing.

    Its stops' roads begin at `row`; `full`, `least` and `onward` are as `found_room` and `nearest_onward` left them.
    """
    offer = fleet.offer[plan]
    n = offer[COUNT]
    stops = fleet.stop[offer[FIRST] : offer[FIRST] + n]
    limit_m = offer[LIMIT_M] if keep_metres else NO_CHOICE
    driver, walk, wait, ride = ask.weights
    bounded = len(ask.walk_from_s) > FEW
    if bounded:
        _least_dropoff(roads, row, n, ask, least)
    choice = (best, 0, 0, 0, 0, 0, 0)
    for p in range(len(ask.walk_to_s)):
        ready_s = ask.earliest_s + ask.walk_to_s[p] - offer[DEPARTS]
        due_s = ask.latest_s + ask.walk_to_s[p] - offer[DEPARTS]
        for i in range(n - 1):
            if stops[i, AT] > due_s:
                break
            if full[i] == i:
                continue
            for on_stop in (True, False):
                if on_stop and not here.pickup[row + i, p]:
                    continue
                arrival_s = np.int64(stops[i, AT])
                if not on_stop:
                    if roads.to_pickup.s[row + i, p] >= UNREACHABLE:
                        continue
                    arrival_s += stops[i, DWELL] + roads.to_pickup.s[row + i, p]
                meet_s, later_s = meet(
                    arrival_s, ready_s, due_s, stops[i, SLACK], stops[i, HEAD], offer[FLEXIBILITY], ask.max_wait_s,
                    on_stop and i == 0,
                )  # fmt: skip
                if later_s < 0:
                    continue
                so_far = walk * ask.walk_to_s[p] + wait * (meet_s - ready_s)
                if on_stop:
                    first, late_first_s, way_m = i, max(0, meet_s - stops[i, AT]), np.int64(0)
                else:
                    leaves_s, next_s = meet_s + ask.dwell_s, np.int64(stops[i + 1, AT])
                    worth = True
                    if bounded:
                        rest_s = leaves_s + ask.dwell_s - next_s - (stops[n - 1, SLACK] - stops[i + 1, SLACK]) - later_s
                        bound = so_far + driver * rest_s + ride * ask.dwell_s + onward[p] + least[2, i + 1]
                        worth = bound - _ROUNDING < best
                    if worth:
                        for q in range(len(ask.walk_from_s)):
                            out_s, back_s = roads.direct.s[p, q], roads.from_dropoff.s[row + i + 1, q]
                            if out_s >= UNREACHABLE or back_s >= UNREACHABLE:
                                continue
                            added_m = np.int64(roads.to_pickup.m[row + i, p]) + roads.direct.m[p, q]
                            added_m += roads.from_dropoff.m[row + i + 1, q] - stops[i, LEG_M]
                            late_s = late(leaves_s + out_s + ask.dwell_s + back_s, next_s)
                            score = judge(
                                offer, stops, n, ask, limit_m, q, so_far, meet_s, later_s, leaves_s + out_s, i + 1,
                                late_s, added_m,
                            )  # fmt: skip
                            if score < best:
                                best, choice = score, (score, p, i, 0, q, i, 0)
                    if roads.from_pickup.s[row + i + 1, p] >= UNREACHABLE:
                        continue
                    first = i + 1
                    late_first_s = late(leaves_s + roads.from_pickup.s[row + i + 1, p], next_s)
                    way_m = np.int64(roads.to_pickup.m[row + i, p]) + roads.from_pickup.m[row + i + 1, p]
                    way_m -= stops[i, LEG_M]
                for j in range(first, n):
                    late_s = max(0, late_first_s - (stops[j, SLACK] - stops[first, SLACK]))
                    if late_s > stops[j, LATE]:
                        break
                    at_s = stops[j, AT] + late_s
                    if j > i:
                        for q in range(len(ask.walk_from_s)):
                            if here.dropoff[row + j, q]:
                                score = judge(
                                    offer, stops, n, ask, limit_m, q, so_far, meet_s, later_s, at_s, j, late_s, way_m
                                )
                                if score < best:
                                    best, choice = score, (score, p, i, int(on_stop), q, j, 1)
                    if j == full[i]:
                        break
                    leaves_s, next_s = at_s + stops[j, DWELL], np.int64(stops[j + 1, AT])
                    if bounded:
                        rest_s = leaves_s + ask.dwell_s - next_s - (stops[n - 1, SLACK] - stops[j + 1, SLACK])
                        aboard = so_far + ride * (leaves_s - meet_s) - driver * later_s
                        if max(aboard + driver * rest_s + least[0, j], aboard + least[1, j]) - _ROUNDING >= best:
                            continue
                    for q in range(len(ask.walk_from_s)):
                        out_s, back_s = roads.to_dropoff.s[row + j, q], roads.from_dropoff.s[row + j + 1, q]
                        if out_s >= UNREACHABLE or back_s >= UNREACHABLE:
                            continue
                        added_m = way_m + roads.to_dropoff.m[row + j, q] + roads.from_dropoff.m[row + j + 1, q]
                        added_m -= stops[j, LEG_M]
                        next_late_s = late(leaves_s + out_s + ask.dwell_s + back_s, next_s)
                        score = judge(
                            offer, stops, n, ask, limit_m, q, so_far, meet_s, later_s, leaves_s + out_s, j + 1,
                            next_late_s, added_m,
                        )  # fmt: skip
                        if score < best:
                            best, choice = score, (score, p, i, int(on_stop), q, j, 0)
    return choice


@kernel
def meet(
    arrival_s: Any, ready_s: Any, due_s: Any, slack_s: Any, head_s: Any, flexibility_s: Any, max_wait_s: Any,
    at_start: Any,
) -> Any:  # fmt: skip
    """When car and rider meet, and how much later the driver starts for it; the latter −1 when they cannot. (2)–(4)

    `slack_s` is the sum of the slacks before the stop, `head_s` how much later the driver may start for the stops up
    to it.
    """
    meet_s = max(arrival_s, ready_s)
    early_s = meet_s - arrival_s
    later_s = min(flexibility_s, early_s + slack_s) if early_s > 0 else 0
    wait_s = early_s - max(0, later_s - slack_s)
    if meet_s > due_s or later_s > head_s or wait_s > max_wait_s or (at_start and wait_s > 0):
        return meet_s, np.int64(-1)
    return meet_s, np.int64(later_s)


@kernel
def late(arrives_s: Any, planned_s: Any) -> Any:
    """How late the car is at a stop that it reaches then; it is never early. (1)"""
    return max(0, arrives_s - planned_s)


@kernel
def judge(
    offer: Any, stops: Any, n: Any, ask: Any, limit_m: Any, q: Any, so_far: Any, meet_s: Any, later_s: Any,
    dropoff_s: Any, stop: Any, late_s: Any, added_m: Any,
) -> Any:  # fmt: skip
    """The score when the car is `late_s` at `stop`, from where the plan goes on as it was. (5) to (9)."""
    if late_s > stops[stop, LEEWAY]:
        return NO_CHOICE
    added_s = max(0, late_s - (stops[n - 1, SLACK] - stops[stop, SLACK])) - later_s
    if added_s > offer[LIMIT_S] or added_m > limit_m:
        return NO_CHOICE
    arrives_s = offer[DEPARTS] + dropoff_s + ask.walk_from_s[q]
    if arrives_s < ask.arrive_earliest_s or arrives_s > ask.arrive_latest_s:
        return NO_CHOICE
    driver, walk, _wait, ride = ask.weights
    return np.int64(math.floor(so_far + driver * added_s + walk * ask.walk_from_s[q] + ride * (dropoff_s - meet_s)))


@kernel
def found_room(fleet: Any, plan: Any, ask: Any, full: Any) -> Any:
    """Write down for each stop to get on at: the first leg that has no room for the request, or the last stop."""
    begin, n = fleet.offer[plan, FIRST], fleet.offer[plan, COUNT]
    full[n - 1] = n - 1
    for leg in range(n - 2, -1, -1):
        full[leg] = leg if fleet.stop[begin + leg, FREE] < ask.wants[SEATS] else full[leg + 1]
    if ask.only_seats:
        return
    kinds = fleet.taken.shape[1]
    fullest = np.zeros(kinds, np.int64)
    for leg in range(begin, begin + n - 1):
        for kind in range(kinds):
            fullest[kind] = max(fullest[kind], fleet.taken[leg, kind])
    most = np.empty(kinds, np.int64)
    for stop in range(n - 1):
        for kind in range(kinds):
            most[kind] = fullest[kind]
        leg = stop
        while leg < full[stop] and _takes(fleet, plan, ask, begin + leg, most):
            leg += 1
        full[stop] = leg


@kernel
def _takes(fleet: Any, plan: Any, ask: Any, leg: Any, most: Any) -> Any:
    """Put the request on `leg` too: `most` grows, and one configuration still has to cover it."""
    for kind in range(len(most)):
        taken = fleet.taken[leg, kind] if kind < SUMS else 0
        most[kind] = max(most[kind], taken + ask.wants[kind])
    first = fleet.offer[plan, WAY_FIRST]
    for way in range(first, first + fleet.offer[plan, WAYS]):
        covers = True
        for kind in range(len(most)):
            covers &= fleet.ways[way, kind] >= most[kind]
        if covers:
            return True
    return False


@kernel
def _least_dropoff(roads: Any, row: Any, n: Any, ask: Any, least: Any) -> Any:
    """What getting off near each leg costs at least, whatever the point: a straight line below the true cost.

    [0, j] by a new stop after j, driver and ride and walk; [1, j] ride and walk alone, where slack swallows the rest;
    [2, j] the way on to stop j and half of the walk, for riders who get on and off between the same two stops.
    """
    driver, walk, _wait, ride = ask.weights
    for j in range(n):
        for part in range(3):
            least[part, j] = NO_CHOICE
        for q in range(len(ask.walk_from_s)):
            out_s, on_foot = np.float64(roads.to_dropoff.s[row + j, q]), walk * ask.walk_from_s[q]
            least[1, j] = min(least[1, j], ride * out_s + on_foot)
            least[2, j] = min(least[2, j], driver * roads.from_dropoff.s[row + j, q] + 0.5 * on_foot)
            if j + 1 < n:
                back_s = roads.from_dropoff.s[row + j + 1, q]
                least[0, j] = min(least[0, j], (driver + ride) * out_s + driver * back_s + on_foot)


@kernel
def nearest_onward(direct_s: Any, ask: Any) -> Any:
    """For each pickup point what the way straight to a dropoff point costs at least, with half of the walk there."""
    driver, walk, _wait, ride = ask.weights
    onward = np.empty(len(ask.walk_to_s))
    for p in range(len(onward)):
        onward[p] = NO_CHOICE
        for q in range(len(ask.walk_from_s)):
            onward[p] = min(onward[p], (driver + ride) * direct_s[p, q] + 0.5 * walk * ask.walk_from_s[q])
    return onward
