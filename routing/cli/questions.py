"""places, match, group: questions to a region, the latter two in JSON files."""

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from routing.cli.answers import opened, region_arguments, say, say_json


def add(commands: Any) -> None:
    """The commands."""
    command = commands.add_parser("places", help="find a place by its name")
    region_arguments(command)
    command.add_argument("text", nargs="+")
    command.set_defaults(run=_places)

    command = commands.add_parser("match", help="which plans serve a request best; see questions.py for the JSON")
    region_arguments(command)
    command.add_argument("question", type=Path)
    command.set_defaults(run=_match)

    command = commands.add_parser("group", help="who shares a car to one destination; see questions.py for the JSON")
    region_arguments(command)
    command.add_argument("question", type=Path)
    command.set_defaults(run=_group)


def _places(given: argparse.Namespace) -> None:
    found = opened(given).places.search(" ".join(given.text))
    if given.json:
        say_json([asdict(place) for place in found])
        return
    for place in found:
        say(f"{place.lat:.6f},{place.lon:.6f}  {place.kind:<8} {place.label}  {place.site_key or place.osm_key}")


def _match(given: argparse.Namespace) -> None:
    from routing.questions import match

    _answer(match(opened(given), given.question), given)


def _group(given: argparse.Namespace) -> None:
    from routing.questions import share_cars

    _answer(share_cars(opened(given), given.question), given)


def _answer(answer: Any, given: argparse.Namespace) -> None:
    """These answers are JSON in any case: on many lines for a person, on one for a program."""
    if given.json:
        say_json(answer)
    else:
        say(json.dumps(answer, indent=2))
