"""The loops of the hierarchy, compiled: contract, customise, sweep, label.

Plain loops throughout: assigning slices or sorting in here would double the time the compiler needs.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.kernel import kernel

Ints = NDArray[Any]

UNREACHED = 1 << 60


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
def find_link(start: Ints, above: Ints, low: int, high: int) -> Any:
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
def link_turns(start: Ints, above: Ints, tail: Ints, head: Ints) -> tuple[Ints, Ints]:
    """For each link the given link that runs up there, and the one that runs down; −1 where it is a shortcut only."""
    given_up = np.full(len(above), -1, np.int32)
    given_down = np.full(len(above), -1, np.int32)
    for i in range(len(tail)):
        if tail[i] < head[i]:
            given_up[find_link(start, above, tail[i], head[i])] = i
        elif head[i] < tail[i]:
            given_down[find_link(start, above, head[i], tail[i])] = i
    return given_up, given_down


@kernel
def customise(
    start: Ints,
    above: Ints,
    first_below: Ints,
    link_below: Ints,
    below: Ints,
    given_up: Ints,
    given_down: Ints,
    weight: Ints,
) -> Ints:
    """Packed weights of all links, int64 [links, 2]: up and down.

    A link is the third side of a triangle with a node below both its ends. Its weights are ready once all links below
    its lower end are, so one pass from the bottom is enough. `place` tells where the links of the node at hand are:
    looking a link up there is quicker than walking along two sorted rows.
    """
    nodes = len(start) - 1
    both = np.full((len(above), 2), UNREACHED, np.int64)
    for k in range(len(above)):
        if given_up[k] >= 0:
            both[k, 0] = weight[given_up[k]]
        if given_down[k] >= 0:
            both[k, 1] = weight[given_down[k]]
    place = np.zeros(nodes, np.int32)
    for x in range(nodes):
        for k in range(start[x], start[x + 1]):
            place[above[k]] = k
        for b in range(first_below[x], first_below[x + 1]):
            i = link_below[b]
            into, out = both[i, 1], both[i, 0]  # from x down to the node below, and up from there
            for j in range(i + 1, start[below[b] + 1]):
                k = place[above[j]]
                both[k, 0] = min(both[k, 0], into + both[j, 0])
                both[k, 1] = min(both[k, 1], out + both[j, 1])
    return both


@kernel
def sweep_down(start: Ints, above: Ints, parent: Ints, up: Ints, down: Ints, nodes: Ints, costs: Ints) -> Ints:
    """Up the tree from each source, then down over all nodes, the highest first."""
    reached = np.full(len(parent), UNREACHED, np.int64)
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
    labels = np.full((len(nodes), height), UNREACHED, np.int64)
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
            best = UNREACHED
            if a == b and a >= 0:
                for d in range(depth[a] + 1):
                    best = min(best, leaving[i, d] + arriving[j, d])
            found[i, j] = best
    return found
