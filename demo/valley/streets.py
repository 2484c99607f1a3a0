"""Cuts become streets: what class each is, which end blind, and which are only for feet."""

import numpy as np
import shapely
from numpy.typing import NDArray

from demo.valley.plan import COUNTRY, Line, Plan
from demo.valley.settlements import Places, Rank
from demo.valley.terrain import Array

DRIVABLE = frozenset({"primary", "secondary", "tertiary", "unclassified", "residential", "living_street"})
_BLIND = 0.17  # share of the last cuts that end blind


def all_lines(plan: Plan, places: Places, rng: np.random.Generator) -> list[Line]:
    """The plan's streets and rails, then one line for each cut that becomes a way."""
    cuts = plan.cuts
    assert cuts is not None
    spots = shapely.get_coordinates(shapely.centroid(cuts.lines))
    length = shapely.length(cuts.lines)
    out = np.hypot(*(spots - places.spots[cuts.homes]).T) / np.maximum(places.radii_m[cuts.homes], 1)
    rank = np.where(cuts.homes == COUNTRY, -1, places.ranks[cuts.homes])
    kinds = np.where(rank < 0, _country_kinds(cuts.levels, rng), _street_kinds(rank, out, cuts.last, length, rng))
    blind = (rank > 0) & cuts.last & (length > 70) & (rng.random(len(kinds)) < _BLIND) & (kinds == "residential")
    shapes = cuts.lines.copy()
    shapes[blind] = _shortened(shapes[blind], rng)
    roles = np.where(blind, "blind", np.where((rank == Rank.TOWN) & (out < 0.18), "old", "cut"))
    streets = [line for line in plan.lines if line.kind]
    for number in np.flatnonzero(kinds != ""):
        streets.append(Line(shapes[number], str(kinds[number]), str(roles[number]), int(cuts.homes[number])))
    return streets


def _country_kinds(levels: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.str_]:
    """Lanes and tracks along the first cuts; most borders between fields carry nothing."""
    dice = rng.random(len(levels))
    lane, track = np.where(levels < 3, 0.22, 0.03), np.where(levels < 3, 0.75, np.where(levels < 5, 0.42, 0.16))
    return np.select([dice < lane, dice < lane + track, dice > 0.955], ["unclassified", "track", "path"], "")


def _street_kinds(
    rank: NDArray[np.int64], out: Array, last: NDArray[np.bool_], length: Array, rng: np.random.Generator
) -> NDArray[np.str_]:
    dice = rng.random(len(rank))
    town = rank == Rank.TOWN
    old = town & (out < 0.18)
    return np.select(
        [
            old & (dice < 0.16), old & (dice < 0.6), last & (dice < 0.1), last & (dice < 0.13), last & (dice < 0.17),
            town & (length > 420), last & (dice > 0.985),
        ],
        ["pedestrian", "living_street", "footway", "cycleway", "service", "tertiary", "steps"],
        "residential",
    )  # fmt: skip


def _shortened(lines: NDArray[np.object_], rng: np.random.Generator) -> NDArray[np.object_]:
    """Each line's first 50–80 %, from one end or the other."""
    ends = np.stack([shapely.get_coordinates(shapely.get_point(lines, end)) for end in (0, -1)], axis=1)
    turned = rng.random(len(ends)) < 0.5
    ends[turned] = ends[turned, ::-1]
    share = rng.uniform(0.5, 0.8, (len(ends), 1))
    return shapely.linestrings(np.stack([ends[:, 0], ends[:, 0] + share * (ends[:, 1] - ends[:, 0])], axis=1))
