"""Fastest paths by the hierarchy are those of plain Dijkstra."""

import random

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.hierarchy import UNREACHED, Hierarchy, build_hierarchy, node_ranks, pack, unpack
from routing.network import Network, build_network
from routing.osm import read_roads
from routing.region import Region
from tests.shared_data import shared_data


def plain_ms(network: Network, origins: np.ndarray) -> np.ndarray:
    """Milliseconds by Dijkstra, the cheapest of parallel arcs, inf where there is no path."""
    order = np.lexsort((network.arc_ms, network.arc_head, network.arc_tail))
    tail, head = network.arc_tail[order], network.arc_head[order]
    first = np.append(True, (tail[1:] != tail[:-1]) | (head[1:] != head[:-1]))
    weights = network.arc_ms[order][first].astype(float)
    graph = csr_array((weights, (tail[first], head[first])), shape=(network.nodes, network.nodes))
    return dijkstra(graph, indices=origins)


def network_of(
    tail: list[int], head: list[int], ms: list[int], dm: list[int], nodes: int, rng: random.Random
) -> Network:
    """A network of nothing but arcs."""
    none = np.zeros(0, np.int32)
    return Network(
        node_lat=np.array([rng.random() for _ in range(nodes)]),
        node_lon=np.array([rng.random() for _ in range(nodes)]),
        arc_tail=np.array(tail, np.int32),
        arc_head=np.array(head, np.int32),
        arc_ms=np.array(ms, np.int32),
        arc_dm=np.array(dm, np.int32),
        arc_piece=none, piece_from=none, piece_to=none, piece_forward=none, piece_backward=none,
        piece_class=none.astype(np.uint8), piece_start=np.zeros(1, np.int64), shape_lat=none, shape_lon=none,
        piece_stoppable=none.astype(np.uint8),
    )  # fmt: skip


def ranked(network: Network) -> tuple[Network, Hierarchy]:
    network = network.renumbered(node_ranks(network))
    return network, build_hierarchy(network)


@pytest.mark.parametrize("seed", range(12))
def test_random_networks_with_islands_loops_and_parallel_roads(seed: int) -> None:
    print(f"seed {seed}")  # noqa: T201
    rng = random.Random(seed)
    nodes = rng.randint(2, 60)
    arcs = rng.randint(1, 3 * nodes)
    tail, head = ([rng.randrange(nodes) for _ in range(arcs)] for _ in range(2))
    # Few different weights, so that ties are common.
    network, hierarchy = ranked(
        network_of(tail, head, [rng.randint(1, 9) for _ in tail], [rng.randint(1, 9) for _ in tail], nodes, rng)
    )
    everyone = np.arange(nodes, dtype=np.int32)
    plain = plain_ms(network, everyone)
    by_labels = hierarchy.matrix(everyone, everyone)
    here = np.zeros(1, np.int64)
    outward = np.stack([hierarchy.sweep(everyone[i : i + 1], here) for i in everyone])
    homeward = np.stack([hierarchy.sweep(everyone[i : i + 1], here, backward=True) for i in everyone], axis=1)
    for packed in (by_labels, outward, homeward):
        seconds = np.where(packed >= UNREACHED, np.inf, unpack(packed)[0].astype(float))
        assert np.array_equal(seconds, plain)
    assert np.array_equal(np.minimum(by_labels, UNREACHED), np.minimum(outward, UNREACHED))
    weights = pack(network.arc_ms, network.arc_dm)
    for a in everyone:
        for b in everyone:
            path = hierarchy.path(a, b)
            assert_is_path(network, path, a, b, reachable=bool(by_labels[a, b] < UNREACHED))
            assert by_labels[a, b] >= UNREACHED or weights[path].sum() == by_labels[a, b]


def assert_is_path(network: Network, path: list[int], a: int, b: int, *, reachable: bool = True) -> None:
    """Arc follows arc, from a to b."""
    if a == b or not reachable:
        assert path == []
        return
    assert network.arc_tail[path[0]] == a
    assert network.arc_head[path[-1]] == b
    assert np.array_equal(network.arc_head[path[:-1]], network.arc_tail[path[1:]])


def test_of_two_equally_fast_roads_the_shorter_counts() -> None:
    rng = random.Random(1)
    network, hierarchy = ranked(network_of([0, 0, 1], [2, 1, 2], [10, 4, 6], [900, 100, 200], 3, rng))
    start, end = network.arc_tail[:1], network.arc_head[:1]
    assert unpack(hierarchy.matrix(start, end)[0, 0]) == (10, 300)


@pytest.mark.parametrize("extract", ["osm/liechtenstein.osm.pbf", "osm/porto.osm.pbf"])
def test_on_real_roads(extract: str) -> None:
    assert_exact(*ranked(build_network(read_roads(shared_data(extract)))))


def test_in_the_valley(valley: Region) -> None:
    assert_exact(valley.travel.network, valley.travel.hierarchy)


def assert_exact(network: Network, hierarchy: Hierarchy) -> None:
    """Random pairs and one whole sweep against Dijkstra, and the paths themselves."""
    seed = 7
    print(f"seed {seed}")  # noqa: T201
    rng = np.random.default_rng(seed)
    origins, goals = rng.integers(0, network.nodes, (2, 12)).astype(np.int32)
    plain = plain_ms(network, origins)
    packed = hierarchy.matrix(origins, goals)
    assert np.array_equal(unpack(packed)[0], plain[:, goals])
    assert np.array_equal(unpack(hierarchy.sweep(origins[:1], np.zeros(1, np.int64)))[0], plain[0])
    weights = pack(network.arc_ms, network.arc_dm)
    for i, (a, b) in enumerate(zip(origins.tolist(), goals.tolist(), strict=True)):
        path = hierarchy.path(a, b)
        assert_is_path(network, path, a, b)
        assert weights[path].sum() == packed[i, i]


def test_all_of_a_region_reaches_all(helsinki: Region) -> None:
    hierarchy = helsinki.travel.hierarchy
    reached = hierarchy.sweep(np.zeros(1, np.int32), np.zeros(1, np.int64))
    back = hierarchy.sweep(np.zeros(1, np.int32), np.zeros(1, np.int64), backward=True)
    assert (reached < UNREACHED).all()
    assert (back < UNREACHED).all()
