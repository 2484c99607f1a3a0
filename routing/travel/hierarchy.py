"""The contraction hierarchy: fastest paths from all, to all and between many, exact (decision 0005).

Its nodes are the arcs of the road network: who is at node `e` stands at the end of arc `e`, before the turn. A link is
a turn and the arc behind it. So every turn has its own cost, and what is forbidden has no link.

Nodes are numbered by rank: a node's upward neighbours have greater numbers, and the smallest of them is its parent
in the elimination tree. Every fastest path goes up that tree from its start and down to its end, so the nodes to
look at for one end are its ancestors only.

Weights are packed: milliseconds in the high bits, decimetres in the low ones. Adding packed weights adds both, and
comparing them compares time first, so metres are always those of the fastest path.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import routingkit_cch
from numpy.typing import NDArray

from routing.streets.network import UNITS_PER_DEGREE, Network
from routing.travel.hierarchy_kernels import (
    build_upward,
    customise,
    link_turns,
    match_labels,
    sweep_down,
    tree_depth,
    tree_labels,
)
from routing.travel.hierarchy_paths import search_path

METRE_BITS = 24
"""Decimetres of a path fit in 24 bits: 1,677 km."""
UNREACHED = np.int64(1 << 60)

Packed = NDArray[np.int64]


def pack(duration_ms: NDArray[np.signedinteger[Any]], distance_dm: NDArray[np.signedinteger[Any]]) -> Packed:
    """One integer for both, time first."""
    return np.asarray((duration_ms.astype(np.int64) << METRE_BITS) | distance_dm)


def unpack(packed: Packed) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Milliseconds and decimetres; meaningless where `packed >= UNREACHED`."""
    return packed >> METRE_BITS, packed & ((1 << METRE_BITS) - 1)


def arc_ranks(network: Network) -> NDArray[np.int32]:
    """The rank of each arc by inertial nested dissection, for `Network.renumbered`."""
    middle = (network.piece_start[:-1] + network.piece_start[1:] - 1) // 2
    lat, lon = (shape[middle][network.arc_piece] / UNITS_PER_DEGREE for shape in (network.shape_lat, network.shape_lon))
    order = routingkit_cch.compute_order_inertial(
        network.arcs, network.turn_from.tolist(), network.turn_to.tolist(), lat.tolist(), lon.tolist()
    )
    rank = np.empty(network.arcs, np.int32)
    rank[order] = np.arange(network.arcs, dtype=np.int32)
    return rank


def link_weights(network: Network) -> Packed:
    """What each turn and the arc behind it weigh, packed, int64 [turns]."""
    return pack(network.turn_ms + network.arc_ms[network.turn_to], network.arc_dm[network.turn_to])


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Upward links in CSR form with packed weights up and down.

    `below[first_below[x]:first_below[x + 1]]` are the nodes with a link up to `x`, `link_below` those links. A link
    that is more than a shortcut has a turn of the network in `given_up` or `given_down`, else −1; `weight` is by turn.
    """

    start: NDArray[np.int64]
    above: NDArray[np.int32]
    parent: NDArray[np.int32]
    depth: NDArray[np.int32]
    first_below: NDArray[np.int64]
    link_below: NDArray[np.int32]
    below: NDArray[np.int32]
    given_up: NDArray[np.int32]
    given_down: NDArray[np.int32]
    weight: Packed
    up: Packed
    down: Packed

    @property
    def nodes(self) -> int:
        return len(self.parent)

    def sweep(self, nodes: NDArray[np.int32], costs: Packed, *, backward: bool = False) -> Packed:
        """Packed weight from the nearest of `nodes` (each entered at its cost) to every node, int64 [nodes].

        Backward: from every node to the nearest of `nodes`.
        """
        up, down = (self.down, self.up) if backward else (self.up, self.down)
        return np.asarray(sweep_down(self.start, self.above, self.parent, up, down, nodes, costs))

    def matrix(self, origins: NDArray[np.int32], destinations: NDArray[np.int32]) -> Packed:
        """Packed weights between nodes, int64 [origins, destinations]; `UNREACHED` or more where no path is."""
        height = int(self.depth.max()) + 1
        leaving = tree_labels(self.start, self.above, self.parent, self.depth, self.up, origins, height)
        arriving = tree_labels(self.start, self.above, self.parent, self.depth, self.down, destinations, height)
        return np.asarray(match_labels(self.parent, self.depth, origins, destinations, leaving, arriving))

    def path(self, origin: int, destination: int) -> list[int]:
        """The turns of the fastest path between two nodes, in driving order; empty when they are one."""
        turns = search_path(
            self.start, self.above, self.parent, self.depth, self.first_below, self.link_below, self.below,
            self.given_up, self.given_down, self.weight, self.up, self.down, origin, destination,
        )  # fmt: skip
        return [int(turn) for turn in turns]

    def customised(self, weight: Packed) -> "Hierarchy":
        """The same hierarchy where turns weigh something else, such as at another hour (`link_weights`)."""
        both = customise(
            self.start,
            self.above,
            self.first_below,
            self.link_below,
            self.below,
            self.given_up,
            self.given_down,
            weight,
        )
        return replace(self, weight=weight, up=both[:, 0].copy(), down=both[:, 1].copy())


def build_hierarchy(network: Network) -> Hierarchy:
    """Contract a network whose arcs are numbered by rank, and give the links its weights."""
    nodes, tail, head = network.arcs, network.turn_from, network.turn_to
    low, high = np.minimum(tail, head), np.maximum(tail, head)
    links = np.unique(low[low != high].astype(np.int64) * nodes + high[low != high])
    first = np.searchsorted(links, np.arange(nodes + 1, dtype=np.int64) * nodes)
    start, above, parent = build_upward(first, (links % nodes).astype(np.int32))
    owner = np.repeat(np.arange(nodes, dtype=np.int32), np.diff(start))
    above = above[np.lexsort((above, owner))]
    link_below = np.argsort(above, kind="stable").astype(np.int32)
    nothing = np.zeros(0, np.int64)
    return Hierarchy(
        start,
        above,
        parent,
        tree_depth(parent),
        np.searchsorted(above[link_below], np.arange(nodes + 1)),
        link_below,
        owner[link_below],
        *link_turns(start, above, tail, head),
        weight=nothing,
        up=nothing,
        down=nothing,
    ).customised(link_weights(network))
