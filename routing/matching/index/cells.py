"""Certain lower bounds between parts of the map, from one small table: most cars pass too far away to be looked at.

The pieces of road are sorted into cells of equally many. Between two cells the bound is the time of the fastest way
from the end of any arc of the one to the start of any arc of the other: no way between two places there is faster.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernel import kernel
from routing.streets.network import Network
from routing.travel.sweeps import Links

MOST_CELLS = 1024
PIECES_IN_A_CELL = 16
"""At least; a small map has fewer cells."""
_FAR_S = 2**15 - 1
_AT_ONCE = 16


class Cells(NamedTuple):
    """`bound_s[a, b]` whole seconds, cut, from cell a to cell b, int16; `of_piece` is each piece's cell, int16."""

    of_piece: NDArray[np.int16]
    bound_s: NDArray[np.int16]


def cells_of(network: Network, links: Links) -> Cells:
    """The table for these weights: as many sweeps as cells, sixteen side by side."""
    middle = (network.piece_start[:-1] + network.piece_start[1:] - 1) // 2
    lat, lon = network.shape_lat[middle].astype(np.float64), network.shape_lon[middle].astype(np.float64)
    of_piece = np.zeros(len(middle), np.int16)
    count = _halve(lat, lon * np.cos(np.radians(lat.mean() / 1e7)), np.arange(len(middle)), of_piece, 0, MOST_CELLS)
    of_arc = of_piece[network.arc_piece]
    bound_s = np.full((count, count), _FAR_S, np.int16)
    lanes = np.empty((network.arcs, _AT_ONCE), np.int32)
    for first in range(0, count, _AT_ONCE):
        _bounds_from(links, of_arc, network.arc_ms, first, lanes, bound_s)
    return Cells(of_piece, bound_s)


def _halve(
    lat: NDArray[np.float64], east: NDArray[np.float64], rows: NDArray[np.int64], cell: NDArray[np.int16], first: int,
    most: int,
) -> int:  # fmt: skip
    """Cut along the longer side until there are `most` cells or few pieces in each; the number of the next cell."""
    if most < 2 or len(rows) < 2 * PIECES_IN_A_CELL:
        cell[rows] = first
        return first + 1
    side = lat if np.ptp(lat[rows]) > np.ptp(east[rows]) else east
    middle = len(rows) // 2
    rows = rows[np.argpartition(side[rows], middle)]
    first = _halve(lat, east, rows[:middle], cell, first, most // 2)
    return _halve(lat, east, rows[middle:], cell, first, most // 2)


@kernel
def _bounds_from(links: Any, of_arc: Any, arc_ms: Any, first: Any, lanes: Any, bound_s: Any) -> None:
    """The rows of up to sixteen cells: every arc of a cell is a start, and all arcs are swept."""
    nodes, width = lanes.shape
    cells = len(bound_s)
    for v in range(nodes):
        for lane in range(width):
            lanes[v, lane] = 2**29
        own = of_arc[v] - first
        if 0 <= own < width:
            lanes[v, own] = 0
    for v in range(nodes):
        for k in range(links.up_start[v], links.up_start[v + 1]):
            y, weight = links.up_above[k], links.up_ms[k]
            for lane in range(width):
                lanes[y, lane] = min(lanes[y, lane], np.int32(lanes[v, lane] + weight))
    for v in range(nodes - 1, -1, -1):
        for k in range(links.down_start[v], links.down_start[v + 1]):
            y, weight = links.down_above[k], links.down_ms[k]
            for lane in range(width):
                lanes[v, lane] = min(lanes[v, lane], np.int32(lanes[y, lane] + weight))
        for lane in range(min(width, cells - first)):
            least_s = max(0, lanes[v, lane] - arc_ms[v]) // 1000
            if least_s < bound_s[first + lane, of_arc[v]]:
                bound_s[first + lane, of_arc[v]] = least_s
