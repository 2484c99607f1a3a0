"""A drive in its stretches: which pieces of road, which way, and what each takes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.streets.network import UNITS_PER_DEGREE, Network, distance_m


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


def line_of(network: Network, driven: Driven) -> NDArray[np.float64]:
    """Points (lon, lat) along a stretch, in driving order, float64 [points, 2]; none where nothing is driven."""
    if driven.begin == driven.end:
        return np.zeros((0, 2))
    points = slice(int(network.piece_start[driven.piece]), int(network.piece_start[driven.piece + 1]))
    line = np.stack([network.shape_lon[points], network.shape_lat[points]], axis=1) / UNITS_PER_DEGREE
    low, high = min(driven.begin, driven.end), max(driven.begin, driven.end)
    if (low, high) != (0.0, 1.0):
        share = np.concatenate([[0.0], np.cumsum(distance_m(line[:-1, 1], line[:-1, 0], line[1:, 1], line[1:, 0]))])
        share /= share[-1] or 1.0
        at = np.concatenate([[low], share[(share > low) & (share < high)], [high]])
        line = np.stack([np.interp(at, share, line[:, 0]), np.interp(at, share, line[:, 1])], axis=1)
    return line if driven.begin < driven.end else line[::-1]


def line_through(network: Network, stretches: Sequence[Driven]) -> list[tuple[float, float]]:
    """Points (lon, lat) along stretches that follow each other; each junction once.

    All but the first and the last are driven whole, so their points are copied and not measured.
    """
    if not stretches:
        return []
    pieces = np.array([one.piece for one in stretches[1:-1]], np.int64)
    along = np.array([one.begin < one.end for one in stretches[1:-1]], np.bool_)
    first, end = network.piece_start[pieces], network.piece_start[pieces + 1]
    count = end - first
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    points = np.repeat(np.where(along, first, end - 1), count) + np.repeat(np.where(along, 1, -1), count) * within
    whole = np.stack([network.shape_lon[points], network.shape_lat[points]], axis=1) / UNITS_PER_DEGREE
    ends = [line_of(network, one) for one in (stretches[0], *stretches[1:][-1:])]
    line = np.concatenate([ends[0], whole, *ends[1:]])
    new = np.ones(len(line), np.bool_)
    new[1:] = (line[1:] != line[:-1]).any(axis=1)
    return [(lon, lat) for lon, lat in line[new].tolist()]
