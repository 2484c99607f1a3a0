"""The methods that others use to find offers for a request, in one harness with ours; prints JSON.

python -m bench.methods [EXTRACT.osm.pbf [REGION]] [--offers 100000] [--requests 30] [--nearest 50 200] [--seed 1]

- exact: what we do; its answers are what the others are held against.
- funnel: offers whose straight lines pass nearest, and exact insertion into those only.
- Dijkstra: SciPy finds the times from and to both ends of a request, in place of our sweeps, before any offer is looked
  at: over arcs with the same turns; over junctions, without turns, it is faster and wrong.

What OSRM's and Valhalla's tables would take instead is worked out on the page, from how many stops are on the road in
the hour of a request and the speed that `python -m bench.peers` finds.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from time import thread_time
from typing import Any, TypeVar

import numpy as np

from bench.ground.regions import extract, region
from bench.page.figures import keep
from bench.rivals import dijkstra
from bench.rivals.recall import summary
from bench.rivals.world import World
from routing.region import Region

BEST = 10
Answer = TypeVar("Answer")
Asked = TypeVar("Asked")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extract", nargs="?", type=Path)
    parser.add_argument("region", nargs="?", type=Path)
    parser.add_argument("--offers", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--nearest", type=int, nargs="+", default=[50, 200])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with extract(given.extract) as source, region(source, given.region) as streets:
        told = measure(streets, given)
    keep("methods", told)
    print(json.dumps(told, indent=1))


def measure(streets: Region, given: argparse.Namespace) -> dict[str, Any]:
    """The same requests by each method."""
    network = streets.travel.network
    world = World(streets, given.offers, given.requests, given.seed)
    exact, exact_ms = clocked(lambda request: world.exact(request, BEST), world.requests)
    methods = [{"method": "exact", **spent(exact_ms), **summary(exact, exact)}]
    for nearest in given.nearest:
        found, ms = clocked(lambda request, nearest=nearest: world.funnel(request, BEST, nearest), world.requests)
        methods.append({"method": f"funnel, nearest {nearest}", **spent(ms), **summary(exact, found)})
    for name, graph in (("arcs", dijkstra.arcs(network)), ("junctions", dijkstra.junctions(network))):
        methods.append({"method": f"SciPy's Dijkstra over {name}, 4 runs alone", **spent(runs(graph))})
    return {
        "region": streets.manifest.name,
        "offers": given.offers,
        "requests": given.requests,
        "seed": given.seed,
        "best": BEST,
        "stops_in_time": world.stops_in_time(),
        "methods": methods,
    }


def runs(graph: dijkstra.Graph) -> list[float]:
    """Milliseconds of the times from and to two places."""
    nodes = np.random.default_rng(1).integers(0, graph.onward.shape[0], 21)
    return [2 * ms for ms in clocked(graph.around, [int(node) for node in nodes])[1]]


def clocked(answer: Callable[[Asked], Answer], asked: Sequence[Asked]) -> tuple[list[Answer], list[float]]:
    """Answers, and milliseconds of processor time of each, after a first one that is not counted."""
    answer(asked[0])
    answers, took_ms = [], []
    for one in asked:
        began = thread_time()
        answers.append(answer(one))
        took_ms.append(1000 * (thread_time() - began))
    return answers, took_ms


def spent(ms: Sequence[float]) -> dict[str, float]:
    p50, p99 = np.percentile(ms, (50, 99))
    return {"p50_ms": round(float(p50), 2), "p99_ms": round(float(p99), 2)}


if __name__ == "__main__":
    main()
