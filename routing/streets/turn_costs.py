"""What a turn costs: slowing down for the bend and speeding up again, giving way, turning round.

Nothing here is fitted to another router. The bend is physics: a car takes it at the speed at which it feels
`SIDEWAYS` m/s², and brakes and speeds up at `ALONG` m/s². Both are what passengers find comfortable (AASHTO, A Policy
on Geometric Design of Highways and Streets, 2018, ch. 3). Waiting is what the Highway Capacity Manual (2010, ch. 19 to
21) gives for light traffic: follow-up headways of 2.2 to 3.5 s, entry to a roundabout 2.5 s.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.streets.network import Network
from routing.streets.osm import ROAD_CLASSES, SIGNALS

SIDEWAYS, ALONG = 2.5, 1.5
NEAR_M, FAR_M = 8.0, 12.0
"""How far before the corner the bend begins: less on the driver's own side than across the road."""
STRAIGHT_DEG = 25.0
"""A smaller bend is the road going on."""

MINOR_S = 3.5
"""Coming out of a lesser road."""
CROSSING_S = 2.0
"""Besides, for who goes straight on or across both directions of the greater one."""
ACROSS_S = 2.5
"""Turning off across those who come towards one."""
EQUAL_S = 1.5
"""Roads of one rank meet: looking, and giving way now and then."""
ENTRY_S = 2.5
"""Into a roundabout."""
TURN_ROUND_S = 15.0
"""Three-point turn at the end of a road."""
FERRY_S = 600.0
"""Being there in time, and driving aboard."""

_RANK = {
    "motorway": 6.0, "trunk": 5.0, "primary": 4.0, "secondary": 3.0, "tertiary": 2.0, "unclassified": 1.0,
    "residential": 1.0, "road": 1.0, "living_street": 0.0, "service": 0.0, "ferry": 0.0,
    "motorway_link": 5.0, "trunk_link": 4.5, "primary_link": 3.5, "secondary_link": 2.5, "tertiary_link": 1.5,
}  # fmt: skip
_MERGING = 5.0
"""Roads of this rank are joined by slip roads of their own."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """The circumstances of each turn, and of the nodes they happen at."""

    bend: NDArray[np.float64]
    """[turns] degrees to the left"""
    turns_round: NDArray[np.bool_]
    """[turns]"""
    degree: NDArray[np.int64]
    """[nodes] how many ends of pieces meet"""
    feature: NDArray[np.uint8]
    """[nodes] `osm.SIGNALS` and so on"""


def turn_costs(
    network: Network, left: NDArray[np.int64], entered: NDArray[np.int64], meeting: Meeting, *, left_hand: bool
) -> NDArray[np.int64]:
    """Milliseconds lost in going from arc `left` to arc `entered`, int64 [turns]; signals and signs come on top."""
    node = network.arc_head[left]
    rank = np.array([_RANK[name] for name in ROAD_CLASSES])[network.piece_class]
    mine, theirs = rank[network.arc_piece[left]], rank[network.arc_piece[entered]]
    junction = meeting.degree[node] > 2
    away = -meeting.bend if left_hand else meeting.bend  # positive: across those who come towards one
    inside = network.piece_roundabout[network.arc_piece[left]] == 1
    enters = ~inside & (network.piece_roundabout[network.arc_piece[entered]] == 1)

    slowing_s = np.where(junction & ~inside, _bend_s(network, left, entered, away), 0.0)
    waits_s = _waiting_s(network, rank, node, mine, theirs, away)
    free = ~junction | inside | (meeting.feature[node] == SIGNALS) | (np.minimum(mine, theirs) >= _MERGING)
    waiting_s = np.where(enters, ENTRY_S, np.where(free, 0.0, waits_s))
    ferry = ROAD_CLASSES.index("ferry")
    boards = (network.piece_class[network.arc_piece[entered]] == ferry) & (
        network.piece_class[network.arc_piece[left]] != ferry
    )
    lost_s = np.where(meeting.turns_round, TURN_ROUND_S, slowing_s + waiting_s) + np.where(boards, FERRY_S, 0.0)
    return np.asarray(np.rint(1000 * lost_s), np.int64)


def _bend_s(
    network: Network, left: NDArray[np.int64], entered: NDArray[np.int64], away: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Seconds lost by braking to the speed of the bend and by speeding up after it.

    Braking from v to w takes (v − w) / a seconds over (v² − w²) / 2a metres, which at speed take (v² − w²) / 2av: the
    loss is (v − w)² / 2av. An arc of radius r that touches both roads at the distance d from the corner has
    r = d / tan(bend / 2), and w = √(SIDEWAYS · r).
    """
    reach_m = np.where(away > 0, FAR_M, NEAR_M)
    half = np.radians(np.clip(np.abs(away), 1.0, 150.0)) / 2
    bend_m_s = np.sqrt(SIDEWAYS * reach_m / np.tan(half))
    lost = np.zeros(len(left))
    for arc in (left, entered):
        road_m_s = 100.0 * network.arc_dm[arc] / np.maximum(network.arc_ms[arc], 1)
        lost += np.maximum(road_m_s - bend_m_s, 0) ** 2 / (2 * ALONG * np.maximum(road_m_s, 0.1))
    return np.where(np.abs(away) <= STRAIGHT_DEG, 0.0, lost)


def _waiting_s(
    network: Network,
    rank: NDArray[np.float64],
    node: NDArray[np.int32],
    mine: NDArray[np.float64],
    theirs: NDArray[np.float64],
    away: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Seconds of giving way where neither signals nor a roundabout settle it, by the ranks of the roads that meet."""
    greatest, least = np.zeros(network.nodes), np.full(network.nodes, np.inf)
    for end in (network.piece_from, network.piece_to):
        np.maximum.at(greatest, end, rank)
        np.minimum.at(least, end, rank)
    crosses = np.where(away > -STRAIGHT_DEG, CROSSING_S, 0.0)
    across = np.where(away > STRAIGHT_DEG, ACROSS_S, 0.0)
    has_the_way = (mine > theirs) | ((least[node] < mine) & (np.abs(away) <= STRAIGHT_DEG))
    return np.where(mine < greatest[node], MINOR_S + crosses, np.where(has_the_way, 0.0, EQUAL_S) + across)
