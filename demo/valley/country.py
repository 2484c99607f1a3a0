"""Roads between places: short links on each bank of the river, bridges where they are wanted, classes by use."""

from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay, QhullError

from demo.valley.settlements import Places, Rank
from demo.valley.terrain import Array, Terrain

_BEND = 0.05  # how far a road bows out, as a share of its length
_SIDE_BY_SIDE = np.radians(33)


@dataclass(frozen=True, slots=True)
class CountryRoads:
    """Roads on paper from place to place, with their class and what they are numbered and signed."""

    lines: list[shapely.LineString]
    kinds: list[str]
    ends: Array  # (n, 2) place numbers


def country_roads(terrain: Terrain, places: Places, rng: np.random.Generator) -> CountryRoads:
    """Join all places. A river is crossed twice in each cell: in the town and at one pair of bridgeheads."""
    bank = np.searchsorted(terrain.rivers, places.spots[:, 1])
    links = [_gabriel(np.flatnonzero(bank == number), places.spots) for number in np.unique(bank)]
    ends = _thinned(np.concatenate([*links, _bridges(places)]), places.spots)
    length = np.hypot(*(places.spots[ends[:, 0]] - places.spots[ends[:, 1]]).T)
    kinds = _classes(places, ends, length, terrain, rng)
    return CountryRoads([_bowed(places.spots[one], places.spots[other], rng) for one, other in ends], kinds, ends)


def _gabriel(members: Array, spots: Array) -> Array:
    """Pairs of neighbours with no third place in the circle between them."""
    if len(members) < 4:
        return np.column_stack([members[:-1], members[1:]])
    try:
        corners = Delaunay(spots[members]).simplices
    except QhullError:
        return np.column_stack([members[:-1], members[1:]])
    pairs, open_ = [], []
    for a, b, third in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        p, q, r = (spots[members[corners[:, c]]] for c in (a, b, third))
        pairs.append(np.sort(corners[:, [a, b]], axis=1))
        open_.append(((p - r) * (q - r)).sum(axis=1) >= 0)
    edges, which = np.unique(np.concatenate(pairs), axis=0, return_inverse=True)
    blocked = np.bincount(which.reshape(-1), weights=~np.concatenate(open_)) > 0
    return members[edges[~blocked]]


def _thinned(ends: Array, spots: Array) -> Array:
    """Without the longer of two roads that leave a place side by side, unless the place would be cut off."""
    step = spots[ends[:, 1]] - spots[ends[:, 0]]
    length = np.hypot(*step.T)
    tree = minimum_spanning_tree(coo_array((length, ends.T), shape=(len(spots),) * 2)).tocoo()
    needed = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    kept = np.ones(len(ends), dtype=bool)
    bearing = np.arctan2(step[:, 1], step[:, 0])
    leaving = np.concatenate([ends[:, 0], ends[:, 1]])
    bearing = np.concatenate([bearing, bearing + np.pi]) % (2 * np.pi)
    road = np.tile(np.arange(len(ends)), 2)
    order = np.lexsort((bearing, leaving))
    by_place = np.split(order, np.searchsorted(leaving[order], np.arange(1, len(spots))))
    for here in by_place:
        gap = np.diff(bearing[here], append=bearing[here[:1]] + 2 * np.pi)
        for one, other, angle in zip(here, np.roll(here, -1), gap, strict=True):
            longer = max(road[one], road[other], key=lambda number: length[number])
            if angle < _SIDE_BY_SIDE and tuple(ends[longer].tolist()) not in needed:
                kept[longer] = False
    return ends[kept]


def _bridges(places: Places) -> Array:
    """Pairs over each river: the town and its bridgehead, and the two other bridgeheads."""
    towns = places.of(Rank.TOWN)
    # the first crossroads, three for each town: one that is scattered later may lie as far from the river by chance
    heads = places.of(Rank.CROSSROADS)[: 3 * len(towns)].reshape(-1, 3)
    return np.concatenate([np.column_stack([towns, heads[:, 0]]), heads[:, 1:]])


def _classes(places: Places, ends: Array, length: Array, terrain: Terrain, rng: np.random.Generator) -> list[str]:
    """Primary where the way leads from a town out of the valley or to the next town, secondary to its villages."""
    n = len(places.spots)
    both = np.concatenate([ends, ends[:, ::-1]])
    roads = coo_array((np.tile(length, 2), (both[:, 0], both[:, 1])), shape=(n, n)).tocsr()
    towns = places.of(Rank.TOWN)
    before = dijkstra(roads, indices=towns, return_predecessors=True)[1]
    road_of = {tuple(pair): number for number, pair in enumerate(np.sort(ends, axis=1).tolist())}
    rank = np.where(rng.random(len(ends)) < 0.35, 1, 0)
    gates = np.flatnonzero((abs(places.spots) >= terrain.half - 1).any(axis=1))
    for level, goals in ((2, places.of(Rank.VILLAGE)), (3, towns), (3, gates)):
        for goal in goals:
            source = int(places.cells[goal]) if level == 2 or goal in gates else max(0, int(goal) - 1)
            while before[source, goal] >= 0:
                step = int(before[source, goal])
                road = road_of[min(step, int(goal)), max(step, int(goal))]
                rank[road] = max(rank[road], level)
                goal = step
    return [("unclassified", "tertiary", "secondary", "primary")[level] for level in rank]


def _bowed(start: Array, end: Array, rng: np.random.Generator) -> shapely.LineString:
    share = np.linspace(0, 1, 9)[:, None]
    aside = np.array([start[1] - end[1], end[0] - start[0]]) * rng.uniform(-_BEND, _BEND)
    return shapely.LineString(start + (end - start) * share + aside * 4 * share * (1 - share))
