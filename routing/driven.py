"""A drive in its stretches: which pieces of road, which way, and what each takes."""

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
