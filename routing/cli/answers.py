"""How commands take what they are given, and how they say what they found."""

import argparse
import json
import math
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routing.errors import BadPlace, NoRoute, RoutingError
from routing.plan import Place

if TYPE_CHECKING:
    from routing.region import Region


def json_option(command: argparse.ArgumentParser) -> None:
    """--json, which every command has."""
    command.add_argument("--json", action="store_true", help="answer, and fail, in JSON")


def region_arguments(command: argparse.ArgumentParser) -> None:
    """The region to ask, and how carefully to open it."""
    command.add_argument("folder", type=Path, help="a region, made by build")
    command.add_argument("--verify", action="store_true", help="read all of the region first, to see that it is whole")
    json_option(command)


def opened(given: argparse.Namespace) -> "Region":
    """The region that was named; raises BadRegion."""
    from routing.region import load

    return load(given.folder, verify=given.verify)


def place_from(text: str) -> Place:
    """LAT,LON as a place; raises BadPlace."""
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        raise BadPlace(f"{text.strip()!r} is not LAT,LON, such as 60.17,24.94.") from None
    return on_earth(Place(lat, lon))


def on_earth(place: Place) -> Place:
    """The place itself; raises BadPlace for a latitude or longitude that is none."""
    for field, degrees, most in (("latitude", place.lat, 90), ("longitude", place.lon, 180)):
        if not math.isfinite(degrees) or abs(degrees) > most:
            raise BadPlace(f"A {field} lies between -{most} and {most}: {degrees} is none.")
    return place


def say(line: str) -> None:
    """One line of the answer."""
    print(line)  # noqa: T201


def say_json(answer: Any) -> None:
    """The answer as JSON, on one line."""
    say(json.dumps(answer, ensure_ascii=False))


def fail(error: RoutingError, *, as_json: bool) -> None:
    """Say on stderr why not."""
    text = str(error)
    if as_json:
        told: dict[str, Any] = {"code": error.code, "message": text}
        if isinstance(error, NoRoute) and error.nearest is not None:
            told["nearest"] = asdict(error.nearest)
        text = json.dumps({"error": told}, ensure_ascii=False)
    print(text, file=sys.stderr)  # noqa: T201
