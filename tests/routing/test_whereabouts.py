"""Places to which no road leads: why, and where one does."""

import random
from pathlib import Path

import numpy as np
import pytest

from routing.errors import BadPlace, NoRoute
from routing.plan import UNREACHABLE, Place
from routing.region import Region, build, load
from routing.travel.pairs import times_between
from tests.routing.sketch import Sketch, at, street
from tests.shared_data import shared_data


@pytest.fixture(scope="module")
def coast(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """A town, an island 800 m off with streets of its own, a rock with a few metres of road, and the sea."""
    folder = tmp_path_factory.mktemp("coast")
    sketch = Sketch()
    sketch.way((0, 0), (1000, 0), (1000, 500), (1000, 1000), (0, 1000), (0, 0), **street("Rua do Porto"))
    sketch.way((0, 0), (1000, 1000), **street("Rua Nova"))
    sketch.way((1000, 500), (1500, 500), **street("Cais", oneway="yes"))
    sketch.way((2300, 0), (2600, 0), (2600, 400), (2300, 0), **street("Rua da Ilha"))
    sketch.way((1700, 900), (1720, 900), **street("Rochedo"))
    build(str(sketch.save(folder / "coast.osm")), folder / "region")
    return load(folder / "region")


def refusal(region: Region, place: Place) -> NoRoute:
    with pytest.raises(NoRoute) as refused:
        region.route([at(100, 0), place])
    error = refused.value
    assert error.nearest
    region.route([at(100, 0), error.nearest])
    return error


def test_a_place_in_the_sea_is_far_from_any_road(coast: Region) -> None:
    far = at(500, -4200)
    error = refusal(coast, far)
    assert str(error) == (
        f"{far.lat:.4f}, {far.lon:.4f} is outside the region (46.00 to 46.01, 6.00 to 6.01), 4.2 km from its roads; "
        f"the nearest place that works is 46.0000, {at(500, 0).lon:.4f} (Rua do Porto)."
    )


def test_inside_the_region_it_is_the_distance_that_is_told(tmp_path: Path) -> None:
    sketch = Sketch()
    sketch.way((0, 0), (9000, 0), (9000, 9000), (0, 9000), (0, 0), **street("Anel"))
    sketch.way((0, 0), (-500, 0), **street())
    sketch.way((9000, 9000), (9500, 9000), **street())
    build(str(sketch.save(tmp_path / "ring.osm")), tmp_path / "region")
    error = refusal(load(tmp_path / "region"), at(4500, 4500))
    assert "is 4.5 km from any road; the nearest place that works is" in str(error)
    assert "(Anel)" in str(error)


def test_an_island_without_a_bridge_has_no_road(coast: Region) -> None:
    error = refusal(coast, at(2450, 10))
    assert "island without a bridge" in str(error)
    shore = at(1000, 10)
    assert error.nearest
    assert (error.nearest.lat, error.nearest.lon) == pytest.approx((shore.lat, shore.lon), abs=2e-5)
    assert error.nearest.label == "Rua do Porto"
    seconds, metres = coast.travel.matrix([at(100, 0)], [at(2450, 10)])
    assert seconds[0, 0] == metres[0, 0] == UNREACHABLE


def test_the_shore_beside_an_island_is_still_the_shore(coast: Region) -> None:
    coast.route([at(100, 0), at(1200, 100)])


def test_a_road_that_leads_nowhere_is_not_driven_on(coast: Region) -> None:
    """Who stands at the end of the quay, from which no car comes back, is met on the road behind it."""
    route = coast.route([at(100, 0), at(1400, 500)])
    lon, lat = route.geometry[-1]
    assert (lat, lon) == pytest.approx((at(1000, 500).lat, at(1000, 500).lon), abs=1e-5)


def test_a_scrap_of_road_is_no_island(coast: Region) -> None:
    coast.route([at(100, 0), at(1710, 900)])


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (Place(float("nan"), 6.0), "lat"),
        (Place(46.0, float("inf")), "lon"),
        (Place(-91.0, 6.0), "lat"),
        (Place(46.0, 180.5), "lon"),
    ],
)
def test_what_is_no_place_on_earth_names_the_field(place: Place, field: str, coast: Region) -> None:
    with pytest.raises(BadPlace, match=f"^{field} should be between"):
        coast.route([at(100, 0), place])
    with pytest.raises(ValueError, match=field):
        coast.route([place, at(100, 0)])


def test_pairs_are_the_matrix_without_the_rest(helsinki: Region) -> None:
    seed = 5
    dice = random.Random(seed)
    net = helsinki.travel.network
    pairs = []
    for _ in range(300):
        i, j = dice.randrange(net.nodes), dice.randrange(net.nodes)
        pairs.append([net.node_lat[i] + dice.uniform(-1e-4, 1e-4), net.node_lon[i], net.node_lat[j], net.node_lon[j]])
    for k in range(0, 300, 10):  # both on one road, one just behind the other
        pairs[k][2:] = [pairs[k][0] + dice.uniform(-2e-4, 2e-4), pairs[k][1] + dice.uniform(-2e-4, 2e-4)]
    pairs += [[60.0, 24.0, 60.17, 24.94], [60.17, 24.94, 60.17, 24.94]]
    seconds, metres = times_between(helsinki.travel, np.array(pairs))
    for row, (lat, lon, to_lat, to_lon) in enumerate(pairs):
        s, m = helsinki.travel.matrix([Place(lat, lon)], [Place(to_lat, to_lon)])
        assert (seconds[row], metres[row]) == (s[0, 0], m[0, 0]), (seed, row)
    assert seconds[-2] == UNREACHABLE
    assert (seconds[-1], metres[-1]) == (0, 0)


def test_places_on_one_way_streets_of_a_real_town(tmp_path: Path) -> None:
    """Many short one-ways, so that a goal often lies behind its start."""
    build(str(shared_data("osm/porto-centre.osm.pbf")), tmp_path / "porto")
    region = load(tmp_path / "porto")
    net = region.travel.network
    seed = 6
    dice = np.random.default_rng(seed)
    one_way = np.flatnonzero((net.piece_backward < 0) & (net.piece_stoppable == 1) & (np.diff(net.piece_start) == 2))
    first = net.piece_start[dice.choice(one_way, 60)]
    lat, lon = (np.stack([shape[first], shape[first + 1]], 1) / 1e7 for shape in (net.shape_lat, net.shape_lon))
    far, near = dice.uniform(0.5, 0.9, 60), dice.uniform(0.1, 0.4, 60)
    pairs = np.stack(
        [axis[:, 0] + share * (axis[:, 1] - axis[:, 0]) for share in (far, near) for axis in (lat, lon)], 1
    )
    seconds, metres = times_between(region.travel, pairs)
    for row, (a, b, c, d) in enumerate(pairs.tolist()):
        s, m = region.travel.matrix([Place(a, b)], [Place(c, d)])
        assert (seconds[row], metres[row]) == (s[0, 0], m[0, 0]), (seed, row)
