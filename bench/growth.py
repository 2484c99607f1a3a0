"""How cost grows with offers and with streets; prints JSON and keeps it in var/bench/growth.json.

python -m bench.growth [--minutes 10] [--most-offers 1000000] [--most-nodes 100000] [--requests 100]

Offers from a thousand to a million on greater Porto, or on the valley where that extract is absent, without walking
and with meeting points. Streets from the valley with a thousand junctions to the valley with a million, and the real
regions at hand, with 100,000 offers each. What is larger than it was asked for, and what there was no time to begin, is
named as left out: to draw the valley with a million junctions takes six minutes, and to build it longer.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import partial
from itertools import product
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from bench.ground.regions import EXTRACTS
from bench.growing.steps import SCALES, built, drawn, real_sources, searched
from bench.page.figures import keep

OFFERS, WALKS_M = (1_000, 10_000, 100_000, 1_000_000), (0, 600)
ON_EACH_REGION = 100_000


class Step(NamedTuple):
    """One thing to measure: whether it is, how much work it is, the list that it belongs to, its name, and how."""

    wanted: bool
    size: int
    group: str
    name: str
    measure: Callable[[], dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--most-offers", type=int, default=OFFERS[-1])
    parser.add_argument("--most-nodes", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=100)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        steps = plan(Path(folder), given.requests, given.most_offers, given.most_nodes)
        told = measure(steps, until=monotonic() + 60 * given.minutes)
    keep("growth", told)
    print(json.dumps(told, indent=1))


def measure(steps: Iterable[Step], until: float) -> dict[str, Any]:
    """The smallest step first, those that are wanted, as long as the clock is before `until`."""
    told: dict[str, Any] = {"offers": [], "regions": [], "left_out": []}
    for step in sorted(steps, key=lambda step: step.size):
        if not step.wanted or monotonic() >= until:
            told["left_out"].append(step.name)
            continue
        print(step.name, file=sys.stderr)
        told[step.group].append(step.measure())
    return told


def plan(folder: Path, requests: int, most_offers: int, most_nodes: int) -> list[Step]:
    """All steps; a region is built by the first that needs it."""
    steps = []
    for offers, walk_m in product(OFFERS, WALKS_M):
        name, ask = f"{offers:,} offers within {walk_m} m", partial(among, folder, offers, walk_m, requests)
        steps.append(Step(offers <= most_offers, offers, "offers", name, ask))
    for place, (name, source) in enumerate(real_sources().items()):
        ask = partial(on, folder / name, partial(str, source), requests)
        steps.append(Step(True, ON_EACH_REGION + place, "regions", name, ask))
    for nodes in SCALES:
        name = f"valley-{nodes}"
        ask = partial(on, folder / name, partial(drawn, nodes, folder), requests)
        steps.append(Step(nodes <= most_nodes, ON_EACH_REGION + nodes, "regions", name, ask))
    return steps


def among(folder: Path, offers: int, walk_m: int, requests: int) -> dict[str, Any]:
    """So many offers on the same streets."""
    ground, porto = folder / "ground", EXTRACTS / "porto.osm.pbf"
    if not ground.exists():
        built(str(porto) if porto.exists() else drawn(10_000, folder), ground)
    return {"walk_m": walk_m, **searched(ground, offers, requests, walk_m)}


def on(region: Path, source: Callable[[], str], requests: int) -> dict[str, Any]:
    """The same offers on other streets."""
    streets = built(source(), region)
    return {"region": region.name, **streets, "search": searched(region, ON_EACH_REGION, requests, 0)}


if __name__ == "__main__":
    main()
