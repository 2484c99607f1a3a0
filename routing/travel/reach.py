"""All of the network as seen from one place."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.plan import UNREACHABLE, Table
from routing.streets.network import Network
from routing.travel.hierarchy import UNREACHED, Packed, pack, unpack
from routing.travel.snaps import Snaps

FAR = UNREACHED // 2
"""Sums of this and more contain a way that does not exist."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Packed weights from one place to the end of every arc, and from there to the place, int64 [arcs]."""

    snap: Snaps
    """Of this place alone."""
    outward: Packed
    homeward: Packed
    network: Network

    def to(self, others: Snaps) -> tuple[Table, Table]:
        """Seconds and metres from the place to each of `others`, int32 [others]."""
        return seconds_and_metres(self.packed_to(others))

    def back(self, others: Snaps) -> tuple[Table, Table]:
        """Seconds and metres from each of `others` to the place, int32 [others]."""
        return seconds_and_metres(self.packed_back(others))

    def packed_to(self, others: Snaps) -> Packed:
        """The same, packed."""
        through = self.outward[others.arrive_node] + others.arrive_cost
        for i, way in np.argwhere(through < 0):  # behind the place on its own arc: round some block
            arc = int(others.arrive_node[i, way])
            turns = turns_into(self.network, arc)
            come = self.outward[self.network.turn_from[turns]] + weights_of(self.network, turns)
            through[i, way] = come.min(initial=UNREACHED) + others.arrive_cost[i, way]
        return between_doors(through.min(axis=1), others, self.snap)

    def packed_back(self, others: Snaps) -> Packed:
        """The same, packed."""
        through = self.homeward[others.leave_node] + others.leave_cost
        for i, way in np.argwhere(through < 0):
            arc = int(others.leave_node[i, way])
            turns = np.arange(*self.network.turn_first[arc : arc + 2])
            go = self.homeward[self.network.turn_to[turns]] + weights_of(self.network, turns)
            through[i, way] = go.min(initial=UNREACHED) + others.leave_cost[i, way]
        return between_doors(through.min(axis=1), others, self.snap)


def turns_into(network: Network, arc: int) -> NDArray[np.int32]:
    """Numbers of the turns that lead into an arc."""
    first, last = network.into_first[arc : arc + 2]
    return network.turn_by_to[first:last]


def weights_of(network: Network, turns: NDArray[np.integer]) -> Packed:
    """Packed weights of some turns, each with the arc behind it."""
    arcs = network.turn_to[turns]
    return pack(network.turn_ms[turns] + network.arc_ms[arcs], network.arc_dm[arcs])


def between_doors(between: Packed, others: Snaps, place: Snaps) -> Packed:
    """From road to road, and the last metres at both ends; nothing where both are the same place."""
    same = (others.point == place.point).all(axis=1) & (others.piece >= 0)
    return np.where(same, 0, between + others.access + place.access[0])


def seconds_and_metres(packed: Packed) -> tuple[Table, Table]:
    """Whole seconds and metres, `UNREACHABLE` where there is no path."""
    duration_ms, distance_dm = unpack(packed)
    lost = packed >= FAR
    seconds = np.where(lost, UNREACHABLE, (duration_ms + 500) // 1000).astype(np.int32)
    return seconds, np.where(lost, UNREACHABLE, (distance_dm + 5) // 10).astype(np.int32)
