"""The loops of the hierarchy that find a path and take its shortcuts apart, compiled."""

import numpy as np

from routing.kernel import kernel
from routing.travel.hierarchy_kernels import UNREACHED, Ints, find_link


@kernel
def search_path(
    start: Ints, above: Ints, parent: Ints, depth: Ints, first_below: Ints, link_below: Ints, below: Ints,
    given_up: Ints, given_down: Ints, weight: Ints, up: Ints, down: Ints, origin: int, goal: int,
) -> Ints:  # fmt: skip
    """The given links of the fastest path; none when there is no path."""
    height = max(depth[origin], depth[goal]) + 1
    forth, came, before = _climb(start, above, parent, depth, up, origin, height)
    back, goes, after = _climb(start, above, parent, depth, down, goal, height)
    a, b = origin, goal
    while a != b and a >= 0 and b >= 0:
        if a < b:
            a = parent[a]
        else:
            b = parent[b]
    top, best = -1, UNREACHED
    while a == b and a >= 0:  # over all common ancestors
        if forth[depth[a]] + back[depth[a]] < best:
            best, top = forth[depth[a]] + back[depth[a]], a
        a = b = parent[a]
    if top < 0:
        return np.empty(0, np.int32)
    # Links of the path, as positive k + 1 upwards and negative downwards, to be taken apart from a stack.
    climb = 0
    v = top
    while v != origin:
        climb += 1
        v = before[depth[v]]
    tall = climb
    v = top
    while v != goal:
        tall += 1
        v = after[depth[v]]
    link = np.empty(tall, np.int64)
    low = np.empty(tall, np.int64)
    v = top
    for i in range(climb - 1, -1, -1):
        link[i], low[i] = came[depth[v]] + 1, before[depth[v]]
        v = before[depth[v]]
    v = top
    for i in range(climb, tall):
        link[i], low[i] = -(goes[depth[v]] + 1), after[depth[v]]
        v = after[depth[v]]
    return _take_apart(start, above, first_below, link_below, below, given_up, given_down, weight, up, down, link, low)


@kernel
def _climb(
    start: Ints, above: Ints, parent: Ints, depth: Ints, weight: Ints, node: int, height: int
) -> tuple[Ints, Ints, Ints]:
    """By depth: the weight to each ancestor of a node, the last link of the way there, and the node it comes from."""
    reached, link = np.full(height, UNREACHED, np.int64), np.full(height, -1, np.int64)
    source = np.full(height, -1, np.int64)
    reached[depth[node]] = 0
    v = node
    while v >= 0:
        here = reached[depth[v]]
        for k in range(start[v], start[v + 1]):
            d = depth[above[k]]
            if here + weight[k] < reached[d]:
                reached[d], link[d], source[d] = here + weight[k], k, v
        v = parent[v]
    return reached, link, source


@kernel
def _take_apart(
    start: Ints, above: Ints, first_below: Ints, link_below: Ints, below: Ints,
    given_up: Ints, given_down: Ints, weight: Ints, up: Ints, down: Ints, link: Ints, low: Ints,
) -> Ints:  # fmt: skip
    """Replace each shortcut by its two halves until only given links are left.

    A shortcut weighs what the way over some node below both its ends weighs: there is one, and there are few to try.
    """
    stack = [(link[i], low[i]) for i in range(len(link) - 1, -1, -1)]
    taken = np.empty(64, np.int32)
    size = 0
    while len(stack) > 0:
        k, x = stack.pop()
        upward = k > 0
        k = abs(k) - 1
        whole, given = (up[k], given_up[k]) if upward else (down[k], given_down[k])
        if given >= 0 and weight[given] == whole:
            if size == len(taken):
                larger = np.empty(2 * size, np.int32)
                for i in range(size):
                    larger[i] = taken[i]
                taken = larger
            taken[size] = given
            size += 1
            continue
        y = above[k]
        for b in range(first_below[x], first_below[x + 1]):
            v, i = below[b], link_below[b]
            j = find_link(start, above, v, y)
            if j == start[v + 1] or above[j] != y:
                continue
            if upward and down[i] + up[j] == whole:
                stack.append((j + 1, v))
                stack.append((-(i + 1), v))
                break
            if not upward and down[j] + up[i] == whole:
                stack.append((i + 1, v))
                stack.append((-(j + 1), v))
                break
    return taken[:size]
