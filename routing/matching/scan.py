"""The best choice in each of many plans: the equations of docs/matching.md in closed form and compiled.

`insertion.weigh` is the one to read; a test holds the two against each other. Times count from the plan's departure.
Equations and scan share this file, because a compiled function that is kept on disk does not notice a change elsewhere.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing import capacity
from routing.kernel import kernel
from routing.matching.approaches import Roads
from routing.matching.ask import SEATS, Ask, Here
from routing.matching.fleet import (
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
from routing.plan import UNREACHABLE

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
    departs_s, flexibility_s = offer[DEPARTS], offer[FLEXIBILITY]
    all_slack_s = np.int64(stops[n - 1, SLACK])
    # Named once: to fetch an array out of a tuple in a loop costs more than all the arithmetic.
    walk_to_s, walk_from_s, dwell_s = ask.walk_to_s, ask.walk_from_s, ask.dwell_s
    earliest_s, latest_s, max_wait_s = ask.earliest_s, ask.latest_s, ask.max_wait_s
    limits = (
        offer[LIMIT_S], offer[LIMIT_M] if keep_metres else np.int64(NO_CHOICE),
        ask.arrive_earliest_s - departs_s, ask.arrive_latest_s - departs_s,
    )  # fmt: skip
    weights = ask.weights
    here_on, here_off = here.pickup, here.dropoff
    to_p_s, to_p_m = roads.to_pickup.s, roads.to_pickup.m
    from_p_s, from_p_m = roads.from_pickup.s, roads.from_pickup.m
    to_q_s, to_q_m = roads.to_dropoff.s, roads.to_dropoff.m
    from_q_s, from_q_m = roads.from_dropoff.s, roads.from_dropoff.m
    direct_s, direct_m = roads.direct.s, roads.direct.m
    pickups, dropoffs = len(walk_to_s), len(walk_from_s)
    driver, walk, wait, ride = weights
    bounded = dropoffs > FEW
    if bounded:
        _least_dropoff(roads, row, n, ask, least)
    choice = (best, 0, 0, 0, 0, 0, 0)
    for p in range(pickups):
        ready_s = earliest_s + walk_to_s[p] - departs_s
        due_s = latest_s + walk_to_s[p] - departs_s
        for i in range(n - 1):
            if stops[i, AT] > due_s:
                break
            if full[i] == i:
                continue
            for on_stop in (True, False):
                if on_stop and not here_on[row + i, p]:
                    continue
                arrival_s = np.int64(stops[i, AT])
                if not on_stop:
                    if to_p_s[row + i, p] >= UNREACHABLE:
                        continue
                    arrival_s += stops[i, DWELL] + to_p_s[row + i, p]
                meet_s, later_s = meet(
                    arrival_s, ready_s, due_s, stops[i, SLACK], stops[i, HEAD], flexibility_s, max_wait_s,
                    on_stop and i == 0,
                )  # fmt: skip
                if later_s < 0:
                    continue
                so_far = walk * walk_to_s[p] + wait * (meet_s - ready_s)
                if on_stop:
                    first, late_first_s, way_m = i, max(0, meet_s - stops[i, AT]), np.int64(0)
                else:
                    leaves_s, next_s = meet_s + dwell_s, np.int64(stops[i + 1, AT])
                    worth = True
                    if bounded:
                        rest_s = leaves_s + dwell_s - next_s - (all_slack_s - stops[i + 1, SLACK]) - later_s
                        bound = so_far + driver * rest_s + ride * dwell_s + onward[p] + least[2, i + 1]
                        worth = bound - _ROUNDING < best
                    if worth:
                        for q in range(dropoffs):
                            out_s, back_s = direct_s[p, q], from_q_s[row + i + 1, q]
                            if out_s >= UNREACHABLE or back_s >= UNREACHABLE:
                                continue
                            added_m = np.int64(to_p_m[row + i, p]) + direct_m[p, q]
                            added_m += from_q_m[row + i + 1, q] - stops[i, LEG_M]
                            late_s = late(leaves_s + out_s + dwell_s + back_s, next_s)
                            score = judge(
                                late_s, stops[i + 1, LEEWAY], all_slack_s - stops[i + 1, SLACK], later_s, added_m,
                                limits, leaves_s + out_s, meet_s, walk_from_s[q], so_far, weights,
                            )  # fmt: skip
                            if score < best:
                                best, choice = score, (score, p, i, 0, q, i, 0)
                    if from_p_s[row + i + 1, p] >= UNREACHABLE:
                        continue
                    first = i + 1
                    late_first_s = late(leaves_s + from_p_s[row + i + 1, p], next_s)
                    way_m = np.int64(to_p_m[row + i, p]) + from_p_m[row + i + 1, p]
                    way_m -= stops[i, LEG_M]
                for j in range(first, n):
                    late_s = max(0, late_first_s - (stops[j, SLACK] - stops[first, SLACK]))
                    if late_s > stops[j, LATE]:
                        break
                    at_s = stops[j, AT] + late_s
                    if j > i:
                        for q in range(dropoffs):
                            if here_off[row + j, q]:
                                score = judge(
                                    late_s, stops[j, LEEWAY], all_slack_s - stops[j, SLACK], later_s, way_m, limits,
                                    at_s, meet_s, walk_from_s[q], so_far, weights,
                                )  # fmt: skip
                                if score < best:
                                    best, choice = score, (score, p, i, int(on_stop), q, j, 1)
                    if j == full[i]:
                        break
                    leaves_s, next_s = at_s + stops[j, DWELL], np.int64(stops[j + 1, AT])
                    if bounded:
                        rest_s = leaves_s + dwell_s - next_s - (all_slack_s - stops[j + 1, SLACK])
                        aboard = so_far + ride * (leaves_s - meet_s) - driver * later_s
                        if max(aboard + driver * rest_s + least[0, j], aboard + least[1, j]) - _ROUNDING >= best:
                            continue
                    for q in range(dropoffs):
                        out_s, back_s = to_q_s[row + j, q], from_q_s[row + j + 1, q]
                        if out_s >= UNREACHABLE or back_s >= UNREACHABLE:
                            continue
                        added_m = way_m + to_q_m[row + j, q] + from_q_m[row + j + 1, q]
                        added_m -= stops[j, LEG_M]
                        next_late_s = late(leaves_s + out_s + dwell_s + back_s, next_s)
                        score = judge(
                            next_late_s, stops[j + 1, LEEWAY], all_slack_s - stops[j + 1, SLACK], later_s, added_m,
                            limits, leaves_s + out_s, meet_s, walk_from_s[q], so_far, weights,
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
    late_s: Any, leeway_s: Any, slack_s: Any, later_s: Any, added_m: Any, limits: Any, dropoff_s: Any, meet_s: Any,
    walk_s: Any, so_far: Any, weights: Any,
) -> Any:  # fmt: skip
    """The score when the car is `late_s` at a stop from where the plan goes on as it was. (5) to (9)

    `leeway_s` and `slack_s` are what that stop and all after it allow, and swallow. `limits` are the driver's seconds
    and metres, and the hours between which the rider arrives; `so_far` is what walk and wait to the pickup cost.
    """
    driver, walk, _wait, ride = weights
    limit_s, limit_m, arrive_earliest_s, arrive_latest_s = limits
    added_s = max(0, late_s - slack_s) - later_s
    arrives_s = dropoff_s + walk_s
    if late_s > leeway_s or added_s > limit_s or added_m > limit_m:
        return NO_CHOICE
    if arrives_s < arrive_earliest_s or arrives_s > arrive_latest_s:
        return NO_CHOICE
    return np.int64(math.floor(so_far + driver * added_s + walk * walk_s + ride * (dropoff_s - meet_s)))


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
