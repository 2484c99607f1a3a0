"""times: how long and how far it is between pairs of places, line by line, as they come."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.cli.answers import on_earth, opened, region_arguments
from routing.errors import RoutingError
from routing.plan import UNREACHABLE, Place
from routing.travel.pairs import times_between

_READ_BYTES = 1 << 17
"""What waits is answered at once, a few thousand lines together at most."""

Pair = tuple[float, float, float, float]


class BadLine(RoutingError):
    """A line that is no pair of places."""

    code = "bad_line"


def add(commands: Any) -> None:
    """The command."""
    command = commands.add_parser("times", help="lines lat,lon,lat,lon in, lines duration_s,distance_m out")
    region_arguments(command)
    command.set_defaults(run=_times)


def _times(given: argparse.Namespace) -> None:
    travel = opened(given).travel
    for pairs, bad in _batches(sys.stdin.fileno()):
        if pairs:
            seconds, metres = times_between(travel, np.array(pairs))
            sys.stdout.write(_lines(seconds, metres, as_json=given.json))
            sys.stdout.flush()
        if bad is not None:
            raise bad


def _lines(seconds: NDArray[np.int32], metres: NDArray[np.int32], *, as_json: bool) -> str:
    """One line for each pair: empty, or null in JSON, where there is no way."""
    answers = []
    for duration_s, distance_m in zip(seconds.tolist(), metres.tolist(), strict=True):
        if duration_s >= UNREACHABLE:
            answers.append("null\n" if as_json else "\n")
        elif as_json:
            answers.append(json.dumps({"duration_s": duration_s, "distance_m": distance_m}) + "\n")
        else:
            answers.append(f"{duration_s},{distance_m}\n")
    return "".join(answers)


def _batches(source: int) -> Iterator[tuple[list[Pair], BadLine | None]]:
    """The pairs that have come in so far, and what is wrong with the line after them; ends with a bad line."""
    number, rest = 0, b""
    while True:
        came = os.read(source, _READ_BYTES)
        *lines, rest = (rest + came).split(b"\n") if came else ([rest, b""] if rest else [b""])
        pairs: list[Pair] = []
        for line in lines:
            number += 1
            try:
                pairs.append(_pair(line))
            except ValueError as error:
                yield pairs, BadLine(f"Line {number}: {error}")
                return
        yield pairs, None
        if not came:
            return


def _pair(line: bytes) -> Pair:
    """Raises ValueError with a sentence."""
    text = line.decode(errors="replace").strip()
    try:
        lat, lon, to_lat, to_lon = (float(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f"{text!r} is not lat,lon,lat,lon, such as 60.17,24.94,60.19,24.96.") from None
    on_earth(Place(lat, lon))
    on_earth(Place(to_lat, to_lon))
    return lat, lon, to_lat, to_lon
