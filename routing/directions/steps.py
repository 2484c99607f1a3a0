"""A drive as steps: what to do, where, and how far it is to the next one."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from routing.directions.manoeuvres import AHEAD_DEG, SHARP_DEG, SLIGHT_DEG, Manoeuvre, manoeuvres
from routing.directions.phrases import sentence
from routing.plan import Place, Step
from routing.streets.network import Names, Network
from routing.travel.driven import Driven, line_of

DIRECTIONS = ("sharp left", "left", "slight left", "straight", "slight right", "right", "sharp right")
_COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
_WITHOUT_DIRECTION = ("uturn", "ferry", "merge", "continue")
_LOOK_M = 12.0

Access = tuple[int, int]
"""Milliseconds and decimetres between the door and the road."""


def steps_of(
    network: Network,
    names: Names,
    stretches: Sequence[Driven],
    origin: Place,
    destination: Place,
    *,
    language: str = "en",
    access: tuple[Access, Access] = ((0, 0), (0, 0)),
) -> tuple[Step, ...]:
    """From "depart" to "arrive"; seconds and metres add up to those of the drive, with `access` at its two ends.

    `stretches` follow each other; there are none where both places are one.
    """
    driven = [one for one in stretches if one.begin != one.end]
    told = manoeuvres(network, driven) if driven else [Manoeuvre(0, "depart", 0.0, -1)]
    at_ms, at_dm = _clock(stretches, access[0])
    begins = [at_ms[one.at] for one in told[1:]], [at_dm[one.at] for one in told[1:]]
    ends = at_ms[-1], at_dm[-1]
    seconds = _rounded([0, *begins[0], ends[0], ends[0] + access[1][0]], 1000)
    metres = _rounded([0, *begins[1], ends[1], ends[1] + access[1][1]], 10)
    steps = [_step(network, names, driven, one, origin) for one in told]
    steps.append(Step("arrive", "", "", destination.lat, destination.lon, 0, 0))
    return tuple(
        replace(step, duration_s=s, distance_m=m, text=sentence(step, language))
        for step, s, m in zip(steps, seconds, metres, strict=True)
    )


def _clock(stretches: Sequence[Driven], access: Access) -> tuple[list[int], list[int]]:
    """Milliseconds and decimetres at which each stretch that is driven begins, and the whole."""
    ms, dm = access
    all_ms, all_dm = [], []
    for one in stretches:
        if one.begin != one.end:
            all_ms.append(ms)
            all_dm.append(dm)
        ms, dm = ms + one.turn_ms + one.duration_ms, dm + one.distance_dm
    return [*all_ms, ms], [*all_dm, dm]


def _rounded(marks: list[int], unit: int) -> list[int]:
    """Whole units from each mark to the next, so rounded that their sum is the rounded whole."""
    whole = [(mark + unit // 2) // unit for mark in marks]
    return [end - begin for begin, end in pairwise(whole)]


def _step(network: Network, names: Names, driven: Sequence[Driven], one: Manoeuvre, origin: Place) -> Step:
    street = names[one.name]
    if one.kind == "depart":
        return Step("depart", _compass(network, driven), street, origin.lat, origin.lon, 0, 0)
    stretch = driven[one.at]
    node = (network.piece_from if stretch.forward else network.piece_to)[stretch.piece]
    where = "" if one.kind in _WITHOUT_DIRECTION else direction(one.bend)
    return Step(
        one.kind, where, street, float(network.node_lat[node]), float(network.node_lon[node]), 0, 0, exit=one.exit
    )


def direction(bend: float) -> str:
    """The word for degrees to the left."""
    size = abs(bend)
    if size < AHEAD_DEG:
        return "straight"
    side = "left" if bend > 0 else "right"
    return f"slight {side}" if size <= SLIGHT_DEG else f"sharp {side}" if size > SHARP_DEG else side


def _compass(network: Network, driven: Sequence[Driven]) -> str:
    """The direction in which a drive sets out; "" where nothing is driven."""
    if not driven:
        return ""
    lon, lat = np.radians(np.array(line_of(network, driven[0]))).T
    north, east = (lat - lat[0]) * 6_371_009.0, (lon - lon[0]) * 6_371_009.0 * np.cos(lat[0])
    far = np.flatnonzero(np.hypot(north, east) >= _LOOK_M)
    at = far[0] if len(far) else -1
    return _COMPASS[round(float(np.degrees(np.arctan2(east[at], north[at]))) / 45) % 8]
