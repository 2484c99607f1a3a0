"""build, verify: making a region, and seeing that it is whole."""

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from routing.cli.answers import json_option, say, say_json


def add(commands: Any) -> None:
    """Both commands."""
    command = commands.add_parser("build", help="make a region from OpenStreetMap data")
    command.add_argument("source", help='a .osm.pbf or .osm file, helsinki, or a place such as "Nantes, France"')
    command.add_argument("folder", type=Path)
    command.add_argument("--name", help="what to call the region")
    json_option(command)
    command.set_defaults(run=_build)

    command = commands.add_parser("verify", help="see that every file of a region is as it was built")
    command.add_argument("folder", type=Path)
    json_option(command)
    command.set_defaults(run=_verify)


def _build(given: argparse.Namespace) -> None:
    from routing.region import build

    with tqdm(
        total=100, bar_format="{desc:<20} {percentage:3.0f} % |{bar}| {elapsed}", leave=False, disable=given.json
    ) as bar:

        def progress(step: str, share: float) -> None:
            bar.set_description_str(step, refresh=False)
            bar.update(round(100 * share) - bar.n)

        manifest = build(given.source, given.folder, progress, name=given.name)
    if given.json:
        say_json(asdict(manifest))
        return
    say(
        f"{manifest.name}: {manifest.nodes:,} junctions, {manifest.arcs:,} arcs, {manifest.places:,} places, "
        f"{manifest.addresses:,} addresses, in {given.folder}"
    )


def _verify(given: argparse.Namespace) -> None:
    from routing.region import load

    manifest = load(given.folder, verify=True).manifest
    size = sum(seal.size for seal in manifest.files.values())
    if given.json:
        say_json({"name": manifest.name, "built_at": manifest.built_at, "files": len(manifest.files), "bytes": size})
    else:
        say(f"{manifest.name} is whole: {len(manifest.files)} files, {size / 1e6:,.1f} MB, built {manifest.built_at}.")
