"""Blocks cut in two, and again, until each is as small as its surroundings ask: streets grow between them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from demo.valley.terrain import Array

Shapes = NDArray[np.object_]
Wanted = Callable[[Array, NDArray[np.int64]], Array]  # block size in m² at each spot of each home
_LEVELS = 14


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where blocks were cut: the new lines, how deep, in whose place, and whether both sides stayed whole after."""

    lines: Shapes
    levels: NDArray[np.int64]
    homes: NDArray[np.int64]
    last: NDArray[np.bool_]


def split(
    blocks: Shapes, homes: NDArray[np.int64], wanted_m2: Wanted, rng: np.random.Generator
) -> tuple[Shapes, NDArray[np.int64], Cuts]:
    """Cut `blocks` until none is much larger than `wanted_m2(spots, homes)`. Returns blocks, their homes, the cuts.

    A block is cut across its longer side, square to the streets around it. All blocks of a level are cut together.
    """
    done, done_homes = [], []
    lines, levels, line_homes, sides = [], [], [], []
    parent = np.full(len(blocks), -1)
    last: list[bool] = []
    for level in range(_LEVELS):
        area = shapely.area(blocks)
        spots = shapely.get_coordinates(shapely.centroid(blocks))
        large = area > wanted_m2(spots, homes) * rng.uniform(1.25, 2.2, len(blocks))
        for cut in parent[large]:
            if cut >= 0:
                last[cut] = False
        done.append(blocks[~large])
        done_homes.append(homes[~large])
        blocks, homes = blocks[large], homes[large]
        if len(blocks) == 0:
            break
        halves, lines_now = _halve(blocks, rng)
        first = len(last)
        owner = np.arange(len(blocks))
        left, right = shapely.intersection(blocks, halves), shapely.difference(blocks, halves)
        parts, source = shapely.get_parts(np.concatenate([left, right]), return_index=True)
        source = np.tile(owner, 2)[source]
        solid = (shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > 1)
        pieces, cut_of = shapely.get_parts(shapely.intersection(blocks, lines_now), return_index=True)
        long = shapely.length(pieces) > 20
        lines.append(pieces[long])
        levels.append(np.full(int(long.sum()), level))
        line_homes.append(homes[cut_of[long]])
        sides.append(first + cut_of[long])
        last += [True] * len(blocks)
        parent = first + source[solid]
        blocks, homes = parts[solid], homes[source[solid]]
    done.append(blocks)
    done_homes.append(homes)
    cuts = Cuts(
        np.concatenate(lines), np.concatenate(levels), np.concatenate(line_homes),
        np.array(last, dtype=bool)[np.concatenate(sides)],
    )  # fmt: skip
    return np.concatenate(done), np.concatenate(done_homes), cuts


def _halve(blocks: Shapes, rng: np.random.Generator) -> tuple[Shapes, Shapes]:
    """For each block a half-plane that takes about half of it, and the half-plane's edge."""
    outer = shapely.get_exterior_ring(blocks)
    points, owner = shapely.get_coordinates(outer, return_index=True)
    step = np.diff(points, axis=0)
    same = np.diff(owner) == 0
    step, of = step[same], owner[:-1][same]
    length = np.hypot(*step.T)
    # Directions a quarter turn apart count as one: the block's own grid.
    turn = length**1.5 * np.exp(4j * np.arctan2(step[:, 1], step[:, 0]))
    grid = np.bincount(of, turn.real, len(blocks)) + 1j * np.bincount(of, turn.imag, len(blocks))
    along = np.exp(1j * (np.angle(grid) / 4 + rng.normal(0, 0.05, len(blocks))))
    local = (points @ [1, 1j]) * along.conj()[owner]
    low, high = np.full((2, len(blocks)), np.inf), np.full((2, len(blocks)), -np.inf)
    for axis, value in enumerate((local.real, local.imag)):
        np.minimum.at(low[axis], owner, value)
        np.maximum.at(high[axis], owner, value)
    extent = high - low
    tall = extent[1] > extent[0]
    long_axis = np.where(tall, along * 1j, along)
    share = np.clip(0.5 + rng.normal(0, 0.07, len(blocks)), 0.33, 0.67)
    long_low = np.where(tall, low[1], low[0])
    across_middle = np.where(tall, -(low[0] + high[0]) / 2, (low[1] + high[1]) / 2)
    middle = long_axis * (long_low + share * extent.max(axis=0) + 1j * across_middle)
    reach = 2 * extent.sum(axis=0)
    side = long_axis * 1j * reach
    near, far = middle - side, middle + side
    corners = np.stack([near, far, far + long_axis * reach, near + long_axis * reach], axis=1)
    return shapely.polygons(_points(corners)), shapely.linestrings(_points(np.stack([near, far], axis=1)))


def _points(plane: NDArray[np.complex128]) -> Array:
    return np.stack([plane.real, plane.imag], axis=-1)
