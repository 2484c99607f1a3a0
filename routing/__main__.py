"""The command line: python -m routing build | route | places | match | group."""

import argparse
import json
import signal
import sys
from pathlib import Path

from tqdm import tqdm

from routing.errors import RoutingError
from routing.plan import Place
from routing.region import build, load


def main(arguments: list[str] | None = None) -> int:
    """Run one command; a sentence on stderr and 2 when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m routing", description="Streets, travel times, places.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("build", help="make a region from OpenStreetMap data")
    command.add_argument("source", help='a .osm.pbf or .osm file, helsinki, or a place such as "Nantes, France"')
    command.add_argument("folder", type=Path)
    command.add_argument("--name", help="what to call the region")
    command.set_defaults(run=_build)

    command = commands.add_parser("route", help="the fastest road between places")
    command.add_argument("folder", type=Path)
    command.add_argument("places", nargs="+", type=_place, metavar="LAT,LON")
    command.set_defaults(run=_route)

    command = commands.add_parser("places", help="find a place by its name")
    command.add_argument("folder", type=Path)
    command.add_argument("text", nargs="+")
    command.set_defaults(run=_places)

    command = commands.add_parser("match", help="which plans serve a request best; see questions.py for the JSON")
    command.add_argument("folder", type=Path)
    command.add_argument("question", type=Path)
    command.set_defaults(run=_match)

    command = commands.add_parser("group", help="who shares a car to one destination; see questions.py for the JSON")
    command.add_argument("folder", type=Path)
    command.add_argument("question", type=Path)
    command.set_defaults(run=_group)

    given = parser.parse_args(arguments)
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a stopped build cleans up behind itself
    try:
        given.run(given)
    except RoutingError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 2
    finally:
        signal.signal(signal.SIGTERM, before)
    return 0


def _place(text: str) -> Place:
    try:
        lat, lon = (float(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not LAT,LON, such as 60.17,24.94") from None
    return Place(lat, lon)


def _build(given: argparse.Namespace) -> None:
    with tqdm(total=100, bar_format="{desc:<20} {percentage:3.0f} % |{bar}| {elapsed}", leave=False) as bar:

        def progress(step: str, share: float) -> None:
            bar.set_description_str(step, refresh=False)
            bar.update(round(100 * share) - bar.n)

        manifest = build(given.source, given.folder, progress, name=given.name)
    _say(
        f"{manifest.name}: {manifest.nodes:,} junctions, {manifest.arcs:,} arcs, {manifest.places:,} places, "
        f"{manifest.addresses:,} addresses, in {given.folder}"
    )


def _route(given: argparse.Namespace) -> None:
    route = load(given.folder).travel.route(given.places)
    _say(f"{route.duration_s} s, {route.distance_m} m, {len(route.geometry)} points")


def _places(given: argparse.Namespace) -> None:
    for place in load(given.folder).places.search(" ".join(given.text)):
        _say(f"{place.lat:.6f},{place.lon:.6f}  {place.kind:<8} {place.label}  {place.site_key or place.osm_key}")


def _match(given: argparse.Namespace) -> None:
    from routing.questions import match

    _say(json.dumps(match(load(given.folder), given.question), indent=2))


def _group(given: argparse.Namespace) -> None:
    from routing.questions import share_cars

    _say(json.dumps(share_cars(load(given.folder), given.question), indent=2))


def _say(line: str) -> None:
    print(line)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
