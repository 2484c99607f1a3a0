"""One region, in a process of its own so that its memory can be told; prints JSON.

python -m bench.growing.once build SOURCE REGION
python -m bench.growing.once ask REGION
python -m bench.growing.once search REGION OFFERS REQUESTS WALK_M
"""

import json
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, thread_time

import numpy as np

from routing.benchmark.bench import bench
from routing.plan import Place
from routing.region import Region, build, load
from routing.streets.osm import ROAD_CLASSES

ASKED, SEED = 30, 1


def main(what: str, *given: str) -> None:
    if what == "search":
        offers, requests, walk_m = map(int, given[1:])
        checked = None if offers <= 100_000 else 1  # the oracle looks at every offer, one after the other
        told = bench(Path(given[0]), offers=offers, requests=requests, walk_m=walk_m, checked=checked)
        print(json.dumps(told))
    else:
        print(json.dumps(built(*given) if what == "build" else asked(Path(given[0]))))


def built(source: str, folder: str) -> dict[str, object]:
    """Seconds of the build, and the most memory of its two processes together: they run at the same time."""
    began = perf_counter()
    manifest = build(source, Path(folder))
    took_s = perf_counter() - began
    kilobytes = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "name": manifest.name,
        "nodes": manifest.nodes,
        "arcs": manifest.arcs,
        "build_s": round(took_s, 1),
        "build_mb": round(kilobytes / 1024),
    }


def asked(folder: Path) -> dict[str, float]:
    """Milliseconds to open the region, and of one sweep, one pair, another hour, a line on the map; megabytes then."""
    began = perf_counter()
    region = load(folder)
    load_ms = 1000 * (perf_counter() - began)
    places = anywhere(region, ASKED + 1)
    travel, rush = region.travel, np.full(len(ROAD_CLASSES), 1.3)
    return {
        "load_ms": round(load_ms, 1),
        "sweep_ms": round(middle(travel.reach, places) / 2, 3),  # a reach is two sweeps, one each way
        "pair_ms": middle(lambda place: travel.matrix([places[0]], [place]), places),
        "customise_ms": middle(lambda _: travel.at_pace(rush), places[:6]),
        "route_ms": middle(lambda place: travel.route([places[0], place]), places),
        "mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def anywhere(region: Region, count: int) -> list[Place]:
    """Random junctions."""
    network = region.travel.network
    drawn = np.random.default_rng(SEED).integers(0, len(network.node_lat), count)
    return [Place(float(network.node_lat[i]), float(network.node_lon[i])) for i in drawn]


def middle(ask: Callable[[Place], object], places: list[Place]) -> float:
    """Milliseconds of processor time, after a first run that is not counted."""
    took = []
    for place in places:
        began = thread_time()
        ask(place)
        took.append(thread_time() - began)
    return round(1000 * sorted(took[1:])[len(took) // 2], 3)


if __name__ == "__main__":
    main(*sys.argv[1:])
