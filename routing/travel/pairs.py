"""Times between many pairs of places: what a matrix knows, without the pairs that nobody asked for."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.kernel import kernel
from routing.plan import Place
from routing.travel.hierarchy import UNREACHED
from routing.travel.reach import FAR, seconds_and_metres
from routing.travel.roads import RoadTravel


def times_between(travel: RoadTravel, pairs: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Seconds and metres for each row (lat, lon, lat, lon) of `pairs`, int32 [pairs]; `UNREACHABLE` where no way is."""
    origins = travel.snap_points(pairs[:, 0].copy(), pairs[:, 1].copy())
    destinations = travel.snap_points(pairs[:, 2].copy(), pairs[:, 3].copy())
    tree = travel.hierarchy
    between = pair_weights(
        tree.start, tree.above, tree.parent, tree.up, tree.down,
        origins.leave_node, origins.leave_cost, destinations.arrive_node, destinations.arrive_cost,
    )  # fmt: skip
    same = (origins.point == destinations.point).all(axis=1) & (origins.piece >= 0)
    whole = np.where(between >= FAR, UNREACHED, between + origins.access + destinations.access)
    seconds, metres = seconds_and_metres(np.where(same, 0, whole))
    for i in np.flatnonzero((between < 0) & ~same):  # behind the start on its own arc: round some block
        start, end = Place(*pairs[i, :2].tolist()), Place(*pairs[i, 2:].tolist())
        (seconds[i],), (metres[i],) = (table[0] for table in travel.matrix([start], [end]))
    return seconds, metres


@kernel
def pair_weights(
    start: Any, above: Any, parent: Any, up: Any, down: Any, leave_node: Any, leave_cost: Any, arrive_node: Any,
    arrive_cost: Any,
) -> Any:  # fmt: skip
    """Packed weights from origin to destination of each pair, int64 [pairs]; below zero where one has to go round.

    Both ends climb the tree, each by its two arcs at once: the numbers of nodes grow towards the root, so the lower of
    the two chains goes on until they meet.
    """
    nodes, far = len(parent), np.int64(1 << 60)
    leaving, arriving = np.full(nodes, far, np.int64), np.full(nodes, far, np.int64)
    found = np.full(len(leave_node), far, np.int64)
    for i in range(len(leave_node)):
        _climb(start, above, parent, up, leaving, leave_node[i], leave_cost[i])
        _climb(start, above, parent, down, arriving, arrive_node[i], arrive_cost[i])
        best = far
        a, b = _lower(leave_node[i], leave_cost[i]), _upper(leave_node[i], leave_cost[i])
        while a >= 0:
            best = min(best, leaving[a] + arriving[a])
            leaving[a] = far
            a, b = _next(parent, a, b)
        a, b = _lower(arrive_node[i], arrive_cost[i]), _upper(arrive_node[i], arrive_cost[i])
        while a >= 0:
            arriving[a] = far
            a, b = _next(parent, a, b)
        found[i] = best
    return found


@kernel
def _climb(start: Any, above: Any, parent: Any, weight: Any, reached: Any, nodes: Any, costs: Any) -> None:
    """Write into `reached` the weight from the nearer of two nodes, each at its cost, to all their ancestors."""
    for k in range(2):
        if costs[k] < 1 << 59:
            reached[nodes[k]] = min(reached[nodes[k]], costs[k])
    a, b = _lower(nodes, costs), _upper(nodes, costs)
    while a >= 0:
        here = reached[a]
        if here < 1 << 59:
            for k in range(start[a], start[a + 1]):
                y = above[k]
                reached[y] = min(reached[y], here + weight[k])
        a, b = _next(parent, a, b)


@kernel
def _lower(nodes: Any, costs: Any) -> Any:
    """Where the two chains begin: the smaller of the nodes that exist, −1 without any."""
    one, other = _known(nodes, costs, 0), _known(nodes, costs, 1)
    if one < 0 or other < 0:
        return max(one, other)
    return min(one, other)


@kernel
def _upper(nodes: Any, costs: Any) -> Any:
    """The greater of two nodes that exist, −1 where there is one at most."""
    one, other = _known(nodes, costs, 0), _known(nodes, costs, 1)
    return -1 if one < 0 or other < 0 or one == other else max(one, other)


@kernel
def _known(nodes: Any, costs: Any, k: int) -> Any:
    return np.int64(nodes[k]) if costs[k] < 1 << 59 else np.int64(-1)


@kernel
def _next(parent: Any, a: int, b: int) -> tuple[Any, Any]:
    """The next two nodes of the two chains, the lower first; −1 for a chain that has ended or joined the other."""
    up = np.int64(parent[a])
    if up == b or b < 0:
        return up, np.int64(-1)
    if up < 0:
        return b, np.int64(-1)
    return (up, b) if up < b else (b, up)
