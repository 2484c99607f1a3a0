"""Which arcs follow each other: all that meet, but for turning round on the spot and what signs forbid.

A car turns round only at the end of a road, where nothing else leads on; and at the ends of a two-way road that would
else be driven one way only, such as one that rings a hill and meets no other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from routing.errors import BadSource
from routing.streets.bends import bends, headings
from routing.streets.network import Network
from routing.streets.prohibitions import prohibited
from routing.streets.restrictions import Restriction
from routing.streets.turn_costs import Meeting, turn_costs

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Arcs that are left, and the arcs that are entered."""


@dataclass(frozen=True, slots=True)
class Roadside:
    """What the build knows of nodes and pieces and a network does not keep."""

    node_id: NDArray[np.int64]
    """Their numbers in OpenStreetMap."""
    node_feature: NDArray[np.uint8]
    """What a driver meets there: `osm.SIGNALS` and so on."""
    piece_way: NDArray[np.int64]
    """The way in OpenStreetMap that it is a part of."""
    end_ms: NDArray[np.int32]
    """[arcs] what the node at its end costs, whoever comes along it and wherever she goes on."""


def join_turns(network: Network, roadside: Roadside, restrictions: Sequence[Restriction], left_hand: bool) -> Network:
    """The network with its turns, and only those arcs that reach each other by them. Raises BadSource."""
    network, roadside, pairs = prohibited(network, roadside, _meeting(network), restrictions)
    pairs = _with_dead_ends(network, pairs)
    pairs = _with_both_ways(network, pairs, _strong(network.arcs, pairs))
    kept = _strong(network.arcs, pairs)
    network, roadside, (left, entered) = _only(network, roadside, pairs, kept)
    out, into = headings(network)
    meeting = Meeting(
        bend=bends(into[left], out[entered]),
        turns_round=network.arc_piece[left] == network.arc_piece[entered],
        degree=np.bincount(np.concatenate([network.piece_from, network.piece_to]), minlength=network.nodes),
        feature=roadside.node_feature,
    )
    ms = turn_costs(network, left, entered, meeting, left_hand=left_hand) + roadside.end_ms[left]
    return network.with_turns(left.astype(np.int32), entered.astype(np.int32), ms)


def _meeting(network: Network) -> Pairs:
    """All pairs of arcs of different pieces where the second starts where the first ends."""
    by_tail = np.argsort(network.arc_tail, kind="stable")
    starts = np.searchsorted(network.arc_tail[by_tail], np.arange(network.nodes + 1))
    first, count = starts[network.arc_head], np.diff(starts)[network.arc_head]
    left = np.repeat(np.arange(network.arcs), count)
    within = np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count)
    entered = by_tail[np.repeat(first, count) + within]
    differ = network.arc_piece[left] != network.arc_piece[entered]
    return left[differ], entered[differ]


def _with_dead_ends(network: Network, pairs: Pairs) -> Pairs:
    """Where nothing leads on, one turns round."""
    left, entered = pairs
    stuck = np.flatnonzero(np.bincount(left, minlength=network.arcs) == 0)
    piece = network.arc_piece[stuck]
    forward = network.piece_forward[piece] == stuck
    back = np.where(forward, network.piece_backward[piece], network.piece_forward[piece])
    able = back >= 0
    return np.concatenate([left, stuck[able]]), np.concatenate([entered, back[able]])


def _with_both_ways(network: Network, pairs: Pairs, reached: NDArray[np.bool_]) -> Pairs:
    """Of a road that is driven both ways but reached one way only, both ends are places to turn round."""
    forth, back = network.piece_forward, network.piece_backward
    half = np.flatnonzero((forth >= 0) & (back >= 0))
    half = half[reached[forth[half]] != reached[back[half]]]
    rounds = np.stack([np.append(forth[half], back[half]), np.append(back[half], forth[half])])
    return tuple(np.unique(np.concatenate([np.stack(pairs), rounds], axis=1), axis=1))


def _strong(arcs: int, pairs: Pairs) -> NDArray[np.bool_]:
    """The arcs of the largest part in which all reach all."""
    graph = coo_array((np.ones(len(pairs[0]), np.int8), pairs), shape=(arcs, arcs)).tocsr()
    _, part = connected_components(graph, directed=True, connection="strong")
    largest = np.bincount(part).argmax()
    if np.count_nonzero(part == largest) < 2:
        raise BadSource("No two roads of this extract can be reached from each other by car.")
    return np.asarray(part == largest)


def _only(
    network: Network, roadside: Roadside, pairs: Pairs, kept: NDArray[np.bool_]
) -> tuple[Network, Roadside, Pairs]:
    """Without the other arcs, nor the pieces and nodes that have none left."""
    arc = np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)
    driven = np.zeros(len(network.piece_from), np.bool_)
    driven[network.arc_piece[kept]] = True
    piece = (np.cumsum(driven) - 1).astype(np.int32)
    met = np.zeros(network.nodes, np.bool_)
    met[network.piece_from[driven]] = met[network.piece_to[driven]] = True
    node = (np.cumsum(met) - 1).astype(np.int32)
    counts = np.diff(network.piece_start)
    drawn = np.repeat(driven, counts)
    known = np.append(arc, np.int32(-1))
    smaller = replace(
        network,
        node_lat=network.node_lat[met],
        node_lon=network.node_lon[met],
        arc_tail=node[network.arc_tail[kept]],
        arc_head=node[network.arc_head[kept]],
        arc_ms=network.arc_ms[kept],
        arc_dm=network.arc_dm[kept],
        arc_piece=piece[network.arc_piece[kept]],
        piece_from=node[network.piece_from[driven]],
        piece_to=node[network.piece_to[driven]],
        piece_forward=known[network.piece_forward[driven]],
        piece_backward=known[network.piece_backward[driven]],
        piece_class=network.piece_class[driven],
        piece_start=np.concatenate([[0], np.cumsum(counts[driven])]),
        shape_lat=network.shape_lat[drawn],
        shape_lon=network.shape_lon[drawn],
        piece_stoppable=network.piece_stoppable[driven],
        piece_kerb=network.piece_kerb[driven],
        piece_roundabout=network.piece_roundabout[driven],
        piece_name=network.piece_name[driven],
    )
    left, entered = pairs
    both = kept[left] & kept[entered]
    beside = Roadside(
        roadside.node_id[met], roadside.node_feature[met], roadside.piece_way[driven], roadside.end_ms[kept]
    )
    return smaller, beside, (arc[left[both]].astype(np.int64), arc[entered[both]].astype(np.int64))
