"""Takes away the turns that signs forbid, and makes second copies of arcs where it matters how one got there."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from routing.streets.bends import bends, headings
from routing.streets.network import Network
from routing.streets.restrictions import Restriction

if TYPE_CHECKING:
    from routing.streets.turns import Pairs, Roadside

_LONGEST_VIA = 8
_SHORT_DM = 600
"""On a via way shorter than this nobody is let in or out: who got there by the sign is on its second copy."""


def prohibited(
    network: Network, roadside: "Roadside", pairs: "Pairs", restrictions: Sequence[Restriction]
) -> tuple[Network, "Roadside", "Pairs"]:
    """The network, perhaps with second copies of arcs, and the pairs of arcs that may follow each other."""
    onward: dict[int, set[int]] = {}
    signs = _Signs(network, roadside)
    over_nodes = [one for one in restrictions if one.via_node is not None]
    over_ways = [one for one in restrictions if one.via_node is None]
    gone: set[tuple[int, int]] = set()
    for restriction in over_nodes:
        gone |= signs.forbidden(restriction)
    left, entered = pairs
    if gone:
        key = left * network.arcs + entered
        no = np.array([before * network.arcs + after for before, after in gone], np.int64)
        kept = ~np.isin(key, no)
        left, entered = left[kept], entered[kept]
    chains = [(one.only, *chain) for one in over_ways for chain in signs.chains(one)]
    if not chains:
        return network, roadside, (left, entered)
    for before, after in zip(left.tolist(), entered.tolist(), strict=True):
        onward.setdefault(before, set()).add(after)
    copied: list[int] = []
    for only, before, via, after in chains:
        _copy(onward, copied, network.arcs, only, before, via, after)
    copies = np.array(copied, np.int64)
    pairs_now = [(here, there) for here, nexts in onward.items() for there in nexts]
    left, entered = np.array(pairs_now, np.int64).T
    return _with_copies(network, copies), replace(roadside, end_ms=_more(roadside.end_ms, copies)), (left, entered)


def _copy(
    onward: dict[int, set[int]], copied: list[int], arcs: int, only: bool, before: int, via: list[int], after: int
) -> None:
    """Who comes from `before` gets a way of her own over `via`, at whose end the sign holds."""
    if via[0] not in onward.get(before, set()):
        return
    copies = [arcs + len(copied) + i for i in range(len(via))]
    copied.extend(via)
    onward[before] = (onward[before] - {via[0]}) | {copies[0]}
    for i, arc in enumerate(via):
        nexts = set(onward.get(arc, set()))
        if i + 1 < len(via):
            nexts = (nexts - {via[i + 1]}) | {copies[i + 1]}
        else:
            nexts = nexts & {after} if only else nexts - {after}
        onward[copies[i]] = nexts


def _more(values: NDArray[np.int32], copies: NDArray[np.int64]) -> NDArray[np.int32]:
    return np.concatenate([values, values[copies]])


def _with_copies(network: Network, copies: NDArray[np.int64]) -> Network:
    stoppable = network.piece_stoppable.copy()
    short = copies[network.arc_dm[copies] < _SHORT_DM]
    stoppable[network.arc_piece[short]] = 0
    return replace(
        network,
        arc_tail=_more(network.arc_tail, copies),
        arc_head=_more(network.arc_head, copies),
        arc_ms=_more(network.arc_ms, copies),
        arc_dm=_more(network.arc_dm, copies),
        arc_piece=_more(network.arc_piece, copies),
        piece_stoppable=stoppable,
    )


class _Signs:
    """Finds the arcs that a restriction speaks of."""

    def __init__(self, network: Network, roadside: "Roadside") -> None:
        self._network = network
        self._arc_way = roadside.piece_way[network.arc_piece]
        self._node = {int(number): node for node, number in enumerate(roadside.node_id)}
        self._out, self._into = headings(network)

    def forbidden(self, sign: Restriction) -> set[tuple[int, int]]:
        """Pairs of arcs that may not follow each other at the sign's node."""
        node = self._node.get(sign.via_node or -1)
        if node is None:
            return set()
        coming = self._arcs(self._network.arc_head, node, sign.from_ways)
        going = self._arcs(self._network.arc_tail, node, sign.to_ways)
        if sign.only:
            others = np.flatnonzero(self._network.arc_tail == node).tolist()
            meant = {before: self._meant(before, going, sign.side) for before in coming}
            return {
                (before, after)
                for before in coming
                if meant[before]
                for after in others
                if after not in meant[before] and not self._same_piece(before, after)
            }
        return {(before, after) for before in coming for after in self._meant(before, going, sign.side)}

    def chains(self, sign: Restriction) -> Iterator[tuple[int, list[int], int]]:
        """Arcs before, along and after the ways that a sign holds over."""
        coming = np.flatnonzero(np.isin(self._arc_way, sign.from_ways)).tolist()
        along = np.flatnonzero(np.isin(self._arc_way, sign.via_ways)).tolist()
        going = np.flatnonzero(np.isin(self._arc_way, sign.to_ways)).tolist()
        tail, head, piece = self._network.arc_tail, self._network.arc_head, self._network.arc_piece
        for before in coming:
            paths = [[arc] for arc in along if tail[arc] == head[before] and piece[arc] != piece[before]]
            while paths:
                path = paths.pop()
                yield from ((before, path, after) for after in going if tail[after] == head[path[-1]])
                if len(path) < _LONGEST_VIA:
                    used = {int(piece[arc]) for arc in path}
                    paths += [[*path, arc] for arc in along if tail[arc] == head[path[-1]] and piece[arc] not in used]

    def _arcs(self, end: NDArray[np.int32], node: int, ways: Sequence[int]) -> list[int]:
        there = np.flatnonzero(end == node)
        return [int(arc) for arc in there if self._arc_way[arc] in ways]

    def _meant(self, before: int, going: list[int], side: int | None) -> list[int]:
        """Of a way that goes on at both sides of the junction, the end that the sign shows."""
        going = [after for after in going if not self._same_piece(before, after)]
        if len(going) < 2 or side not in (1, 0, -1):
            return going
        away = bends(self._into[[before] * len(going)], self._out[going])
        best = np.abs(away - 90 * side)
        return [going[int(np.argmin(best))]]

    def _same_piece(self, one: int, other: int) -> bool:
        return bool(self._network.arc_piece[one] == self._network.arc_piece[other])
