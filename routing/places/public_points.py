"""Public points: the corner a stranger sees instead of a home, the same for every home around (decision 0004)."""

from collections import defaultdict
from dataclasses import dataclass

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from routing.streets.network import UNITS_PER_DEGREE, Network, distance_m
from routing.streets.osm import ROAD_CLASSES

LEAST_HOMES = 20
LEAST_SPREAD_M = 250.0
FINEST, COARSEST = 8, 3
"""H3 resolutions: at 8 a cell is never narrower than 600 m."""
_STREET_PER_HOME_M = 30.0
_STREETS_WITH_HOMES = [ROAD_CLASSES.index(name) for name in ("residential", "living_street", "unclassified")]


@dataclass(frozen=True, slots=True)
class PublicPoints:
    """Cells, sorted, and the point that stands for each; several cells with few homes share one."""

    cell: NDArray[np.uint64]
    point: NDArray[np.int32]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    homes: NDArray[np.int32]
    """How many homes each point stands for, as far as the map knows."""

    def at(self, lat: float, lon: float) -> int:
        """The number of the point that stands for a home, by its cell or the smallest larger one that is known."""
        cell = h3.latlng_to_cell(lat, lon, FINEST)
        for resolution in range(FINEST, COARSEST - 1, -1):
            wanted = np.uint64(h3.cell_to_parent(cell, resolution))
            position = int(np.searchsorted(self.cell, wanted))
            if position < len(self.cell) and self.cell[position] == wanted:
                return int(self.point[position])
        return int(np.argmin(distance_m(self.lat, self.lon, np.array(lat), np.array(lon))))


@dataclass(frozen=True, slots=True)
class _Homes:
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    count: NDArray[np.float64]


def build_public_points(network: Network, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> PublicPoints:
    """Pool the addresses (degrees) into cells of at least 20, and choose a corner for each pool.

    Cells that hold enough stand alone. What is left over is pooled with the left-overs of the same larger cell, and
    so on: a neighbour that stands alone is never counted for a pool, since its homes show another point.
    """
    homes = _homes(network, lat, lon)
    open_pools: dict[int, list[int]] = defaultdict(list)
    for i, (y, x) in enumerate(zip(homes.lat.tolist(), homes.lon.tolist(), strict=True)):
        open_pools[h3.latlng_to_cell(y, x, FINEST)].append(i)
    finest = {i: cell for cell, members in open_pools.items() for i in members}
    settled: list[tuple[int, list[int]]] = []
    for resolution in range(FINEST, COARSEST - 1, -1):
        rest: dict[int, list[int]] = defaultdict(list)
        for cell, members in sorted(open_pools.items()):
            if _enough(homes, members):
                settled.append((cell, members))
            elif resolution > COARSEST:
                rest[h3.cell_to_parent(cell, resolution - 1)] += members
            else:
                _join_nearest(settled, cell, members)
        open_pools = rest
    return _with_corners(network, homes, settled, finest)


def _homes(network: Network, lat: NDArray[np.float64], lon: NDArray[np.float64]) -> _Homes:
    """The addresses; where the extract hardly has any, one home for each 30 m of street that people live on."""
    if 4 * len(lat) >= network.nodes:
        return _Homes(lat, lon, np.ones(len(lat)))
    owner = np.repeat(np.arange(len(network.piece_class)), np.diff(network.piece_start))
    lived_in = np.isin(network.piece_class, _STREETS_WITH_HOMES)[owner]
    lived_in[network.piece_start[1:] - 1] = False
    if not lived_in.any():
        return _Homes(network.node_lat, network.node_lon, np.ones(network.nodes))
    bit = np.flatnonzero(lived_in)
    y, x = network.shape_lat / UNITS_PER_DEGREE, network.shape_lon / UNITS_PER_DEGREE
    length_m = distance_m(y[bit], x[bit], y[bit + 1], x[bit + 1])
    return _Homes((y[bit] + y[bit + 1]) / 2, (x[bit] + x[bit + 1]) / 2, length_m / _STREET_PER_HOME_M)


def _enough(homes: _Homes, members: list[int]) -> bool:
    """Twenty homes, and not all around one yard."""
    lat, lon = homes.lat[members], homes.lon[members]
    spread_m = distance_m(lat.min(), lon.min(), lat.max(), lon.max())
    return bool(homes.count[members].sum() >= LEAST_HOMES and spread_m >= LEAST_SPREAD_M)


def _join_nearest(settled: list[tuple[int, list[int]]], cell: int, members: list[int]) -> None:
    """Homes too lonely even for the largest cell go with the nearest pool; without any, they are one."""
    if not settled:
        settled.append((cell, members))
        return
    here = h3.cell_to_latlng(cell)
    nearest = min(settled, key=lambda pool: h3.great_circle_distance(here, h3.cell_to_latlng(pool[0])))
    nearest[1].extend(members)


def _with_corners(
    network: Network, homes: _Homes, settled: list[tuple[int, list[int]]], finest: dict[int, int]
) -> PublicPoints:
    """A corner near the middle of each pool's cell, but among its homes; a pool answers for its cell and theirs."""
    corner_lat, corner_lon = corners(network)
    point_of: dict[int, int] = {}
    hearts = []
    for number, (cell, members) in enumerate(settled):
        own = {finest[i] for i in members}
        for known in (cell, *own):
            point_of[known] = number
        lat, lon = h3.cell_to_latlng(cell)
        # The smallest of the pool's own cells that is nearest the middle: never a corner among other people's homes.
        heart = min(own, key=lambda c: (h3.great_circle_distance((lat, lon), h3.cell_to_latlng(c)), c))
        hearts.append(h3.cell_to_latlng(heart))
    east = np.array([1.0, np.cos(np.radians(corner_lat.mean()))])
    _, chosen = cKDTree(np.stack([corner_lat, corner_lon], 1) * east).query(np.array(hearts) * east)
    cells = sorted(point_of)
    return PublicPoints(
        cell=np.array(cells, np.uint64),
        point=np.array([point_of[cell] for cell in cells], np.int32),
        lat=corner_lat[chosen],
        lon=corner_lon[chosen],
        homes=np.array([round(float(homes.count[members].sum())) for _, members in settled], np.int32),
    )


def corners(network: Network) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitudes and longitudes of junctions where a car may stop; all nodes where there is no such junction."""
    stoppable = network.piece_stoppable == 1
    ends = np.concatenate([network.piece_from, network.piece_to])
    roads = np.bincount(ends, minlength=network.nodes)
    quiet = np.bincount(ends, np.concatenate([stoppable, stoppable]), network.nodes)
    junction = (roads >= 3) & (quiet == roads)
    if not junction.any():
        junction[:] = True
    return network.node_lat[junction], network.node_lon[junction]
