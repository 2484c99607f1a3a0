"""What a driver sees where the stretches of a drive meet: how the road bends, and where else she could go."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.streets.bends import along_pieces, bends
from routing.streets.network import Network
from routing.streets.osm import ROAD_CLASSES
from routing.travel.driven import Driven

SERVICE = ROAD_CLASSES.index("service")


@dataclass(frozen=True, slots=True)
class Option:
    """A road that is not taken; turning round is none."""

    bend: float
    """Degrees to the left, negative to the right."""
    piece: int


@dataclass(frozen=True, slots=True)
class Junctions:
    """Between stretch `i - 1` and stretch `i` of a drive is junction `i`; what is said of junction 0 means nothing."""

    heading_in: NDArray[np.float64]
    """In which the stretch before comes in: degrees clockwise from north."""
    heading_out: NDArray[np.float64]
    """In which stretch `i` sets out."""
    bend: NDArray[np.float64]
    """Degrees to the left, negative to the right."""
    straightest: NDArray[np.float64]
    """Degrees, without a sign, to the straightest other road; infinite without one. Service roads do not count."""
    _first: NDArray[np.int64]
    _bends: NDArray[np.float64]
    _pieces: NDArray[np.int64]

    def options(self, i: int) -> list[Option]:
        """The other roads at a junction."""
        here = slice(int(self._first[i]), int(self._first[i + 1]))
        return [Option(*one) for one in zip(self._bends[here].tolist(), self._pieces[here].tolist(), strict=True)]


def junctions_of(network: Network, stretches: Sequence[Driven]) -> Junctions:
    """The junctions of a drive whose stretches follow each other."""
    pieces = np.array([one.piece for one in stretches], np.int64)
    forward = np.array([one.forward for one in stretches], np.bool_)
    setting_out, coming_in = _headings(network, pieces, forward)
    heading_in = np.roll(coming_in, 1)
    junction, arcs = _arcs_ahead(network, pieces, forward)
    ahead = network.arc_piece[arcs].astype(np.int64)
    other = (ahead != pieces[junction]) & (ahead != pieces[junction - 1])
    junction, arcs, ahead = junction[other], arcs[other], ahead[other]
    heads, _ = _headings(network, ahead, _is_forward(network, arcs))
    bend = bends(heading_in[junction], heads)
    street = network.piece_class[ahead] != SERVICE
    straightest = np.full(len(pieces), np.inf)
    np.minimum.at(straightest, junction[street], np.abs(bend[street]))
    first = np.searchsorted(junction, np.arange(len(pieces) + 1))
    return Junctions(heading_in, setting_out, bends(heading_in, setting_out), straightest, first, bend, ahead)


def _headings(
    network: Network, pieces: NDArray[np.int64], forward: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """In which direction pieces are entered and left when driven so."""
    first, last = along_pieces(network, pieces)
    return np.where(forward, first, last + 180) % 360, np.where(forward, last, first + 180) % 360


def _arcs_ahead(
    network: Network, pieces: NDArray[np.int64], forward: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Junctions and the arcs that may be turned into there, each pair once; junctions in their order."""
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
