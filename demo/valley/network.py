"""The street network in metres: welded, in one piece, drivable from anywhere to anywhere."""

from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from demo.valley.plan import COUNTRY, Line
from demo.valley.streets import DRIVABLE
from demo.valley.terrain import RIVER_BANK_M, Array, Terrain
from demo.valley.weld import Network, Shapes, weld

_NOISE_M = 0.35


@dataclass(slots=True)
class Streets:
    """Streets with their edges from junction to junction, bent into the landscape."""

    lines: list[Line]
    edges: Shapes  # metres east and north
    line_of: NDArray[np.int64]  # the line of each edge, ascending
    start: NDArray[np.int64]
    end: NDArray[np.int64]
    nodes: Array  # (n, 2) metres
    bridge: NDArray[np.bool_]  # per edge
    oneway: set[int] = field(default_factory=set)  # line numbers
    names: list[str] = field(default_factory=list)  # per line
    crossings: Array = field(default_factory=lambda: np.zeros((0, 2)))  # where a road crosses the railway

    @property
    def kinds(self) -> NDArray[np.str_]:
        """The class of each edge."""
        return np.array([line.kind for line in self.lines])[self.line_of]


def build(lines: list[Line], terrain: Terrain, bend_m: float, rng: np.random.Generator) -> Streets:
    """Weld `lines`, drop what hangs in the air, make by-ways of what no car could leave, choose one-ways.

    Straight pieces longer than `bend_m` are bent with the land.
    """
    network = weld(np.array([line.shape for line in lines], dtype=object))
    rail = np.array([line.kind == "rail" for line in lines])
    kept = _in_main_part(network, ~rail[network.lines]) | rail[network.lines]
    network = _only(network, kept)
    for classes, by_way in ((DRIVABLE, "service"), (DRIVABLE | {"service"}, "track")):
        drivable = np.array([line.kind in classes for line in lines])[network.lines]
        inside = _in_main_part(network, drivable)
        for number in np.unique(network.lines[drivable & ~inside]):
            lines[number].kind = by_way if by_way == "service" or lines[number].home == COUNTRY else "footway"
    streets = _bent(network, lines, terrain, bend_m)
    on_rail, on_road = (np.unique(np.concatenate([network.start[m], network.end[m]]))
                        for m in (rail[network.lines], ~rail[network.lines]))  # fmt: skip
    streets.crossings = streets.nodes[np.intersect1d(on_rail, on_road)]
    _choose_oneways(streets, rng)
    return streets


def _bent(network: Network, lines: list[Line], terrain: Terrain, bend_m: float) -> Streets:
    middle = shapely.get_coordinates(shapely.line_interpolate_point(network.edges, 0.5, normalized=True))
    bridge = abs(terrain.to_river(middle[:, 1])) < RIVER_BANK_M - 2
    edges = shapely.transform(shapely.segmentize(network.edges, bend_m), terrain.warp)
    edges = shapely.simplify(edges, _NOISE_M)
    nodes = terrain.warp(network.nodes)
    return Streets(lines, edges, network.lines, network.start, network.end, nodes, bridge)


def _in_main_part(network: Network, members: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the `members` edges hang together in the largest part."""
    count, part = _parts(network.start[members], network.end[members], len(network.nodes), "weak")
    largest = np.argmax(np.bincount(part[network.start[members]], minlength=count))
    inside = np.zeros(len(members), dtype=bool)
    inside[members] = part[network.start[members]] == largest
    return inside


def _parts(start: NDArray[np.int64], end: NDArray[np.int64], size: int, how: str) -> tuple[int, NDArray[np.int64]]:
    graph = coo_array((np.ones(len(start)), (start, end)), shape=(size, size))
    return connected_components(graph, directed=True, connection=how)


def _only(network: Network, kept: NDArray[np.bool_]) -> Network:
    return Network(network.edges[kept], network.lines[kept], network.start[kept], network.end[kept], network.nodes)


def _choose_oneways(streets: Streets, rng: np.random.Generator) -> None:
    """Roundabouts, and about half the lanes of old towns, as long as every place can still be left."""
    lines = streets.lines
    fixed = {number for number, line in enumerate(lines) if line.role == "roundabout"}
    lanes = [n for n, line in enumerate(lines) if line.role == "old" and line.kind in DRIVABLE]
    chosen = {number for number in lanes if rng.random() < 0.55}
    drivable = np.array([line.kind in DRIVABLE for line in lines])[streets.line_of]
    start, end, line_of = streets.start[drivable], streets.end[drivable], streets.line_of[drivable]
    while True:
        both = ~np.isin(line_of, sorted(fixed | chosen))
        _, part = _parts(np.concatenate([start, end[both]]), np.concatenate([end, start[both]]),
                         len(streets.nodes), "strong")  # fmt: skip
        main = np.argmax(np.bincount(part[start]))
        stuck = set(line_of[(part[start] != main) | (part[end] != main)].tolist()) & chosen
        if not stuck:
            break
        chosen -= stuck
    streets.oneway = fixed | chosen
