"""Dijkstra's algorithm on the walking network, bounded by a walk; compiled."""

from heapq import heappop, heappush
from typing import Any

import numpy as np

from routing.kernel import kernel

FAR_DM = 2**30
_NODE_BITS = 32


@kernel
def _spread(
    edge_start: Any, edge_node: Any, edge_dm: Any, reached_dm: Any, seeds: Any, seed_dm: Any, goals: Any, goal_dm: Any,
    limit_dm: int,
) -> tuple[Any, int]:  # fmt: skip
    """Walk from the seeds (each entered at its cost) as far as the limit, or until no goal can be nearer.

    Writes decimetres into `reached_dm`, which is FAR_DM everywhere; returns the nodes written to, and the shortest way
    to a goal (plus its own cost), at most the limit, or FAR_DM.
    """
    queue = [np.int64(0)]
    queue.pop()
    touched = [np.int32(0)]
    touched.pop()
    for k in range(len(seeds)):
        if seed_dm[k] <= limit_dm and seed_dm[k] < reached_dm[seeds[k]]:
            if reached_dm[seeds[k]] == FAR_DM:
                touched.append(seeds[k])
            reached_dm[seeds[k]] = seed_dm[k]
            heappush(queue, (np.int64(seed_dm[k]) << _NODE_BITS) | seeds[k])
    best = FAR_DM
    while len(queue) > 0:
        entry = heappop(queue)
        here_dm, node = entry >> _NODE_BITS, entry & ((1 << _NODE_BITS) - 1)
        if here_dm >= best:
            break
        if here_dm > reached_dm[node]:
            continue
        for k in range(len(goals)):
            if goals[k] == node and here_dm + goal_dm[k] < best and here_dm + goal_dm[k] <= limit_dm:
                best = here_dm + goal_dm[k]
        for e in range(edge_start[node], edge_start[node + 1]):
            there, there_dm = edge_node[e], here_dm + edge_dm[e]
            if there_dm <= limit_dm and there_dm < reached_dm[there]:
                if reached_dm[there] == FAR_DM:
                    touched.append(there)
                reached_dm[there] = there_dm
                heappush(queue, (np.int64(there_dm) << _NODE_BITS) | there)
    return touched, best


@kernel
def corners_on_foot(
    edge_start: Any, edge_node: Any, edge_dm: Any, hook_start: Any, hook_corner: Any, hook_dm: Any, corner_piece: Any,
    corner_along: Any, corner_off_dm: Any, piece_dm: Any, reached_dm: Any, hung_dm: Any, seeds: Any, seed_dm: Any,
    piece: int, before_dm: int, off_dm: int, limit_dm: int,
) -> tuple[Any, Any]:  # fmt: skip
    """Corners within the limit and the decimetres to each, from a place on `piece`; no order."""
    nowhere = np.empty(0, np.int32)
    touched, _ = _spread(edge_start, edge_node, edge_dm, reached_dm, seeds, seed_dm, nowhere, nowhere, limit_dm)
    found = [np.int32(0)]
    found.pop()
    # Along the piece itself no node is passed. Its corners hang on its first end, however far that is.
    for h in range(hook_start[seeds[0]], hook_start[seeds[0] + 1]):
        corner = hook_corner[h]
        if corner_piece[corner] == piece:
            on_dm = np.int32(np.rint(corner_along[corner] * piece_dm[piece]))
            way_dm = off_dm + abs(on_dm - before_dm) + corner_off_dm[corner]
            if way_dm <= limit_dm and way_dm < hung_dm[corner]:
                if hung_dm[corner] == FAR_DM:
                    found.append(corner)
                hung_dm[corner] = way_dm
    for node in touched:
        for h in range(hook_start[node], hook_start[node + 1]):
            corner, way_dm = hook_corner[h], reached_dm[node] + hook_dm[h]
            if way_dm > limit_dm:
                break  # the nearest of a node come first
            if way_dm < hung_dm[corner]:
                if hung_dm[corner] == FAR_DM:
                    found.append(corner)
                hung_dm[corner] = way_dm
        reached_dm[node] = FAR_DM
    corners, walk_dm = np.empty(len(found), np.int32), np.empty(len(found), np.int32)
    for k in range(len(found)):
        corners[k], walk_dm[k] = found[k], hung_dm[found[k]]
        hung_dm[found[k]] = FAR_DM
    return corners, walk_dm


@kernel
def shortest_dm(
    edge_start: Any, edge_node: Any, edge_dm: Any, reached_dm: Any, seeds: Any, seed_dm: Any, goals: Any, goal_dm: Any
) -> int:
    """Decimetres of the shortest walk from the seeds to the goals, FAR_DM where there is none."""
    touched, best = _spread(edge_start, edge_node, edge_dm, reached_dm, seeds, seed_dm, goals, goal_dm, FAR_DM - 1)
    for node in touched:
        reached_dm[node] = FAR_DM
    return best
