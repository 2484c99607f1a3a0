"""bench: how long searches take over many offers."""

import argparse
import json
from typing import Any

from routing.cli.answers import opened, region_arguments, say, say_json


def add(commands: Any) -> None:
    """The command."""
    command = commands.add_parser("bench", help="measure searches over the offers of a made-up day")
    region_arguments(command)
    command.add_argument("--offers", type=int, default=100_000)
    command.add_argument("--requests", type=int, default=200)
    command.add_argument("--walk-m", type=int, default=600, help="the longest walk at either end; 0 is door to door")
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--checked", type=int, help="how many requests a slow search over all offers is asked as well")
    command.set_defaults(run=_bench)


def _bench(given: argparse.Namespace) -> None:
    from routing.benchmark.bench import bench

    if given.verify:
        opened(given)
    answer = bench(
        given.folder,
        offers=given.offers,
        requests=given.requests,
        walk_m=given.walk_m,
        seed=given.seed,
        checked=given.checked,
    )
    if given.json:
        say_json(answer)
    else:
        say(json.dumps(answer, indent=2))
