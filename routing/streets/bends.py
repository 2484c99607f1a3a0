"""In which direction arcs leave and reach their nodes, and how far a turn bends."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.kernel import kernel
from routing.streets.network import Network

_LOOK_M = 12.0
"""The heading is taken over so many metres: the last bit of a road is often drawn askew."""


def headings(network: Network) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Degrees clockwise from north in which each arc sets out, and in which it comes in; float64 [arcs]."""
    out, into = along_pieces(network, np.arange(len(network.piece_from)))
    forward = network.piece_forward[network.arc_piece] == np.arange(network.arcs)
    # A second copy of an arc (prohibitions.py) is told from a backward one by where it starts.
    forward |= (network.piece_backward[network.arc_piece] != np.arange(network.arcs)) & (
        network.arc_tail == network.piece_from[network.arc_piece]
    )
    piece = network.arc_piece
    return (
        np.where(forward, out[piece], into[piece] + 180) % 360,
        np.where(forward, into[piece], out[piece] + 180) % 360,
    )


def along_pieces(
    network: Network, pieces: NDArray[np.signedinteger[Any]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Degrees clockwise from north at the start and at the end of some pieces, along their shapes; float64 [pieces]."""
    out, into = _of_pieces(
        network.piece_start, network.shape_lat, network.shape_lon, pieces.astype(np.int64), _LOOK_M
    )  # fmt: skip
    return out, into


def bends(into: NDArray[np.float64], out: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees to the left (negative: to the right) from a heading to the next, −180 to 180."""
    return -((out - into + 180) % 360 - 180)


def bend_between(into: float, out: float) -> float:
    """The same for one turn."""
    return -((out - into + 180) % 360 - 180)


@kernel
def _of_pieces(piece_start: Any, shape_lat: Any, shape_lon: Any, pieces: Any, look_m: float) -> tuple[Any, Any]:
    """Headings along each piece at its start and at its end."""
    out, into = np.zeros(len(pieces)), np.zeros(len(pieces))
    to_m = 6_371_009.0 * np.pi / 180 / 1e7
    for i in range(len(pieces)):
        first, last = piece_start[pieces[i]], piece_start[pieces[i] + 1] - 1
        east_m = to_m * np.cos(np.radians(shape_lat[first] / 1e7))
        for end in range(2):
            at = first if end == 0 else last
            step = 1 if end == 0 else -1
            k, dx, dy = at, 0.0, 0.0
            while k != (last if end == 0 else first):
                k += step
                dx, dy = (shape_lon[k] - shape_lon[at]) * east_m, (shape_lat[k] - shape_lat[at]) * to_m
                if np.hypot(dx, dy) >= look_m:
                    break
            if end == 0:
                out[i] = np.degrees(np.arctan2(dx, dy)) % 360
            else:
                into[i] = np.degrees(np.arctan2(-dx, -dy)) % 360
    return out, into
