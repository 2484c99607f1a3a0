"""Places on the road: on which arcs each is left and reached, and how far it is to their ends."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.streets.network import Network
from routing.travel.hierarchy import UNREACHED, Packed, pack
from routing.travel.snapping import Grid, nearest_roads

ACCESS_M_PER_S = 3.0
"""How fast a car covers the last metres between the road and the door: yards, car parks."""
FORWARD, BACKWARD = 0, 1


@dataclass(frozen=True, slots=True)
class Snaps:
    """Places on arcs, the forward and the backward one of a piece. All weights are packed.

    A place is left along an arc to its end, at `leave_cost`; it is reached by whoever reaches the end of an arc, less
    the rest of it, `arrive_cost ≤ 0`. So the way between two places is

        min over their arcs (leave_cost + hierarchy from end to end + arrive_cost) + access of both,

    where a sum below zero means that the goal lies behind the start on the same arc (`travel` then goes round). Where
    an arc does not exist, or the place is on the other side of a wide road, the cost is `UNREACHED` and the node 0.
    """

    point: NDArray[np.float64]
    """Latitude and longitude of the places themselves, float64 [places, 2]."""
    piece: NDArray[np.int32]
    """−1 where there is no road."""
    along: NDArray[np.float64]
    """Share of the piece's length."""
    access: Packed
    """Between road and door."""
    leave_node: NDArray[np.int32]
    """[places, 2]"""
    leave_cost: Packed
    arrive_node: NDArray[np.int32]
    arrive_cost: Packed


def snap(network: Network, grid: Grid, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> Snaps:
    """Put places (degrees) on the nearest road where a car may stop; nothing is reachable beyond 2 km of any."""
    found = nearest_roads(grid, network, lat, lon)
    lost = found.piece < 0
    piece = np.maximum(found.piece, 0)
    off_m = np.where(lost, 0, found.off_m)
    access = pack(np.rint(off_m / ACCESS_M_PER_S * 1000).astype(np.int64), np.rint(off_m * 10).astype(np.int64))
    arcs = np.stack([network.piece_forward[piece], network.piece_backward[piece]], 1)
    usable = (arcs >= 0) & ~lost[:, None]
    right_side: NDArray[np.bool_] = usable & _on_their_side(network, piece, found.side)
    usable = np.where(right_side.any(axis=1, keepdims=True), right_side, usable)
    node = np.where(usable, arcs, 0).astype(np.int32)
    share = np.stack([found.along, 1 - found.along], 1)
    ms, dm = network.arc_ms[node].astype(np.int64), network.arc_dm[node].astype(np.int64)
    rest = pack(ms - np.rint(ms * share).astype(np.int64), dm - np.rint(dm * share).astype(np.int64))
    return Snaps(
        point=np.stack([lat, lon], 1),
        piece=found.piece,
        along=found.along,
        access=np.where(lost, UNREACHED, access),
        leave_node=node,
        leave_cost=np.where(usable, rest, UNREACHED),
        arrive_node=node,
        arrive_cost=np.where(usable, -rest, UNREACHED),
    )


def _on_their_side(network: Network, piece: NDArray[np.int32], side: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Which arcs pass a place on the side where people get in, [places, 2]."""
    kerb = network.piece_kerb[piece]
    either = (kerb == 0) | (side == 0)
    return np.stack([either | (side == kerb), either | (side == -kerb)], 1)
