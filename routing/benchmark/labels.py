"""Many ways between places of a pool, each looked up in a microsecond: for making up offers, not for searches."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.kernel import kernel
from routing.plan import UNREACHABLE
from routing.travel.hierarchy import METRE_BITS, UNREACHED, Hierarchy
from routing.travel.snaps import Snaps


class Pool:
    """The labels of all places: packed weights from each of their arcs to its ancestors, and back."""

    def __init__(self, hierarchy: Hierarchy, snaps: Snaps) -> None:
        self._tree = hierarchy.parent, hierarchy.depth
        self._snaps = snaps
        height = int(hierarchy.depth.max()) + 1
        arcs = np.ascontiguousarray(snaps.leave_node.ravel())
        self._out = _labels(*self._tree, hierarchy.start, hierarchy.above, hierarchy.up, arcs, height)
        self._back = _labels(*self._tree, hierarchy.start, hierarchy.above, hierarchy.down, arcs, height)

    def roads(self, origin: NDArray[np.int64], destination: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Seconds and metres of the ways between two rows of places; `UNREACHABLE` where one lies behind the other."""
        packed = _between(
            *self._tree, self._out, self._back, self._snaps.leave_node, self._snaps.leave_cost, self._snaps.access,
            origin, destination,
        )  # fmt: skip
        lost = packed >= UNREACHED // 2
        seconds = np.where(lost, UNREACHABLE, ((packed >> METRE_BITS) + 500) // 1000)
        metres = np.where(lost, UNREACHABLE, ((packed & ((1 << METRE_BITS) - 1)) + 5) // 10)
        return seconds, metres


@kernel
def _labels(parent: Any, depth: Any, start: Any, above: Any, weight: Any, arcs: Any, height: int) -> Any:
    labels = np.full((len(arcs), height), 1 << 60, np.int64)
    for i in range(len(arcs)):
        v, label = arcs[i], labels[i]
        label[depth[v]] = 0
        while v >= 0:
            for k in range(start[v], start[v + 1]):
                d = depth[above[k]]
                label[d] = min(label[d], label[depth[v]] + weight[k])
            v = parent[v]
    return labels


@kernel
def _between(
    parent: Any, depth: Any, out: Any, back: Any, arcs: Any, rest: Any, access: Any, origin: Any, destination: Any
) -> Any:  # fmt: skip
    found = np.empty(len(origin), np.int64)
    for row in range(len(origin)):
        o, d = origin[row], destination[row]
        found[row] = 1 << 60
        for i in range(2):
            for j in range(2):
                if rest[o, i] >= 1 << 60 or rest[d, j] >= 1 << 60:
                    continue
                a, b = arcs[o, i], arcs[d, j]
                while a != b and a >= 0 and b >= 0:
                    if a < b:
                        a = parent[a]
                    else:
                        b = parent[b]
                if a != b or a < 0:
                    continue
                best = 1 << 60
                for k in range(depth[a] + 1):
                    best = min(best, out[2 * o + i, k] + back[2 * d + j, k])
                through = best + rest[o, i] - rest[d, j]
                if through < 0:
                    through = 1 << 60
                found[row] = min(found[row], through + access[o] + access[d])
    return found
