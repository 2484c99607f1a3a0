"""Whether the arrays of a region point at each other and nowhere else, so that no damage leads a compiled loop astray.

Weights and positions may still be wrong: only the hashes tell (seals.py). But what is a number of a node, an arc or a
turn is one.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.places.index import KINDS, Places
from routing.places.public_points import PublicPoints
from routing.streets.network import Names, Network
from routing.travel.hierarchy import Hierarchy
from routing.travel.snapping import Grid, Shapes
from routing.walking.network import WalkingNetwork

Ints = NDArray[np.integer[Any]]


def faults(
    network: Network,
    names: Names,
    hierarchy: Hierarchy,
    grid: Grid,
    walking: WalkingNetwork,
    walking_grid: Grid,
    places: Places,
    public: PublicPoints,
) -> Iterator[str]:
    """The names of arrays that cannot be right."""
    if not _rises(names.start, len(names.start) - 1, len(names.text)):
        yield "street_names/start"
    if not _within(network.piece_name, -1, len(names.start) - 1):
        yield "network/piece_name"
    yield from (f"network/{name}" for name in _network(network))
    yield from (f"hierarchy/{name}" for name in _hierarchy(hierarchy, network))
    yield from (f"grid/{name}" for name in _grid(grid, network))
    yield from (f"walking/{name}" for name in _walking(walking))
    yield from (f"walking/grid/{name}" for name in _grid(walking_grid, walking))
    yield from (f"places/{name}" for name in _places(places))
    if not (len(public.cell) == len(public.point) and _within(public.point, 0, len(public.lat))):
        yield "public/point"


def _network(net: Network) -> Iterator[str]:
    nodes, arcs, turns, pieces = net.nodes, net.arcs, net.turns, len(net.piece_from)
    yield from _short(net, arcs, "arc_tail", "arc_head", "arc_ms", "arc_dm", "arc_piece")
    yield from _short(net, turns, "turn_from", "turn_to", "turn_ms", "turn_by_to")
    yield from _short(
        net, pieces, "piece_from", "piece_to", "piece_forward", "piece_backward", "piece_class", "piece_stoppable",
        "piece_kerb", "piece_roundabout", "piece_name",
    )  # fmt: skip
    yield from _short(net, nodes, "node_lat", "node_lon")
    for name, least, end in (
        ("arc_tail", 0, nodes), ("arc_head", 0, nodes), ("arc_piece", 0, pieces),
        ("piece_from", 0, nodes), ("piece_to", 0, nodes), ("piece_forward", -1, arcs), ("piece_backward", -1, arcs),
        ("turn_from", 0, arcs), ("turn_to", 0, arcs), ("turn_by_to", 0, turns),
    ):  # fmt: skip
        if not _within(getattr(net, name), least, end):
            yield name
    for name, rows, end in (
        ("piece_start", pieces, len(net.shape_lat)), ("turn_first", arcs, turns), ("into_first", arcs, turns),
    ):  # fmt: skip
        if not _rises(getattr(net, name), rows, end):
            yield name
    yield from _short(net, len(net.shape_lat), "shape_lon")


def _hierarchy(tree: Hierarchy, net: Network) -> Iterator[str]:
    nodes, links = net.arcs, len(tree.above)
    yield from _short(tree, nodes, "parent", "depth")
    yield from _short(tree, links, "link_below", "below", "given_up", "given_down", "up", "down")
    yield from _short(tree, net.turns, "weight")
    for name, least, end in (
        ("above", 0, nodes), ("below", 0, nodes), ("link_below", 0, links), ("parent", -1, nodes), ("depth", 0, nodes),
        ("given_up", -1, net.turns), ("given_down", -1, net.turns),
    ):  # fmt: skip
        if not _within(getattr(tree, name), least, end):
            yield name
    above = tree.parent > np.arange(len(tree.parent))
    if not (above | (tree.parent < 0)).all():  # else a climb would never end
        yield "parent"
    for name in ("start", "first_below"):
        if not _rises(getattr(tree, name), nodes, links):
            yield name


def _grid(grid: Grid, shapes: Shapes) -> Iterator[str]:
    points, pieces = len(shapes.shape_lat), len(shapes.piece_start) - 1
    frame = grid.frame
    if len(frame) != 7 or not np.isfinite(frame).all() or (frame[[2, 3, 6]] <= 0).any():
        yield "frame"
    elif not _rises(grid.cell_start, int(frame[4]) * int(frame[5]), len(grid.cell_bit)):
        yield "cell_start"
    if not _within(grid.cell_bit, 0, points - 1):
        yield "cell_bit"
    if len(grid.bit_piece) != points or not _within(grid.bit_piece, 0, pieces):
        yield "bit_piece"


def _walking(net: WalkingNetwork) -> Iterator[str]:
    nodes, pieces, corners = net.nodes, len(net.piece_from), len(net.corner_lat)
    yield from _short(net, pieces, "piece_to", "piece_dm")
    yield from _short(net, corners, "corner_lon", "corner_piece", "corner_along", "corner_off_dm")
    yield from _short(net, len(net.edge_node), "edge_dm")
    yield from _short(net, len(net.hook_corner), "hook_dm")
    yield from _short(net, len(net.shape_lat), "shape_lon")
    for name, least, end in (
        ("edge_node", 0, nodes), ("piece_from", 0, nodes), ("piece_to", 0, nodes), ("corner_piece", -1, pieces),
        ("hook_corner", 0, corners), ("edge_dm", 0, 2**30), ("piece_dm", 0, 2**30), ("hook_dm", 0, 2**30),
        ("corner_off_dm", 0, 2**30),
    ):  # fmt: skip
        if not _within(getattr(net, name), least, end):
            yield name
    for name, rows, end in (
        ("edge_start", nodes, len(net.edge_node)), ("hook_start", nodes, len(net.hook_corner)),
        ("piece_start", pieces, len(net.shape_lat)),
    ):  # fmt: skip
        if not _rises(getattr(net, name), rows, end):
            yield name


def _places(places: Places) -> Iterator[str]:
    entries, towns, words = len(places.lat), len(places.town_start) - 1, len(places.word_start) - 1
    addresses, samples, postings = len(places.address_lat), len(places.sample_lat), len(places.posting_place)
    yield from _short(places, entries, "lon", "kind", "weight", "osm", "site", "town", "name_weight")
    yield from _short(places, addresses, "address_lon", "address_osm")
    yield from _short(places, samples, "sample_lon", "sample_place")
    yield from _short(places, postings, "posting_weight")
    yield from _short(places, words, "word_weight")
    for name, least, end in (
        ("kind", 0, len(KINDS)), ("town", -1, towns), ("sample_place", 0, entries), ("posting_place", 0, entries),
    ):  # fmt: skip
        if not _within(getattr(places, name), least, end):
            yield name
    for name, rows, end in (
        ("name_start", entries, len(places.name_blob)), ("town_start", towns, len(places.town_blob)),
        ("address_first", entries, addresses), ("number_start", addresses, len(places.number_blob)),
        ("word_start", words, len(places.word_blob)), ("posting_start", words, postings),
    ):  # fmt: skip
        if not _rises(getattr(places, name), rows, end):
            yield name
    if not (np.diff(places.word_start) > 0).all():
        yield "word_start"


def _short(arrays: Any, length: int, *names: str) -> Iterator[str]:
    """Those that are not as long as what they tell of."""
    return (name for name in names if getattr(arrays, name).shape != (length,))


def _within(numbers: Ints, least: int, end: int) -> bool:
    return not len(numbers) or bool(numbers.min() >= least and numbers.max() < end)


def _rises(starts: Ints, rows: int, end: int) -> bool:
    """Whether these are the starts of so many rows in an array of that length."""
    if starts.shape != (rows + 1,) or starts[0] != 0 or starts[-1] != end:
        return False
    return bool((starts[1:] >= starts[:-1]).all())
