"""Houses along the streets, each with its number."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from demo.valley.blocks import Shapes
from demo.valley.network import Streets
from demo.valley.plan import COUNTRY
from demo.valley.settlements import Places, Rank
from demo.valley.terrain import Array

_FRONTED = frozenset({"primary", "secondary", "tertiary", "unclassified", "residential", "living_street", "pedestrian"})
_CLEARANCE_M = 2.6  # between a wall and the middle of any street


@dataclass(frozen=True, slots=True)
class Houses:
    """Houses, one row each: ground plan in metres, the street line it stands at, its place and number."""

    shapes: Shapes
    lines: NDArray[np.int64]
    homes: NDArray[np.int64]
    numbers: NDArray[np.int64]
    old: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.lines)


def build_houses(
    streets: Streets, places: Places, centres: Array, closed: Shapes, rng: np.random.Generator, *, share: float = 1.0
) -> Houses:
    """Houses on both sides of every street with a name, none on `closed` ground, on a street or on another house.

    `centres` are the places' centres in metres; `share` of the plots are looked at.
    """
    whole = _whole_lines(streets)
    plots = _plots(streets, whole, places, centres, rng)
    looked_at = rng.random(len(plots[0])) < share
    lines, along, side, spacing = (column[looked_at] for column in plots)
    homes = np.array([line.home for line in streets.lines])[lines]
    old = spacing < 10
    width = np.where(old, spacing - 0.4, np.clip(spacing * rng.uniform(0.42, 0.62, len(lines)), 8, 22))
    depth = np.where(old, rng.uniform(9, 12, len(lines)), rng.uniform(8, 12, len(lines)))
    setback = np.where(
        old, 4.2, np.where(spacing > 100, rng.uniform(14, 40, len(lines)), rng.uniform(8, 11.5, len(lines)))
    )
    here, ahead = (
        shapely.get_coordinates(shapely.line_interpolate_point(whole[lines], along + step)) for step in (-1, 1)
    )
    forward = (ahead - here) / np.maximum(np.hypot(*(ahead - here).T), 1e-6)[:, None]
    outward = np.column_stack([-forward[:, 1], forward[:, 0]]) * side[:, None]
    middle = (here + ahead) / 2 + outward * (setback + depth / 2)[:, None]
    shapes = _ground_plans(middle, forward * width[:, None] / 2, outward * depth[:, None] / 2, old, rng)
    kept = np.flatnonzero(_free(shapes, streets, closed))
    kept = kept[_apart(shapes[kept])]
    numbers = _numbers(streets, lines[kept], homes[kept], along[kept], side[kept])
    return Houses(shapes[kept], lines[kept], homes[kept], numbers, old[kept])


def _whole_lines(streets: Streets) -> Shapes:
    points, edge = shapely.get_coordinates(streets.edges, return_index=True)
    line, index = np.unique(streets.line_of[edge], return_inverse=True)
    whole = np.full(len(streets.lines), shapely.LineString(), dtype=object)
    whole[line] = shapely.linestrings(points, indices=index)
    return whole


def _plots(
    streets: Streets, whole: Shapes, places: Places, centres: Array, rng: np.random.Generator
) -> tuple[NDArray[np.int64], Array, Array, Array]:
    """Line, metres along it, side (1 left, −1 right) and spacing of every plot."""
    home = np.array([line.home for line in streets.lines])
    length = shapely.length(whole)
    middle = np.nan_to_num(shapely.get_coordinates(shapely.centroid(whole[length > 0])))
    out = np.zeros(len(home))
    out[length > 0] = np.hypot(*(middle - centres[home[length > 0]]).T)
    out /= np.maximum(places.radii_m[home], 1)
    rank = np.where(home == COUNTRY, -1, places.ranks[home])
    spacing = np.select(
        [rank == -1, (rank == Rank.TOWN) & (out < 0.24), (rank == Rank.VILLAGE) & (out < 0.25), rank == Rank.TOWN],
        [420.0, 8.6, 9.5, 21 + 8 * out],
        24.0,
    )
    fronted = np.array([line.kind in _FRONTED and line.role not in ("roundabout", "store") for line in streets.lines])
    fronted &= np.array([name != "" for name in streets.names])
    count = np.where(fronted, (length - 8) // spacing, 0).clip(0).astype(np.int64)
    lines = np.repeat(np.arange(len(home)), 2 * count)
    order = np.arange(len(lines)) - np.repeat(np.cumsum(2 * count) - 2 * count, 2 * count)
    margin = (length - count * spacing)[lines] / 2
    along = margin + (order // 2 + 0.5) * spacing[lines] + rng.uniform(-0.12, 0.12, len(lines)) * spacing[lines]
    side = np.where(order % 2 == 0, 1.0, -1.0)
    taken = rng.random(len(lines)) < np.select([spacing[lines] > 100, spacing[lines] < 10], [0.42, 0.97], 0.86)
    return lines[taken], along[taken], side[taken], spacing[lines][taken]


def _ground_plans(middle: Array, across: Array, inward: Array, old: Array, rng: np.random.Generator) -> Shapes:
    """Rectangles; a third of the newer houses have a wing. `across` and `inward` reach from the middle to the walls."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    wing = np.array([[-1, -1], [1, -1], [1, 1], [0.1, 1], [0.1, 0.45], [-1, 0.45]])
    winged = ~old & (rng.random(len(old)) < 0.35)
    shapes = np.empty(len(old), dtype=object)
    for plan, rows in ((corners, ~winged), (wing, winged)):
        a, b = plan[:, 0][None, :, None], plan[:, 1][None, :, None]
        shapes[rows] = shapely.polygons(middle[rows, None] + a * across[rows, None] + b * inward[rows, None])
    return shapes


def _free(shapes: Shapes, streets: Streets, closed: Shapes) -> NDArray[np.bool_]:
    free = np.ones(len(shapes), dtype=bool)
    gap = np.where(streets.kinds == "rail", 9.0, _CLEARANCE_M)
    for metres in np.unique(gap):
        tree = shapely.STRtree(streets.edges[gap == metres])
        free[tree.query(shapes, predicate="dwithin", distance=metres)[0]] = False
    free[shapely.STRtree(closed).query(shapes, predicate="intersects")[0]] = False
    return free


def _apart(shapes: Shapes) -> NDArray[np.bool_]:
    """Of two houses that overlap the earlier one stays."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pair = (one < other) & (shapely.area(shapely.intersection(shapes[one], shapes[other])) > 0.8)
    stays = np.ones(len(shapes), dtype=bool)
    for first, second in zip(one[pair].tolist(), other[pair].tolist(), strict=True):
        if stays[first]:
            stays[second] = False
    return stays


def _numbers(streets: Streets, lines: Array, homes: Array, along: Array, side: Array) -> NDArray[np.int64]:
    """Odd numbers on the left, even on the right, counted along all lines of one name in one place."""
    name_of = {name: number for number, name in enumerate(sorted(set(streets.names)))}
    name = np.array([name_of[text] for text in streets.names])[lines]
    order = np.lexsort((along, lines, side, name, homes))
    key = np.column_stack([homes, name, side])[order]
    fresh = np.ones(len(order), dtype=bool)
    fresh[1:] = (key[1:] != key[:-1]).any(axis=1)
    count = np.arange(len(order)) - np.maximum.accumulate(np.where(fresh, np.arange(len(order)), 0))
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = 2 * count + np.where(side[order] > 0, 1, 2)
    return numbers
