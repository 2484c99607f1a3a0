"""The loops of the hierarchy, compiled: contract, customise, sweep, label, unpack.

Plain loops throughout: assigning slices or sorting in here would double the time the compiler needs.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.kernel import kernel

Ints = NDArray[Any]

_UNREACHED = 1 << 60


@kernel
def build_upward(first: Ints, high: Ints) -> tuple[Ints, Ints, Ints]:
    """Upward neighbours after contraction, unsorted (CSR `start`, `above`), and each node's parent (−1 at the top).

    `high[first[v]:first[v + 1]]` are the neighbours of `v` above it. A node hands all it sees to its parent, so one
    pass from the bottom finds every shortcut.
    """
    nodes = len(first) - 1
    start = np.zeros(nodes + 1, np.int64)
    above = np.empty(max(4 * len(high), 16), np.int32)
    parent = np.full(nodes, -1, np.int32)
    child = np.full(nodes, -1, np.int32)  # a list of children per node: the last one …
    elder = np.full(nodes, -1, np.int32)  # … and for each the one before it
    seen = np.full(nodes, -1, np.int32)
    size = 0
    for v in range(nodes):
        begin = size
        seen[v] = v
        source = -1
        low, top = first[v], first[v + 1]
        heir = child[v]
        while True:
            needed = size + top - low
            if needed > len(above):
                larger = np.empty(2 * needed, np.int32)
                for k in range(size):
                    larger[k] = above[k]
                above = larger
            for k in range(low, top):
                node = high[k] if source < 0 else above[k]
                if seen[node] != v:
                    seen[node] = v
                    above[size] = node
                    size += 1
            if heir < 0:
                break
            source = heir
            low, top = start[heir], start[heir + 1]
            heir = elder[heir]
        start[v + 1] = size
        if size > begin:
            up = above[begin]
            for k in range(begin + 1, size):
                up = min(up, above[k])
            parent[v] = up
            elder[v] = child[up]
            child[up] = v
    return start, above[:size], parent


@kernel
def tree_depth(parent: Ints) -> Ints:
    """How far each node is below the top of its tree."""
    depth = np.zeros(len(parent), np.int32)
    for node in range(len(parent) - 1, -1, -1):
        if parent[node] >= 0:
            depth[node] = depth[parent[node]] + 1
    return depth


@kernel
def _link(start: Ints, above: Ints, low: int, high: int) -> Any:
    """Position of the link from `low` up to `high`."""
    begin, end = start[low], start[low + 1]
    while begin < end:
        middle = (begin + end) // 2
        if above[middle] < high:
            begin = middle + 1
        else:
            end = middle
    return begin


@kernel
def customise(start: Ints, above: Ints, tail: Ints, head: Ints, weight: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Packed weights of all links up and down, and what each goes by: a lower node, or `~i` for the given link `i`."""
    nodes = len(start) - 1
    up = np.full(len(above), _UNREACHED, np.int64)
    down = np.full(len(above), _UNREACHED, np.int64)
    via_up = np.full(len(above), -1, np.int32)
    via_down = np.full(len(above), -1, np.int32)
    for arc in range(len(tail)):  # links as given
        if tail[arc] < head[arc]:
            k = _link(start, above, tail[arc], head[arc])
            if weight[arc] < up[k]:
                up[k] = weight[arc]
                via_up[k] = ~arc
        elif head[arc] < tail[arc]:
            k = _link(start, above, head[arc], tail[arc])
            if weight[arc] < down[k]:
                down[k] = weight[arc]
                via_down[k] = ~arc
    for v in range(nodes):  # each pair of links of v is the two short sides of a triangle
        for i in range(start[v], start[v + 1]):
            k = start[above[i]]
            for j in range(i + 1, start[v + 1]):
                while above[k] < above[j]:
                    k += 1
                through = down[i] + up[j]
                if through < up[k]:
                    up[k] = through
                    via_up[k] = v
                through = down[j] + up[i]
                if through < down[k]:
                    down[k] = through
                    via_down[k] = v
    return up, down, via_up, via_down


@kernel
def sweep_down(start: Ints, above: Ints, parent: Ints, up: Ints, down: Ints, nodes: Ints, costs: Ints) -> Ints:
    """Up the tree from each source, then down over all nodes, the highest first."""
    reached = np.full(len(parent), _UNREACHED, np.int64)
    for s in range(len(nodes)):
        v = nodes[s]
        reached[v] = min(reached[v], costs[s])
        while v >= 0:
            here = reached[v]
            for k in range(start[v], start[v + 1]):
                y = above[k]
                reached[y] = min(reached[y], here + up[k])
            v = parent[v]
    for v in range(len(parent) - 1, -1, -1):
        best = reached[v]
        for k in range(start[v], start[v + 1]):
            best = min(best, reached[above[k]] + down[k])
        reached[v] = best
    return reached


@kernel
def tree_labels(start: Ints, above: Ints, parent: Ints, depth: Ints, weight: Ints, nodes: Ints, height: int) -> Ints:
    """For each node the packed weight to its ancestor at every depth, int64 [nodes, height]."""
    labels = np.full((len(nodes), height), _UNREACHED, np.int64)
    for i in range(len(nodes)):
        v = nodes[i]
        label = labels[i]
        label[depth[v]] = 0
        while v >= 0:
            here = label[depth[v]]
            for k in range(start[v], start[v + 1]):
                d = depth[above[k]]
                label[d] = min(label[d], here + weight[k])
            v = parent[v]
    return labels


@kernel
def match_labels(parent: Ints, depth: Ints, origins: Ints, destinations: Ints, leaving: Ints, arriving: Ints) -> Ints:
    """The best common ancestor of each origin and destination, int64 [origins, destinations]."""
    found = np.empty((len(origins), len(destinations)), np.int64)
    for i in range(len(origins)):
        for j in range(len(destinations)):
            a, b = origins[i], destinations[j]
            while a != b and a >= 0 and b >= 0:  # numbers grow towards the root
                if a < b:
                    a = parent[a]
                else:
                    b = parent[b]
            best = _UNREACHED
            if a == b and a >= 0:
                for d in range(depth[a] + 1):
                    best = min(best, leaving[i, d] + arriving[j, d])
            found[i, j] = best
    return found


@kernel
def search_path(
    start: Ints, above: Ints, parent: Ints, up: Ints, down: Ints, via_up: Ints, via_down: Ints, origin: int, goal: int
) -> Ints:
    """The given links of the fastest path; none when there is no path."""
    nodes = len(parent)
    forth, back = np.full(nodes, _UNREACHED, np.int64), np.full(nodes, _UNREACHED, np.int64)
    came, goes = np.full(nodes, -1, np.int64), np.full(nodes, -1, np.int64)
    before, after = np.full(nodes, -1, np.int32), np.full(nodes, -1, np.int32)
    forth[origin], back[goal] = 0, 0
    v = origin
    while v >= 0:
        for k in range(start[v], start[v + 1]):
            y = above[k]
            if forth[v] + up[k] < forth[y]:
                forth[y], came[y], before[y] = forth[v] + up[k], k, v
        v = parent[v]
    best, top = _UNREACHED, -1
    v = goal
    while v >= 0:
        if forth[v] + back[v] < best:
            best, top = forth[v] + back[v], v
        for k in range(start[v], start[v + 1]):
            y = above[k]
            if back[v] + down[k] < back[y]:
                back[y], goes[y], after[y] = back[v] + down[k], k, v
        v = parent[v]
    if top < 0:
        return np.empty(0, np.int32)
    # Links of the path, as positive k + 1 upwards and negative downwards, to be taken apart from a stack.
    climb = 0
    v = top
    while v != origin:
        climb += 1
        v = before[v]
    tall = climb
    v = top
    while v != goal:
        tall += 1
        v = after[v]
    link = np.empty(tall, np.int64)
    low = np.empty(tall, np.int64)
    v = top
    for i in range(climb - 1, -1, -1):
        link[i], low[i] = came[v] + 1, before[v]
        v = before[v]
    v = top
    for i in range(climb, tall):
        link[i], low[i] = -(goes[v] + 1), after[v]
        v = after[v]
    return _take_apart(start, above, via_up, via_down, link, low)


@kernel
def _take_apart(start: Ints, above: Ints, via_up: Ints, via_down: Ints, link: Ints, low: Ints) -> Ints:
    """Replace each shortcut by its two halves until only given links are left."""
    stack = [(link[i], low[i]) for i in range(len(link) - 1, -1, -1)]
    arcs = np.empty(64, np.int32)
    size = 0
    while len(stack) > 0:
        k, below = stack.pop()
        upward = k > 0
        k = abs(k) - 1
        via = via_up[k] if upward else via_down[k]
        if via < 0:
            if size == len(arcs):
                larger = np.empty(2 * size, np.int32)
                for i in range(size):
                    larger[i] = arcs[i]
                arcs = larger
            arcs[size] = ~via
            size += 1
            continue
        x, y = (below, above[k]) if upward else (above[k], below)  # the path goes x → via → y, via below both
        stack.append((_link(start, above, via, y) + 1, via))
        stack.append((-(_link(start, above, via, x) + 1), via))
    return arcs[:size]
