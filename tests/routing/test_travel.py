"""Travel times between places that lie anywhere, against a network in which the places are nodes."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from routing.errors import NoRoute
from routing.plan import UNREACHABLE, Place
from routing.region import Region
from routing.streets.network import distance_m
from routing.travel.driven import Driven, line_of
from routing.travel.hierarchy import UNREACHED
from routing.travel.roads import RoadTravel


def scattered(region: Region, count: int, seed: int) -> list[Place]:
    """Places all over a region, wherever they fall."""
    print(f"seed {seed}")  # noqa: T201
    rng = np.random.default_rng(seed)
    west, south, east, north = region.manifest.bounds
    lats, lons = rng.uniform(south, north, count), rng.uniform(west, east, count)
    return [Place(float(lat), float(lon)) for lat, lon in zip(lats, lons, strict=True)]


def plain_ms(travel: RoadTravel, origin: Place, destination: Place) -> float:
    """Dijkstra over the ends of arcs, the origin, and the destination, which is reached by the turns into its arc."""
    net, snaps = travel.network, travel.snap([origin, destination])
    links = [(net.turn_from, net.turn_to, net.turn_ms + net.arc_ms[net.turn_to])]
    start, goal = net.arcs, net.arcs + 1

    def link(tail: int, head: int, ms: float) -> None:
        links.append((np.array([tail]), np.array([head]), np.array([max(ms, 1e-9)])))  # SciPy drops a stored zero

    shares = [(along, 1 - along) for along in snaps.along.tolist()]
    leaves, arrives = (
        [(int(snaps.leave_node[i, way]), shares[i][way]) for way in range(2) if snaps.leave_cost[i, way] < UNREACHED]
        for i in range(2)
    )
    for arc, share in leaves:
        link(start, arc, float(net.arc_ms[arc]) * (1 - share))
    for arc, share in arrives:
        for turn in np.flatnonzero(net.turn_to == arc):
            link(int(net.turn_from[turn]), goal, float(net.turn_ms[turn]) + float(net.arc_ms[arc]) * share)
        for here, gone in leaves:
            if here == arc and gone <= share:
                link(start, goal, float(net.arc_ms[arc]) * (share - gone))
    tails, heads, weights = (np.concatenate(column) for column in zip(*links, strict=True))
    graph = csr_array((weights.astype(float), (tails, heads)), shape=(net.arcs + 2, net.arcs + 2))
    return float(dijkstra(graph, indices=start)[goal]) + float((snaps.access >> 24).sum())


@pytest.mark.parametrize("seed", [3, 4])
def test_times_between_places_on_roads_are_exact(helsinki: Region, seed: int) -> None:
    places = scattered(helsinki, 16, seed)
    seconds, _ = helsinki.travel.matrix(places[:8], places[8:])
    for i, origin in enumerate(places[:8]):
        for j, destination in enumerate(places[8:]):
            assert seconds[i, j] == pytest.approx(plain_ms(helsinki.travel, origin, destination) / 1000, abs=0.51)


def test_times_along_one_street_are_exact(helsinki: Region) -> None:
    """Both places on one piece, one-way or not, and either one first."""
    net = helsinki.travel.network
    longest = np.argsort(net.arc_dm[np.maximum(net.piece_forward, net.piece_backward)])[-12:]
    for piece in longest.tolist():
        line = line_of(net, Driven(piece, True, 0.2, 0.8, 0, 0))
        near, far = (Place(lat, lon) for lon, lat in (line[0], line[-1]))
        for origin, destination in ((near, far), (far, near)):
            seconds, _ = helsinki.travel.matrix([origin], [destination])
            assert seconds[0, 0] == pytest.approx(plain_ms(helsinki.travel, origin, destination) / 1000, abs=0.51)


def test_a_place_is_no_time_from_itself(helsinki: Region) -> None:
    places = scattered(helsinki, 5, 11)
    seconds, metres = helsinki.travel.matrix(places, places)
    assert (np.diag(seconds) == 0).all()
    assert (np.diag(metres) == 0).all()


def test_sweeps_labels_and_reach_agree(valley: Region) -> None:
    """Few and many places go by sweeps, many and many by labels: the answer must not tell which."""
    places = scattered(valley, 130, 5)
    travel = valley.travel
    by_labels_s, by_labels_m = travel.matrix(places, places)
    for i in (0, 1):
        by_sweeps_s, by_sweeps_m = travel.matrix(places[i : i + 1], places)
        assert np.array_equal(by_sweeps_s[0], by_labels_s[i])
        assert np.array_equal(by_sweeps_m[0], by_labels_m[i])
        assert np.array_equal(travel.matrix(places, places[i : i + 1])[0][:, 0], by_labels_s[:, i])
        reach = travel.reach(places[i])
        assert np.array_equal(reach.to(travel.snap(places))[0], by_labels_s[i])
        assert np.array_equal(reach.back(travel.snap(places))[1], by_labels_m[:, i])


def test_the_line_of_a_route_is_as_long_as_the_route_says(valley: Region) -> None:
    places = scattered(valley, 24, 6)
    travel = valley.travel
    seconds, metres = travel.matrix(places, places)
    for i in range(len(places) - 1):
        if seconds[i, i + 1] == UNREACHABLE:
            continue
        route = travel.route(places[i : i + 2])
        assert (route.duration_s, route.distance_m) == (seconds[i, i + 1], metres[i, i + 1])
        line = np.array(route.geometry)
        drawn_m = distance_m(line[:-1, 1], line[:-1, 0], line[1:, 1], line[1:, 0]).sum()
        access_m = float((travel.snap(places[i : i + 2]).access & 0xFFFFFF).sum()) / 10
        assert drawn_m + access_m == pytest.approx(route.distance_m, rel=2e-3, abs=5)


def test_a_route_through_three_places_is_two_routes(helsinki: Region) -> None:
    one, two, three = scattered(helsinki, 3, 9)
    whole = helsinki.travel.route([one, two, three])
    parts = [helsinki.travel.route([one, two]), helsinki.travel.route([two, three])]
    assert whole.duration_s == pytest.approx(sum(part.duration_s for part in parts), abs=1)
    assert whole.geometry == parts[0].geometry + parts[1].geometry


def test_there_is_no_route_to_the_open_sea(helsinki: Region) -> None:
    with pytest.raises(NoRoute, match=r"No road leads from Kamppi to 59\.5000, 24\.9000"):
        helsinki.travel.route([Place(60.169, 24.932, "Kamppi"), Place(59.5, 24.9)])


def test_the_nearest_road_is_really_the_nearest(helsinki: Region) -> None:
    net = helsinki.travel.network
    bits = np.flatnonzero(np.repeat(net.piece_stoppable == 1, np.diff(net.piece_start)))
    bits = bits[~np.isin(bits, net.piece_start[1:] - 1)]
    lat, lon = net.shape_lat / 1e7, net.shape_lon / 1e7
    for place in scattered(helsinki, 40, 8):
        scale = np.radians(6_371_009) * np.array([[1], [np.cos(np.radians(place.lat))]])
        a, b = (np.array([lat[k] - place.lat, lon[k] - place.lon]) * scale for k in (bits, bits + 1))
        square = ((b - a) ** 2).sum(axis=0)
        share = np.clip(-(a * (b - a)).sum(axis=0) / np.where(square == 0, 1, square), 0, 1)
        plain_m = np.hypot(*(a + share * (b - a))).min()
        found_m = float((helsinki.travel.snap([place]).access & 0xFFFFFF)[0]) / 10
        assert found_m == pytest.approx(plain_m, abs=0.1)
