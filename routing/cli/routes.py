"""route: the fastest road through some places, its line and its steps."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from routing.cli.answers import opened, place_from, region_arguments, say, say_json
from routing.directions.phrases import LANGUAGES
from routing.errors import BadPlace
from routing.plan import Leg, Route


def add(commands: Any) -> None:
    """The command."""
    command = commands.add_parser("route", help="the fastest road through places")
    region_arguments(command)
    command.add_argument("places", nargs="+", metavar="LAT,LON")
    command.add_argument("--lang", choices=LANGUAGES, default="en", help="the language of the steps")
    command.add_argument("--geojson", action="store_true", help="answer with one GeoJSON Feature for each leg")
    command.set_defaults(run=_route)


def _route(given: argparse.Namespace) -> None:
    places = [place_from(text) for text in given.places]
    if len(places) < 2:
        raise BadPlace("A route needs two places at least.")
    route = opened(given).route(places, given.lang)
    if given.geojson:
        from routing.directions.geojson import features

        say_json(features(route))
    elif given.json:
        say_json(as_plain(route))
    else:
        say(f"{route.duration_s} s, {route.distance_m} m, {len(route.geometry)} points")
        for leg in route.legs:
            for step in leg.steps:
                say(f"{step.distance_m:>8,} m  {step.duration_s:>6,} s  {step.text}")


def as_plain(route: Route) -> dict[str, Any]:
    """As docs/engine.md describes it."""
    steps = [asdict(step) for leg in route.legs for step in leg.steps]
    legs = [_plain(leg, leg.geometry, [asdict(step) for step in leg.steps]) for leg in route.legs]
    return {**_plain(route, route.geometry, steps), "legs": legs}


def _plain(road: Route | Leg, line: Sequence[tuple[float, float]], steps: list[dict[str, Any]]) -> dict[str, Any]:
    from routing.directions.geojson import line_string

    return {
        "duration_s": road.duration_s,
        "distance_m": road.distance_m,
        "geometry": line_string(line),
        "steps": steps,
    }
