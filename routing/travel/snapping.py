"""Finds the nearest point of a road, by a grid of cells that is built once and memory-mapped."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from routing.distance import EARTH_M
from routing.kernel import kernel
from routing.streets.network import UNITS_PER_DEGREE, Network, distance_m

FARTHEST_M = 2_000.0
"""A place farther from any road than this is not on the map."""
ISLAND_M = 250.0
"""A road that far away is on another shore, when one that no road leads to is less than half as far."""
_CELL_M = 120.0
_MOST_CELLS_PER_SEGMENT = 4
_METRES_PER_DEGREE = EARTH_M * np.pi / 180


class Shapes(Protocol):
    """What has pieces with shapes: the road network, and the walking network."""

    @property
    def piece_start(self) -> NDArray[np.int64]: ...
    @property
    def shape_lat(self) -> NDArray[np.int32]: ...
    @property
    def shape_lon(self) -> NDArray[np.int32]: ...


@dataclass(frozen=True, slots=True)
class Grid:
    """Which straight bits of road touch each cell; bit `k` runs from shape point `k` to `k + 1` of the network."""

    frame: NDArray[np.float64]
    """South and west edges (degrees), height and width of a cell (degrees), rows, columns, cell size (metres)."""
    cell_start: NDArray[np.int64]
    cell_bit: NDArray[np.int32]
    bit_piece: NDArray[np.int32]
    cut_off: NDArray[np.float64]
    """Points of islands.py [points, (lat, lon)]: who is nearest to one of those has no road."""


@dataclass(frozen=True, slots=True)
class RoadPoints:
    """Nearest road points: the piece (−1 if none within reach), the share of its length driven, metres to the road.

    `side` is 1 where the place lies left of the piece's shape, −1 to the right, 0 on the road itself.
    """

    piece: NDArray[np.int32]
    along: NDArray[np.float64]
    off_m: NDArray[np.float64]
    side: NDArray[np.int8]


NOWHERE_CUT_OFF: NDArray[np.float64] = np.zeros((0, 2))


def build_grid(network: Network, cut_off: NDArray[np.float64] = NOWHERE_CUT_OFF) -> Grid:
    """Sort the bits of all roads where a car may stop into cells."""
    driven = (network.piece_forward >= 0) | (network.piece_backward >= 0)
    usable = (network.piece_stoppable == 1) & driven
    if not usable.any():
        usable = driven  # better to be let out on a motorway than to have no map at all
    return sort_into_cells(network, usable, cut_off)


def sort_into_cells(
    shapes: Shapes, usable_piece: NDArray[np.bool_], cut_off: NDArray[np.float64] = NOWHERE_CUT_OFF
) -> Grid:
    """The grid of those pieces that are usable, one at least."""
    points = len(shapes.shape_lat)
    counts = np.diff(shapes.piece_start)
    bit_piece = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    usable = usable_piece[bit_piece]
    usable[shapes.piece_start[1:] - 1] = False  # the last point of a piece starts nothing
    bits = np.flatnonzero(usable)
    lat, lon = shapes.shape_lat / UNITS_PER_DEGREE, shapes.shape_lon / UNITS_PER_DEGREE
    south, west = float(lat.min()), float(lon.min())
    height, width = float(lat.max()) - south, float(lon.max()) - west
    east_m = _METRES_PER_DEGREE * np.cos(np.radians(south + height / 2))
    area_m2 = height * _METRES_PER_DEGREE * width * east_m
    cell_m = max(_CELL_M, float(np.sqrt(area_m2 / (_MOST_CELLS_PER_SEGMENT * points))))
    cell_lat, cell_lon = cell_m / _METRES_PER_DEGREE, cell_m / east_m
    rows, columns = int(height / cell_lat) + 1, int(width / cell_lon) + 1
    row = np.sort(((np.stack([lat[bits], lat[bits + 1]]) - south) / cell_lat).astype(np.int64), axis=0)
    column = np.sort(((np.stack([lon[bits], lon[bits + 1]]) - west) / cell_lon).astype(np.int64), axis=0)
    tall, wide = row[1] - row[0] + 1, column[1] - column[0] + 1
    owner = np.repeat(np.arange(len(bits)), tall * wide)  # a bit is in every cell of the box around it
    within = np.arange(len(owner)) - np.repeat(np.cumsum(tall * wide) - tall * wide, tall * wide)
    cell = (row[0][owner] + within // wide[owner]) * columns + column[0][owner] + within % wide[owner]
    order = np.argsort(cell, kind="stable")
    return Grid(
        frame=np.array([south, west, cell_lat, cell_lon, rows, columns, cell_m]),
        cell_start=np.searchsorted(cell[order], np.arange(rows * columns + 1)),
        cell_bit=bits[owner[order]].astype(np.int32),
        bit_piece=bit_piece,
        cut_off=cut_off,
    )


def nearest_roads(grid: Grid, shapes: Shapes, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> RoadPoints:
    """The nearest road point of each place (degrees); none where it is too far, or across the water."""
    piece, along, off_m, side = _nearest(
        grid.frame, grid.cell_start, grid.cell_bit, grid.bit_piece,
        shapes.piece_start, shapes.shape_lat, shapes.shape_lon, lat, lon, FARTHEST_M,
    )  # fmt: skip
    for i in np.flatnonzero(off_m > ISLAND_M) if len(grid.cut_off) else ():
        here = np.array(lat[i]), np.array(lon[i])
        if piece[i] >= 0 and 2 * distance_m(*here, grid.cut_off[:, 0], grid.cut_off[:, 1]).min() < off_m[i]:
            piece[i] = -1
    return RoadPoints(piece, along, off_m, side)


@kernel
def _nearest(
    frame: Any, cell_start: Any, cell_bit: Any, bit_piece: Any, piece_start: Any, shape_lat: Any, shape_lon: Any,
    lats: Any, lons: Any, farthest_m: float,
) -> tuple[Any, Any, Any, Any]:  # fmt: skip
    """Rings of cells around each place, until nothing nearer can lie outside them."""
    south, west, cell_lat, cell_lon = frame[0], frame[1], frame[2], frame[3]
    rows, columns, cell_m = int(frame[4]), int(frame[5]), frame[6]
    to_m = 6_371_009.0 * np.pi / 180
    pieces = np.full(len(lats), -1, np.int32)
    alongs, offs, sides = np.zeros(len(lats)), np.full(len(lats), np.inf), np.zeros(len(lats), np.int8)
    for i in range(len(lats)):
        lat, lon = lats[i], lons[i]
        east_m = to_m * np.cos(np.radians(lat))
        home_row, home_column = int(np.floor((lat - south) / cell_lat)), int(np.floor((lon - west) / cell_lon))
        best, best_bit, best_share, best_turn = farthest_m, -1, 0.0, 0.0
        ring = 0
        while (ring - 1) * cell_m < best:
            for row in range(max(home_row - ring, 0), min(home_row + ring, rows - 1) + 1):
                edge = abs(row - home_row) == ring
                step = 1 if edge or ring == 0 else 2 * ring
                for column in range(home_column - ring, home_column + ring + 1, step):
                    if column < 0 or column >= columns:
                        continue
                    cell = row * columns + column
                    for c in range(cell_start[cell], cell_start[cell + 1]):
                        bit = cell_bit[c]
                        ax, ay = (shape_lon[bit] / 1e7 - lon) * east_m, (shape_lat[bit] / 1e7 - lat) * to_m
                        bx, by = (shape_lon[bit + 1] / 1e7 - lon) * east_m, (shape_lat[bit + 1] / 1e7 - lat) * to_m
                        dx, dy = bx - ax, by - ay
                        square = dx * dx + dy * dy
                        share = 0.0 if square == 0 else min(max(-(ax * dx + ay * dy) / square, 0.0), 1.0)
                        off = np.hypot(ax + share * dx, ay + share * dy)
                        if off < best or (off == best and bit < best_bit):
                            best, best_bit, best_share = off, bit, share
                            best_turn = ax * dy - ay * dx  # positive: the place is left of the bit
            ring += 1
        if best_bit < 0:
            continue
        piece = bit_piece[best_bit]
        before, total = 0.0, 0.0
        for k in range(piece_start[piece], piece_start[piece + 1] - 1):
            length = np.hypot(
                (shape_lon[k + 1] - shape_lon[k]) / 1e7 * east_m, (shape_lat[k + 1] - shape_lat[k]) / 1e7 * to_m
            )
            if k < best_bit:
                before += length
            elif k == best_bit:
                before += length * best_share
            total += length
        pieces[i], offs[i] = piece, best
        if best > 0.5:
            sides[i] = 1 if best_turn > 0 else -1
        alongs[i] = before / total if total > 0 else 0.0
    return pieces, alongs, offs, sides
