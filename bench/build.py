"""How long a region takes to build, to open and to ask, and how honest its times are; prints JSON.

python -m bench.build path/to/extract.osm.pbf
"""

import json
import resource
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np

from routing.plan import Place
from routing.region import Region, build, load

PAIRS, SEED = 300, 1


def main() -> None:
    """Build each extract named on the command line."""
    print(json.dumps([measure(source) for source in sys.argv[1:] or ["helsinki"]], indent=2))


def measure(source: str) -> dict[str, object]:
    """Seconds and megabytes of one build, milliseconds of the questions that follow."""
    with tempfile.TemporaryDirectory() as folder:
        begin = perf_counter()
        manifest = build(source, Path(folder) / "region")
        build_s = perf_counter() - begin
        megabytes = [
            resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        ]
        begin = perf_counter()
        region = load(Path(folder) / "region")
        load_s = perf_counter() - begin
        return {
            "source": source,
            "nodes": manifest.nodes,
            "arcs": manifest.arcs,
            "build_s": round(build_s, 1),
            "memory_build_mb": round(megabytes[0]),
            "memory_drawing_mb": round(megabytes[1]),
            "load_ms": round(1000 * load_s, 1),
            **questions(region),
            **honesty(region),
        }


def questions(region: Region) -> dict[str, float]:
    """The middle of 30 runs each."""
    travel = region.travel
    net = travel.network
    rng = np.random.default_rng(SEED)
    places = [Place(float(net.node_lat[i]), float(net.node_lon[i])) for i in rng.integers(0, net.nodes, 1000)]
    node = np.zeros(1, np.int32)
    return {
        "sweep_ms": middle(lambda: travel.hierarchy.sweep(node, np.zeros(1, np.int64))),
        "pair_ms": middle(lambda: travel.matrix(places[:1], places[1:2])),
        "matrix_1_1000_ms": middle(lambda: travel.matrix(places[:1], places)),
        "matrix_100_100_ms": middle(lambda: travel.matrix(places[:100], places[100:200])),
        "route_ms": middle(lambda: travel.route(places[:2])),
        "search_ms": middle(lambda: region.places.search("rua santa catarina")),
        "nearest_ms": middle(lambda: region.places.nearest(places[0].lat, places[0].lon)),
        "public_point_ms": middle(lambda: region.public_point(places[0].lat, places[0].lon)),
    }


def honesty(region: Region) -> dict[str, float]:
    """Mean minutes of random pairs of junctions; `bench.peers` holds such pairs against OSRM and Valhalla."""
    net = region.travel.network
    drawn = np.random.default_rng(SEED).integers(0, net.nodes, (PAIRS, 2))
    ends = [[Place(float(net.node_lat[i]), float(net.node_lon[i])) for i in pair] for pair in drawn]
    seconds = [int(region.travel.matrix([here], [there])[0][0, 0]) for here, there in ends]
    return {"mean_pair_min": round(sum(seconds) / len(seconds) / 60, 2)}


def middle(ask: Callable[[], object]) -> float:
    """Milliseconds, after one run that is not counted."""
    ask()
    times = []
    for _ in range(30):
        begin = perf_counter()
        ask()
        times.append(perf_counter() - begin)
    return round(1000 * sorted(times)[len(times) // 2], 3)


if __name__ == "__main__":
    main()
