"""A drive in its stretches: which pieces of road, which way, and what each takes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing.network import UNITS_PER_DEGREE, Network, distance_m


@dataclass(frozen=True, slots=True)
class Driven:
    """A stretch of one piece of road, from one share of its length to another: `begin < end` along its shape."""

    piece: int
    forward: bool
    begin: float
    end: float
    duration_ms: int
    distance_dm: int
    turn_ms: int = 0
    """What the turn into it cost; not in `duration_ms`."""


def line_of(network: Network, driven: Driven) -> list[tuple[float, float]]:
    """Points (lon, lat) along a stretch, in driving order; none where nothing is driven."""
    if driven.begin == driven.end:
        return []
    points = slice(int(network.piece_start[driven.piece]), int(network.piece_start[driven.piece + 1]))
    lat, lon = network.shape_lat[points] / UNITS_PER_DEGREE, network.shape_lon[points] / UNITS_PER_DEGREE
    share = np.concatenate([[0.0], np.cumsum(distance_m(lat[:-1], lon[:-1], lat[1:], lon[1:]))])
    share /= share[-1] or 1.0
    low, high = min(driven.begin, driven.end), max(driven.begin, driven.end)
    at = np.concatenate([[low], share[(share > low) & (share < high)], [high]])
    at = at if driven.begin < driven.end else at[::-1]
    return list(zip(np.interp(at, share, lon).tolist(), np.interp(at, share, lat).tolist(), strict=True))


def line_through(network: Network, stretches: Sequence[Driven]) -> list[tuple[float, float]]:
    """Points (lon, lat) along stretches that follow each other; each junction once.

    All but the first and the last are driven whole, so their points are copied and not measured.
    """
    if len(stretches) < 3:
        whole: list[tuple[float, float]] = []
    else:
        first, last = network.piece_start[:-1], network.piece_start[1:]
        runs = [
            np.arange(first[one.piece], last[one.piece])
            if one.begin < one.end
            else np.arange(last[one.piece] - 1, first[one.piece] - 1, -1)
            for one in stretches[1:-1]
        ]
        points = np.concatenate(runs)
        lat, lon = network.shape_lat[points] / UNITS_PER_DEGREE, network.shape_lon[points] / UNITS_PER_DEGREE
        whole = list(zip(lon.tolist(), lat.tolist(), strict=True))
    line = [point for one in stretches[:1] for point in line_of(network, one)] + whole
    line += [point for one in stretches[1:][-1:] for point in line_of(network, one)]
    return [point for i, point in enumerate(line) if i == 0 or point != line[i - 1]]
