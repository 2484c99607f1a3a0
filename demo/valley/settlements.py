"""Where people live: towns by the river, villages around them, hamlets between."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import shapely
from scipy.spatial import cKDTree

from demo.valley.terrain import Array, Terrain


class Rank(IntEnum):
    """Kinds of places on the plan, small to large. A crossroads has no houses of its own."""

    CROSSROADS = 0
    HAMLET = 1
    VILLAGE = 2
    TOWN = 3


@dataclass(frozen=True, slots=True)
class Places:
    """All places, one row each, on paper: towns first, then villages, hamlets, crossroads.

    The first crossroads are the bridgeheads: for each town one south of it, then a pair north and south of the river.
    """

    spots: Array  # (n, 2)
    ranks: Array  # Rank
    cells: Array  # number of the cell a place belongs to
    radii_m: Array

    def of(self, rank: Rank) -> Array:
        return np.flatnonzero(self.ranks == rank)


HAMLETS_PER_CELL, CROSSROADS_PER_CELL = 16, 26
_TOWN_NORTH_M = 430.0  # from the river to the market square
_APART_M = {Rank.HAMLET: 1500.0, Rank.CROSSROADS: 1150.0}
_OFF_RIVER_M = 900.0


def settle(terrain: Terrain, rng: np.random.Generator) -> Places:
    """Choose places. Bridgeheads are crossroads on both banks; gates are crossroads on the valley's frame."""
    size = terrain.size
    towns, villages, cells, bridgeheads = [], [], [], []
    for row, river in enumerate(terrain.rivers):
        for column in range(terrain.columns):
            centre = (column + 0.5) * terrain.cell_width - terrain.half[0]
            u = centre + rng.uniform(-0.05, 0.05) * terrain.cell_width
            towns.append((u, river + _TOWN_NORTH_M))
            for number in range(max(1, round(6 * size**2))):
                angle = np.radians([30, 270, 150, 90, 210, 330][number] + rng.uniform(-12, 12))
                reach = rng.uniform(0.5, 0.72) * np.array([terrain.cell_width, terrain.cell_height]) / 2
                villages.append(np.array([u, river]) + reach * [np.cos(angle), np.sin(angle)])
                cells.append(row * terrain.columns + column)
            side = rng.choice([-1, 1]) * 6500 * size
            bridgeheads += [(u + 90, river - 1000), (u + side, river + 950), (u + side + 120, river - 950)]
    gates = [(sign * terrain.half[0], river + 700) for river in terrain.rivers for sign in (-1, 1)]
    gates += [(town[0] + 900, sign * terrain.half[1]) for town in towns[:1] for sign in (-1, 1)]
    fixed = np.array([*towns, *villages, *bridgeheads, *gates])
    spots, ranks = _scatter(terrain, fixed, rng)
    n_towns, n_villages = len(towns), len(villages)
    ranks[:n_towns], ranks[n_towns : n_towns + n_villages] = Rank.TOWN, Rank.VILLAGE
    order = np.argsort(-ranks, kind="stable")
    spots, ranks = spots[order], ranks[order]
    nearest = cKDTree(np.array(towns)).query(spots)[1]
    nearest[n_towns : n_towns + n_villages] = cells
    radius = np.array([0.0, 150.0, 500.0, 1650.0])[ranks] * rng.uniform(0.88, 1.12, len(ranks))
    radius[ranks == Rank.TOWN] = 1650 * max(size, 0.4)
    return Places(spots, ranks, nearest, radius)


def _scatter(terrain: Terrain, fixed: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Add hamlets and crossroads where nothing is near."""
    spots, ranks = fixed, np.zeros(len(fixed), dtype=np.int64)
    for rank, wanted in ((Rank.HAMLET, HAMLETS_PER_CELL), (Rank.CROSSROADS, CROSSROADS_PER_CELL)):
        count = round(wanted * terrain.columns * terrain.rows * terrain.size**2)
        tries = rng.uniform(-1, 1, (count * 12 + 4, 2)) * (terrain.half - 900)
        tries = tries[abs(terrain.to_river(tries[:, 1])) > _OFF_RIVER_M]
        apart = _APART_M[rank]
        clear = tries[cKDTree(spots).query(tries)[0] > apart + 500 * (rank == Rank.HAMLET)]
        taken = np.zeros(len(clear), dtype=bool)
        blocked = np.zeros(len(clear), dtype=bool)
        neighbours = cKDTree(clear).query_ball_point(clear, apart) if len(clear) else []
        for candidate, near in enumerate(neighbours):
            if not blocked[candidate]:
                taken[candidate] = True
                blocked[near] = True
        chosen = clear[taken][:count]
        spots, ranks = np.concatenate([spots, chosen]), np.concatenate([ranks, np.full(len(chosen), rank)])
    return spots, ranks


def outlines(places: Places, rng: np.random.Generator) -> list[shapely.Polygon]:
    """The built-up area of each place but crossroads, on paper: a circle with dents."""
    shapes = []
    turn = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    for number in np.flatnonzero(places.ranks > Rank.CROSSROADS):
        dents = sum(rng.uniform(0.02, 0.09) * np.sin(k * turn + rng.uniform(0, 7)) for k in (2, 3, 4, 5))
        shapes.append(ring(places.spots[number], places.radii_m[number] * (1 + dents)))
    return shapes


def ring(centre: Array, radius_m: Array | float, corners: int = 72) -> shapely.Polygon:
    """A closed shape around `centre`; `radius_m` may vary around the turn (`corners` values)."""
    turn = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return shapely.Polygon(np.asarray(centre) + np.column_stack([np.cos(turn), np.sin(turn)]) * _column(radius_m))


def _column(radius_m: Array | float) -> Array:
    return np.reshape(radius_m, (-1, 1))
