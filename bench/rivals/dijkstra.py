"""SciPy's Dijkstra on the roads: from a junction to all others, and from all others to it.

It knows no turns: a turn that is forbidden or slow would need a node for each arc, and several times as long.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.network import Network


class Graph:
    """Seconds between neighbouring junctions, in both directions of reading."""

    def __init__(self, network: Network) -> None:
        order = np.lexsort((network.arc_ms, network.arc_head, network.arc_tail))
        tail, head = network.arc_tail[order], network.arc_head[order]
        shortest = np.concatenate([[True], (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])])
        kept = order[shortest]
        ends = network.arc_tail[kept], network.arc_head[kept]
        seconds = np.maximum(network.arc_ms[kept], 1) / 1000
        nodes = len(network.node_lat)
        self.onward = csr_array((seconds, ends), shape=(nodes, nodes))
        self.homeward = csr_array((seconds, ends[::-1]), shape=(nodes, nodes))

    def around(self, junction: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Seconds from the junction to every other, and from every other to it."""
        return dijkstra(self.onward, indices=junction), dijkstra(self.homeward, indices=junction)
