"""SciPy's Dijkstra on the roads: from one node to all others, and from all others to it."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.streets.network import Network


class Graph:
    """Seconds between neighbouring nodes, to be read in both directions."""

    def __init__(self, nodes: int, tail: NDArray[np.int32], head: NDArray[np.int32], ms: NDArray[np.int32]) -> None:
        order = np.lexsort((ms, head, tail))  # of parallel links SciPy would add up the times: the fastest stays
        tail, head = tail[order], head[order]
        fastest = np.concatenate([[True], (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])])
        ends = tail[fastest], head[fastest]
        seconds = np.maximum(ms[order][fastest], 1) / 1000
        self.onward = csr_array((seconds, ends), shape=(nodes, nodes))
        self.homeward = csr_array((seconds, ends[::-1]), shape=(nodes, nodes))

    def around(self, node: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Seconds from the node to every other, and from every other to it."""
        return dijkstra(self.onward, indices=node), dijkstra(self.homeward, indices=node)


def junctions(network: Network) -> Graph:
    """Nodes are junctions, and no turn costs anything or is forbidden: kinder to the method than the task is."""
    return Graph(network.nodes, network.arc_tail, network.arc_head, network.arc_ms)


def arcs(network: Network) -> Graph:
    """Nodes are the ends of arcs, and links are turns with the arc that they lead into: the task as it is."""
    weight = network.turn_ms + network.arc_ms[network.turn_to]
    return Graph(network.arcs, network.turn_from, network.turn_to, weight)
