"""Why no road leads to a place, and the nearest one to which one does."""

import math
from collections.abc import Iterable

import numpy as np

from routing.distance import EARTH_M
from routing.errors import BadPlace, NoRoute
from routing.plan import Place
from routing.streets.network import UNITS_PER_DEGREE, Names
from routing.travel.roads import RoadTravel
from routing.travel.snapping import FARTHEST_M

Bounds = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""


def require_on_earth(places: Iterable[Place]) -> None:
    """Raises BadPlace for a latitude or longitude that is none."""
    for place in places:
        for field, degrees, most in (("lat", place.lat, 90), ("lon", place.lon, 180)):
            if not math.isfinite(degrees) or abs(degrees) > most:
                raise BadPlace(f"{field} should be between -{most} and {most}, not {degrees}.")


def why_not(place: Place, travel: RoadTravel, bounds: Bounds, names: Names) -> NoRoute | None:
    """The reason why no car comes to `place`, None where one does."""
    if travel.snap([place]).piece[0] >= 0:
        return None
    away_m, nearest = nearest_road(place, travel, names)
    west, south, east, north = bounds
    here = called(place)
    if away_m <= FARTHEST_M:
        reason = f"{here} lies on roads that no other road leads to, such as those of an island without a bridge"
    elif south <= place.lat <= north and west <= place.lon <= east:
        reason = f"{here} is {away_m / 1000:.1f} km from any road"
    else:
        area = f"{south:.2f} to {north:.2f}, {west:.2f} to {east:.2f}"
        reason = f"{here} is outside the region ({area}), {away_m / 1000:.1f} km from its roads"
    return NoRoute(f"{reason}; the nearest place that works is {called(nearest)}.", nearest)


def nearest_road(place: Place, travel: RoadTravel, names: Names) -> tuple[float, Place]:
    """The nearest point of any road of the network where a car may stop, and the metres to it; however far that is."""
    net, grid = travel.network, travel.grid
    bit = np.unique(grid.cell_bit)
    east = math.cos(math.radians(place.lat))
    lat, lon = net.shape_lat / UNITS_PER_DEGREE - place.lat, (net.shape_lon / UNITS_PER_DEGREE - place.lon) * east
    north_m, east_m = np.radians(lat) * EARTH_M, np.radians(lon) * EARTH_M
    dx, dy = east_m[bit + 1] - east_m[bit], north_m[bit + 1] - north_m[bit]
    square = np.maximum(dx * dx + dy * dy, 1e-9)
    share = np.clip(-(east_m[bit] * dx + north_m[bit] * dy) / square, 0.0, 1.0)
    away_m = np.hypot(east_m[bit] + share * dx, north_m[bit] + share * dy)
    i = int(np.argmin(away_m))
    a, b = int(bit[i]), int(bit[i]) + 1
    at = [
        round(float(shape[a] + share[i] * (int(shape[b]) - int(shape[a]))) / UNITS_PER_DEGREE, 5)
        for shape in (net.shape_lat, net.shape_lon)
    ]
    return float(away_m[i]), Place(at[0], at[1], names[int(net.piece_name[grid.bit_piece[a]])])


def called(place: Place) -> str:
    """What to call a place in a sentence: where it is, and its name when it has one."""
    at = f"{place.lat:.4f}, {place.lon:.4f}"
    return f"{at} ({place.label})" if place.label else at
