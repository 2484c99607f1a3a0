"""What a driver sees where the stretches of a drive meet: how the road bends, and where else she could go."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.bends import along_pieces, bends
from routing.driven import Driven
from routing.network import Network


@dataclass(frozen=True, slots=True)
class Option:
    """A road that is not taken; turning round is none."""

    bend: float
    """Degrees to the left, negative to the right."""
    piece: int


@dataclass(frozen=True, slots=True)
class Junctions:
    """Between stretch `i - 1` and stretch `i` of a drive is junction `i`; what is said of junction 0 means nothing."""

    heading_in: list[float]
    """In which the stretch before comes in: degrees clockwise from north."""
    heading_out: list[float]
    """In which stretch `i` sets out."""
    bend: list[float]
    """Degrees to the left, negative to the right."""
    options: list[list[Option]]


def junctions_of(network: Network, stretches: Sequence[Driven]) -> Junctions:
    """The junctions of a drive whose stretches follow each other."""
    pieces = np.array([one.piece for one in stretches], np.int64)
    forward = np.array([one.forward for one in stretches], np.bool_)
    setting_out, coming_in = _headings(network, pieces, forward)
    heading_in = np.roll(coming_in, 1)
    junction, arcs = _arcs_ahead(network, pieces, forward)
    ahead = network.arc_piece[arcs]
    other = (ahead != pieces[junction]) & (ahead != pieces[junction - 1])
    junction, arcs, ahead = junction[other], arcs[other], ahead[other]
    heads, _ = _headings(network, ahead, _is_forward(network, arcs))
    options: list[list[Option]] = [[] for _ in stretches]
    for i, bend, piece in zip(
        junction.tolist(), bends(heading_in[junction], heads).tolist(), ahead.tolist(), strict=True
    ):
        options[i].append(Option(bend, piece))
    return Junctions(heading_in.tolist(), setting_out.tolist(), bends(heading_in, setting_out).tolist(), options)


def _headings(
    network: Network, pieces: NDArray[np.int64], forward: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """In which direction pieces are entered and left when driven so."""
    first, last = along_pieces(network, pieces)
    return np.where(forward, first, last + 180) % 360, np.where(forward, last, first + 180) % 360


def _arcs_ahead(
    network: Network, pieces: NDArray[np.int64], forward: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Junctions and the arcs that may be turned into there, each pair once."""
    arc = np.where(forward, network.piece_forward[pieces], network.piece_backward[pieces])[:-1]
    known = arc >= 0
    first = np.where(known, network.turn_first[arc], 0)
    count = np.where(known, network.turn_first[arc + 1] - first, 0)
    junction = np.repeat(np.arange(1, len(pieces)), count)
    within = np.arange(len(junction)) - np.repeat(np.cumsum(count) - count, count)
    return junction, network.turn_to[np.repeat(first, count) + within].astype(np.int64)


def _is_forward(network: Network, arcs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether arcs follow the shapes of their pieces; a second copy of an arc is told by where it starts."""
    piece = network.arc_piece[arcs]
    first, second = network.piece_forward[piece] == arcs, network.piece_backward[piece] == arcs
    return np.asarray(first | (~second & (network.arc_tail[arcs] == network.piece_from[piece])))
