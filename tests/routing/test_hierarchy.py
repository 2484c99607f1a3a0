"""Fastest paths by the hierarchy are those of plain Dijkstra."""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.region import Region
from routing.streets.joining import build_network
from routing.streets.network import Network
from routing.streets.osm import read_roads
from routing.streets.restrictions import read_restrictions
from routing.travel.hierarchy import UNREACHED, Hierarchy, arc_ranks, build_hierarchy, link_weights, unpack
from tests.shared_data import shared_data


def plain_ms(network: Network, origins: np.ndarray) -> np.ndarray:
    """Milliseconds from the ends of arcs to the ends of all arcs by Dijkstra, inf where there is no path."""
    weights = unpack(link_weights(network))[0].astype(float)
    graph = csr_array((weights, (network.turn_from, network.turn_to)), shape=(network.arcs, network.arcs))
    return dijkstra(graph, indices=origins)


def network_of(arcs: Sequence[tuple[int, int, int, int]], turns: dict[tuple[int, int], int]) -> Network:
    """A network of nothing but arcs (tail, head, milliseconds, decimetres), each a piece of its own, and turns."""
    tail, head, ms, dm = (np.array(column, np.int32) for column in zip(*arcs, strict=True))
    number, none = np.arange(len(arcs), dtype=np.int32), np.zeros(0, np.int32)
    flags = np.zeros(len(arcs), np.uint8)
    bare = Network(
        node_lat=np.zeros(0), node_lon=np.zeros(0), arc_tail=tail, arc_head=head, arc_ms=ms, arc_dm=dm,
        arc_piece=number, piece_from=tail, piece_to=head, piece_forward=number, piece_backward=number * 0 - 1,
        piece_class=flags, piece_start=2 * np.arange(len(arcs) + 1), shape_lat=np.repeat(tail, 2),
        shape_lon=np.repeat(head, 2), piece_stoppable=flags, piece_kerb=flags.astype(np.int8), piece_roundabout=flags,
        piece_name=number * 0 - 1, turn_first=none.astype(np.int64), turn_from=none, turn_to=none, turn_ms=none,
        into_first=none.astype(np.int64), turn_by_to=none,
    )  # fmt: skip
    pairs = np.array(list(turns), np.int32).reshape(-1, 2)
    return bare.with_turns(pairs[:, 0], pairs[:, 1], np.array(list(turns.values()), np.int32))


def ranked(network: Network) -> tuple[Network, Hierarchy]:
    network = network.renumbered(arc_ranks(network))
    return network, build_hierarchy(network)


@pytest.mark.parametrize("seed", range(12))
def test_random_networks_with_islands_loops_parallel_roads_and_forbidden_turns(seed: int) -> None:
    print(f"seed {seed}")  # noqa: T201
    dice = random.Random(seed)
    nodes = dice.randint(2, 25)
    # Few different weights, so that ties are common.
    arcs = [
        (dice.randrange(nodes), dice.randrange(nodes), dice.randint(1, 9), dice.randint(1, 9))
        for _ in range(dice.randint(2, 3 * nodes))
    ]
    meeting = [
        (here, there)
        for here in range(len(arcs))
        for there in range(len(arcs))
        if here != there and arcs[here][1] == arcs[there][0]
    ]
    turns = {pair: dice.randint(0, 5) for pair in meeting if dice.random() < 0.8}
    network, hierarchy = ranked(network_of(arcs, turns))
    everyone = np.arange(network.arcs, dtype=np.int32)
    plain = plain_ms(network, everyone)
    by_labels = hierarchy.matrix(everyone, everyone)
    here = np.zeros(1, np.int64)
    outward = np.stack([hierarchy.sweep(everyone[i : i + 1], here) for i in everyone])
    homeward = np.stack([hierarchy.sweep(everyone[i : i + 1], here, backward=True) for i in everyone], axis=1)
    for packed in (by_labels, outward, homeward):
        seconds = np.where(packed >= UNREACHED, np.inf, unpack(packed)[0].astype(float))
        assert np.array_equal(seconds, plain)
    assert np.array_equal(np.minimum(by_labels, UNREACHED), np.minimum(outward, UNREACHED))
    weights = link_weights(network)
    for a in everyone:
        for b in everyone:
            path = hierarchy.path(a, b)
            assert_is_path(network, path, a, b, reachable=bool(by_labels[a, b] < UNREACHED))
            assert by_labels[a, b] >= UNREACHED or weights[path].sum() == by_labels[a, b]


def assert_is_path(network: Network, path: list[int], a: int, b: int, *, reachable: bool = True) -> None:
    """Turn follows turn, from a to b."""
    if a == b or not reachable:
        assert path == []
        return
    assert network.turn_from[path[0]] == a
    assert network.turn_to[path[-1]] == b
    assert np.array_equal(network.turn_to[path[:-1]], network.turn_from[path[1:]])


def test_of_two_equally_fast_roads_the_shorter_counts() -> None:
    arcs = [(0, 1, 1, 1), (1, 3, 10, 900), (1, 2, 4, 100), (2, 3, 6, 200), (3, 4, 1, 1)]
    turns = {(0, 1): 0, (0, 2): 0, (2, 3): 0, (1, 4): 0, (3, 4): 0}
    network, hierarchy = ranked(network_of(arcs, turns))
    start, end = (np.flatnonzero(network.arc_tail == tail).astype(np.int32) for tail in (0, 3))
    assert unpack(hierarchy.matrix(start, end)[0, 0]) == (11, 301)


def test_at_another_hour_the_same_hierarchy_finds_other_ways() -> None:
    arcs = [(0, 1, 1, 1), (1, 3, 10, 900), (1, 2, 4, 100), (2, 3, 6, 200), (3, 4, 1, 1)]
    turns = {(0, 1): 0, (0, 2): 0, (2, 3): 0, (1, 4): 0, (3, 4): 0}
    network, hierarchy = ranked(network_of(arcs, turns))
    start, end = (np.flatnonzero(network.arc_tail == tail).astype(np.int32) for tail in (0, 3))
    jam = np.where(network.arc_tail == 2, 60, network.arc_ms).astype(np.int32)
    assert unpack(hierarchy.customised(link_weights(replace(network, arc_ms=jam))).matrix(start, end)[0, 0]) == (
        11,
        901,
    )


@pytest.mark.parametrize("extract", ["osm/liechtenstein.osm.pbf", "osm/porto.osm.pbf"])
def test_on_real_roads(extract: str) -> None:
    source = shared_data(extract)
    assert_exact(*ranked(build_network(read_roads(source), read_restrictions(source))[0]))


def test_in_the_valley(valley: Region) -> None:
    assert_exact(valley.travel.network, valley.travel.hierarchy)


def assert_exact(network: Network, hierarchy: Hierarchy) -> None:
    """Random pairs and one whole sweep against Dijkstra, and the paths themselves."""
    seed = 7
    print(f"seed {seed}")  # noqa: T201
    rng = np.random.default_rng(seed)
    origins, goals = rng.integers(0, network.arcs, (2, 12)).astype(np.int32)
    plain = plain_ms(network, origins)
    packed = hierarchy.matrix(origins, goals)
    assert np.array_equal(unpack(packed)[0], plain[:, goals])
    assert np.array_equal(unpack(hierarchy.sweep(origins[:1], np.zeros(1, np.int64)))[0], plain[0])
    weights = link_weights(network)
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
