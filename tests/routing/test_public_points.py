"""What a stranger sees of a home is a corner that says little."""

import h3.api.basic_int as h3
import numpy as np
import pytest

from routing.places.public_points import (
    COARSEST,
    FINEST,
    LEAST_HOMES,
    LEAST_SPREAD_M,
    PublicPoints,
    build_public_points,
)
from routing.region import Region
from routing.streets.network import distance_m


def points_of(public: PublicPoints, lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    return np.array([public.at(y, x) for y, x in zip(lat.tolist(), lon.tolist(), strict=True)])


@pytest.fixture(params=["valley", "helsinki"])
def region(request: pytest.FixtureRequest) -> Region:
    found: Region = request.getfixturevalue(request.param)
    return found


def test_each_point_stands_for_twenty_addresses_at_least(region: Region) -> None:
    lat, lon = region.places.addresses()
    homes = np.bincount(points_of(region.public, lat, lon))
    assert homes[homes > 0].min() >= LEAST_HOMES
    assert homes.sum() == len(lat)


def test_the_homes_of_a_point_lie_250_metres_apart_or_more(region: Region) -> None:
    lat, lon = region.places.addresses()
    points = points_of(region.public, lat, lon)
    for point in np.unique(points):
        mine = points == point
        spread_m = distance_m(lat[mine].min(), lon[mine].min(), lat[mine].max(), lon[mine].max())
        assert spread_m >= LEAST_SPREAD_M


def test_all_of_a_cell_has_one_point_wherever_the_home_is(region: Region) -> None:
    """Also a home that no map knows."""
    lat, lon = region.places.addresses()
    seed = 5
    print(f"seed {seed}")  # noqa: T201
    rng = np.random.default_rng(seed)
    for i in rng.integers(0, len(lat), 12).tolist():
        cell = h3.latlng_to_cell(lat[i], lon[i], FINEST)
        shown = region.public_point(lat[i], lon[i])
        middle_lat, middle_lon = h3.cell_to_latlng(cell)
        for _ in range(20):
            y, x = middle_lat + rng.uniform(-4e-3, 4e-3), middle_lon + rng.uniform(-4e-3, 4e-3)
            if h3.latlng_to_cell(y, x, FINEST) == cell:
                assert region.public_point(y, x) == shown


def test_a_point_is_a_corner_and_no_home(region: Region) -> None:
    lat, lon = region.places.addresses()
    net = region.travel.network
    for i in range(0, len(lat), max(len(lat) // 30, 1)):
        shown = region.public_point(lat[i], lon[i])
        assert shown.kind == "corner"
        assert (distance_m(net.node_lat, net.node_lon, np.array(shown.lat), np.array(shown.lon)) < 0.1).any()
        assert not any(word.isdigit() for word in shown.label.split(",")[0].split()[-1:])


def test_the_point_does_not_follow_the_home(region: Region) -> None:
    """Homes of one cell are as far from the point as they are spread: knowing the point, nobody can draw them in."""
    lat, lon = region.places.addresses()
    points = points_of(region.public, lat, lon)
    for point in np.unique(points):
        mine = points == point
        away_m = distance_m(lat[mine], lon[mine], region.public.lat[point], region.public.lon[point])
        assert away_m.max() - away_m.min() > 60
        assert away_m.max() >= LEAST_SPREAD_M / 2


def test_a_neighbour_that_stands_alone_does_not_hide_the_left_over(helsinki: Region) -> None:
    """30 homes in one cell stand alone; 5 in the next cell of the same parent need others, and get none of those 30."""
    crowd, few = list(h3.cell_to_children(h3.latlng_to_cell(60.17, 24.94, FINEST - 1), FINEST))[:2]
    seed = 6
    print(f"seed {seed}")  # noqa: T201
    rng = np.random.default_rng(seed)
    places = []
    for cell, homes in ((crowd, 30), (few, 5)):
        lat, lon = h3.cell_to_latlng(cell)
        places += [(lat + rng.uniform(-2e-3, 2e-3), lon + rng.uniform(-3e-3, 3e-3)) for _ in range(homes)]
    everywhere = np.stack([rng.uniform(60.25, 60.29, 900), rng.uniform(24.94, 25.02, 900)], 1)
    lat, lon = np.concatenate([np.array(places), everywhere]).T
    public = build_public_points(helsinki.travel.network, lat, lon)
    points = points_of(public, lat, lon)
    assert set(points[:30]).isdisjoint(points[30:35])
    assert (points == points[31]).sum() >= LEAST_HOMES


def test_where_no_address_is_mapped_the_streets_stand_for_homes(helsinki: Region) -> None:
    none = np.zeros(0)
    public = build_public_points(helsinki.travel.network, none, none)
    assert len(public.lat) >= 1
    assert public.homes.min() >= LEAST_HOMES


def test_the_loneliest_homes_of_all_share_one_point(helsinki: Region) -> None:
    lat, lon = np.linspace(60.16, 60.18, 400), np.full(400, 24.94)
    lat[:3], lon[:3] = [55.0, 50.0, 45.0], [10.0, 0.0, 20.0]  # far from all others, in other cells even at the coarsest
    public = build_public_points(helsinki.travel.network, lat, lon)
    homes = np.bincount(points_of(public, lat, lon))
    assert homes[homes > 0].min() >= LEAST_HOMES
    assert COARSEST < FINEST
