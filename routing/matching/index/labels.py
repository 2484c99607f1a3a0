"""Ways between a few stops and many meeting points at once: labels of all points side by side, packed, exact.

The meeting points around one door lie close together, so their ancestors in the elimination tree are mostly the same:
each ancestor has one row, and a column for each point. A stop climbs once and meets all columns on its way.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernel import kernel
from routing.matching.fleet import ACCESS, ARC, REST
from routing.travel.hierarchy import METRE_BITS
from routing.travel.sweeps import LOST, LOST_MS


class Points(NamedTuple):
    """The meeting points of one end, on the road."""

    point: NDArray[np.float64]
    """[points, 2] degrees"""
    arc: NDArray[np.int32]
    """[points, 2]"""
    rest: NDArray[np.int64]
    """[points, 2] packed, `LOST` where the arc does not count"""
    access: NDArray[np.int64]
    """[points] packed"""


class Labels(NamedTuple):
    """Packed weights between all points and the ancestors of their arcs."""

    node: NDArray[np.int32]
    """[rows] ascending"""
    out: NDArray[np.int64]
    """[rows, points] from the point up to the node"""
    back: NDArray[np.int64]
    """[rows, points] from the node down to the point"""


class Climb(NamedTuple):
    """One thread's room to climb in."""

    out: NDArray[np.int64]
    """[nodes]"""
    back: NDArray[np.int64]
    seen: NDArray[np.int32]
    """[nodes] the turn in which the node got its values"""
    turn: NDArray[np.int32]
    """[1]"""
    row: NDArray[np.int32]
    """[2, nodes] a node's row in the labels of pickups and of dropoffs, −1 where it has none"""


def climb_room(nodes: int) -> Climb:
    """For a hierarchy of so many nodes."""
    return Climb(
        np.empty(nodes, np.int64), np.empty(nodes, np.int64), np.zeros(nodes, np.int32), np.zeros(1, np.int32),
        np.full((2, nodes), -1, np.int32),
    )  # fmt: skip


@kernel
def label(links: Any, points: Any, row_of: Any) -> Any:
    """The labels of all points, and in `row_of` which node has which row; `forget` takes them out again."""
    parent, arc, rest = links.parent, points.arc, points.rest
    up_start, up_above, up = links.up_start, links.up_above, links.up
    down_start, down_above, down = links.down_start, links.down_above, links.down
    count, room = len(arc), 64
    node, size = np.empty(room, np.int32), 0
    for p in range(count):
        for side in range(2):
            v = arc[p, side]
            while rest[p, side] < LOST and v >= 0 and row_of[v] < 0:
                row_of[v] = 0
                if size == room:
                    room *= 2
                    larger = np.empty(room, np.int32)
                    larger[:size] = node
                    node = larger
                node[size] = v
                size += 1
                v = parent[v]
    node = np.sort(node[:size])
    out, back = np.full((size, count), LOST, np.int64), np.full((size, count), LOST, np.int64)
    for row in range(size):
        row_of[node[row]] = row
    for p in range(count):
        for side in range(2):
            if rest[p, side] < LOST:
                row = row_of[arc[p, side]]
                out[row, p], back[row, p] = min(out[row, p], rest[p, side]), min(back[row, p], -rest[p, side])
    for row in range(size):
        v = node[row]
        for k in range(up_start[v], up_start[v + 1]):
            above, weight = row_of[up_above[k]], up[k]
            for p in range(count):
                out[above, p] = min(out[above, p], out[row, p] + weight)
        for k in range(down_start[v], down_start[v + 1]):
            above, weight = row_of[down_above[k]], down[k]
            for p in range(count):
                back[above, p] = min(back[above, p], back[row, p] + weight)
    return Labels(node, out, back)


@kernel
def forget(labels: Any, row_of: Any) -> None:
    """Leave the room as it was found."""
    for v in labels.node:
        row_of[v] = -1


@kernel
def straight_on(links: Any, turns: Any, room: Any, pickups: Any, dropoffs: Any, on: Any, off: Any) -> Any:
    """Packed ways from each pickup point to each dropoff point, without the last metres to the doors."""
    row_of = room.row[1]
    best = np.full((len(pickups.arc), len(dropoffs.arc)), LOST, np.int64)
    out, back, node = on.out, off.back, on.node
    for row in range(len(node)):
        other = row_of[node[row]]
        if other < 0:
            continue
        for p in range(len(best)):
            here = out[row, p]
            if here < LOST:
                for q in range(best.shape[1]):
                    best[p, q] = min(best[p, q], here + back[other, q])
    for p in range(len(best)):
        for q in range(best.shape[1]):
            if best[p, q] < 0:
                best[p, q] = between(
                    links, turns, room, pickups.arc[p], pickups.rest[p], dropoffs.arc[q], dropoffs.rest[q]
                )  # fmt: skip
    return best


@kernel
def meet_points(
    links: Any, turns: Any, room: Any, stop: Any, dm: Any, pickups: Any, dropoffs: Any, on: Any, off: Any,
    to_p: Any, from_p: Any, to_q: Any, from_q: Any,
) -> None:  # fmt: skip
    """Packed ways from a stop to all points and from all points to it, with the last metres at both ends."""
    parent = links.parent
    up_start, up_above, up = links.up_start, links.up_above, links.up
    down_start, down_above, down = links.down_start, links.down_above, links.down
    out, back, seen, row_p, row_q = room.out, room.back, room.seen, room.row[0], room.row[1]
    on_out, on_back, off_out, off_back = on.out, on.back, off.out, off.back
    arcs, rests = np.empty(2, np.int32), np.empty(2, np.int64)
    room.turn[0] += 1
    turn = room.turn[0]
    to_p[:], from_p[:], to_q[:], from_q[:] = LOST, LOST, LOST, LOST
    for side in range(2):
        arcs[side], rests[side] = stop[ARC + side], LOST
        if stop[REST + side] < LOST_MS:
            rests[side] = np.int64(stop[REST + side]) << METRE_BITS | dm[side]
            out[arcs[side]], back[arcs[side]], seen[arcs[side]] = rests[side], -rests[side], turn
    one, other = arcs[0] if rests[0] < LOST else -1, arcs[1] if rests[1] < LOST else -1
    while one >= 0 or other >= 0:
        v = one if other < 0 or (one >= 0 and one < other) else other
        one, other = parent[v] if one == v else one, parent[v] if other == v else other
        if seen[v] != turn:
            out[v], back[v], seen[v] = LOST, LOST, turn
        out_v, back_v = out[v], back[v]
        for k in range(up_start[v], up_start[v + 1]):
            y = up_above[k]
            if seen[y] != turn:
                out[y], back[y], seen[y] = LOST, LOST, turn
            out[y] = min(out[y], out_v + up[k])
        for k in range(down_start[v], down_start[v + 1]):
            y = down_above[k]
            if seen[y] != turn:
                out[y], back[y], seen[y] = LOST, LOST, turn
            back[y] = min(back[y], back_v + down[k])
        row = row_p[v]
        if row >= 0:
            for p in range(len(to_p)):
                to_p[p] = min(to_p[p], out_v + on_back[row, p])
                from_p[p] = min(from_p[p], back_v + on_out[row, p])
        row = row_q[v]
        if row >= 0:
            for q in range(len(to_q)):
                to_q[q] = min(to_q[q], out_v + off_back[row, q])
                from_q[q] = min(from_q[q], back_v + off_out[row, q])
    access = np.int64(stop[ACCESS]) << METRE_BITS | dm[2]
    _round_and_access(links, turns, room, arcs, rests, access, pickups, to_p, from_p)
    _round_and_access(links, turns, room, arcs, rests, access, dropoffs, to_q, from_q)


@kernel
def _round_and_access(
    links: Any, turns: Any, room: Any, arcs: Any, rests: Any, access: Any, points: Any, there: Any, back: Any
) -> None:  # fmt: skip
    """Below zero, the goal lies behind the start on one arc: then the way is looked for without this short cut."""
    for p in range(len(there)):
        if there[p] < 0:
            there[p] = between(links, turns, room, arcs, rests, points.arc[p], points.rest[p])
        if back[p] < 0:
            back[p] = between(links, turns, room, points.arc[p], points.rest[p], arcs, rests)
        there[p] += access + points.access[p]
        back[p] += access + points.access[p]


@kernel
def between(
    links: Any, turns: Any, room: Any, from_arc: Any, from_rest: Any, to_arc: Any, to_rest: Any
) -> Any:  # fmt: skip
    """The packed way from one place to another, arc by arc, round some block where the goal lies behind."""
    best = np.int64(LOST)
    for i in range(2):
        for j in range(2):
            if from_rest[i] >= LOST or to_rest[j] >= LOST:
                continue
            rests, start, goal = from_rest[i] - to_rest[j], from_arc[i], to_arc[j]
            if start != goal:
                best = min(best, rests + _from_end_to_end(links, room, start, goal))
            elif rests >= 0:
                best = min(best, rests)
            else:
                for k in range(turns.into_first[goal], turns.into_first[goal + 1]):
                    turn = turns.by_to[k]
                    come = _from_end_to_end(links, room, start, turns.out_of[turn])
                    best = min(best, rests + come + turns.weight[turn])
    return best


@kernel
def _from_end_to_end(links: Any, room: Any, start: Any, goal: Any) -> Any:
    """Packed weight between two nodes, by climbing from both."""
    parent, out, back, seen = links.parent, room.out, room.back, room.seen
    room.turn[0] += 1
    turn = room.turn[0]
    out[start], back[start], seen[start] = 0, LOST, turn
    if start != goal:
        out[goal], seen[goal] = LOST, turn
    back[goal] = 0
    best = np.int64(LOST)
    one, other = start, goal
    while one >= 0 or other >= 0:
        v = one if other < 0 or (one >= 0 and one < other) else other
        one, other = parent[v] if one == v else one, parent[v] if other == v else other
        if seen[v] != turn:
            out[v], back[v], seen[v] = LOST, LOST, turn
        best = min(best, out[v] + back[v])
        for k in range(links.up_start[v], links.up_start[v + 1]):
            y = links.up_above[k]
            if seen[y] != turn:
                out[y], back[y], seen[y] = LOST, LOST, turn
            out[y] = min(out[y], out[v] + links.up[k])
        for k in range(links.down_start[v], links.down_start[v + 1]):
            y = links.down_above[k]
            if seen[y] != turn:
                out[y], back[y], seen[y] = LOST, LOST, turn
            back[y] = min(back[y], back[v] + links.down[k])
    return best
