"""Our travel times against those of OSRM and Valhalla, over random pairs of junctions; prints JSON.

python -m bench.peers [EXTRACT.osm.pbf [REGION]] [--json] [--pairs 300] [--seed 1] [--same-pairs FILE] [--to FILE]

The two are installed from their wheels into an environment under var/peers, which takes a Python of 3.12 or newer.
All three are given the same extract and the same points. Without REGION one is built. What is printed is kept in
var/bench/peers.json. The other FILE, var/bench/pairs.json unless said, holds every pair, and `--same-pairs` asks those
of an earlier one again.
"""

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import thread_time
from typing import Any

import numpy as np

from bench.ground.regions import extract, region
from bench.page.figures import HERE, keep
from bench.peering.comparison import compare, farthest_apart, figures
from bench.peering.home import HOME, NoPeers, environment
from bench.peering.roads import Ways, by_ours, together
from routing.plan import UNREACHABLE, Place
from routing.region import Region

Point = tuple[float, float]
"""Latitude and longitude."""
PEERS = ("osrm", "valhalla")
TABLE, WORST = 1000, 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("extract", nargs="?", type=Path)
    parser.add_argument("region", nargs="?", type=Path)
    parser.add_argument("--json", action="store_true", help="print every pair too")
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--same-pairs", type=Path)
    parser.add_argument("--to", type=Path, default=HERE / "pairs.json")
    given = parser.parse_args()
    try:
        python = environment()
    except NoPeers as reason:
        print(json.dumps({"peers": [], "why": str(reason)}))
        return
    with extract(given.extract) as source, region(source, given.region) as streets:
        told = measure(source.resolve(), streets, python, given)
    given.to.parent.mkdir(parents=True, exist_ok=True)
    given.to.write_text(json.dumps(told, indent=1))
    summary = {key: value for key, value in told.items() if key != "each"}
    keep("peers", summary)
    print(json.dumps(told if given.json else summary, indent=1))


def measure(source: Path, streets: Region, python: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Ask all three, and hold their answers side by side."""
    crossings = junctions(streets)
    dice = np.random.default_rng(given.seed)
    pairs = known_pairs(given.same_pairs) if given.same_pairs else drawn_pairs(crossings, dice, given.pairs)
    table = [crossings[i] for i in dice.integers(0, len(crossings), TABLE)]
    answers = {name: ask(name, python, source, pairs, table) for name in PEERS}
    ours = our_times(streets, pairs)
    routers = {"ours": ours, **{name: figures(answers[name]["pairs"]) for name in PEERS}}
    ways = Ways(source)
    driven = {
        "ours": [by_ours(streets, Place(*here), Place(*there)) for here, there in pairs],
        "osrm": [ways.by_osrm(total[0], pieces) if total else {} for total, pieces in _both(answers["osrm"])],
        "valhalla": [ways.by_valhalla(pieces) for _, pieces in _both(answers["valhalla"])],
    }
    each = [
        {
            "pair": pair,
            **{name: _plain(table[i]) for name, table in routers.items()},
            "driven": {name: each_driven[i] for name, each_driven in driven.items()},
        }
        for i, pair in enumerate(pairs)
    ]
    return {
        "extract": source.name,
        "seed": given.seed,
        **compare(routers),
        "table_1_999_ms": {
            "ours": round(our_table_ms(streets, table), 2),
            **{name: round(answers[name]["table_with_metres_ms"], 2) for name in PEERS},
            "osrm, seconds only": round(answers["osrm"]["table_ms"], 2),
        },
        "table_2_998_ms": {name: round(answers[name]["table_from_two_ms"], 2) for name in PEERS},
        "by_class": {name: together(each_driven) for name, each_driven in driven.items()},
        "worst": [
            {key: each[i][key] for key in ("pair", *routers)}
            for i in farthest_apart(ours, [routers[name] for name in PEERS], WORST)
        ],
        "each": each,
    }


def junctions(streets: Region) -> list[Point]:
    """All junctions in an order that does not depend on the hierarchy."""
    network = streets.travel.network
    order = np.lexsort((network.node_lon, network.node_lat))
    return [(float(lat), float(lon)) for lat, lon in zip(network.node_lat[order], network.node_lon[order], strict=True)]


def drawn_pairs(crossings: Sequence[Point], dice: np.random.Generator, count: int) -> list[list[Point]]:
    return [[crossings[a], crossings[b]] for a, b in dice.integers(0, len(crossings), (count, 2)) if a != b]


def known_pairs(file: Path) -> list[list[Point]]:
    return [[(a[0], a[1]), (b[0], b[1])] for a, b in (each["pair"] for each in json.loads(file.read_text())["each"])]


def ask(name: str, python: Path, source: Path, pairs: list[list[Point]], table: list[Point]) -> dict[str, Any]:
    """One peer, in a process of its own; its files are kept for as long as the extract stays what it is."""
    digest = hashlib.sha256(source.read_bytes()).hexdigest()[:12]
    script = Path(__file__).parent / "peering" / f"{name}_answers.py"
    with tempfile.TemporaryDirectory() as folder:
        questions, answers = Path(folder) / "questions.json", Path(folder) / "answers.json"
        questions.write_text(json.dumps({"pairs": pairs, "table": table}))
        asked = [script, source, HOME / f"{name}-{digest}", questions, answers]
        subprocess.run([str(python), *map(str, asked)], check=True, stdout=sys.stderr)
        told: dict[str, Any] = json.loads(answers.read_text())
        return told


def our_times(streets: Region, pairs: Sequence[Sequence[Point]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Seconds and metres of each pair, asked as a person's places are."""
    answers: list[tuple[float, float] | None] = []
    for here, there in pairs:
        seconds, metres = streets.travel.matrix([Place(*here)], [Place(*there)])
        answers.append(None if seconds[0, 0] >= UNREACHABLE else (float(seconds[0, 0]), float(metres[0, 0])))
    return figures(answers)


def our_table_ms(streets: Region, table: Sequence[Point]) -> float:
    """Processor time, the middle of five tables from the first place to all others."""
    places = [Place(*point) for point in table]
    took = []
    for _ in range(6):
        began = thread_time()
        streets.travel.matrix(places[:1], places[1:])
        took.append(thread_time() - began)
    return 1000 * sorted(took[1:])[2]


def _both(answers: dict[str, Any]) -> list[tuple[list[float] | None, list[list[float]]]]:
    return list(zip(answers["pairs"], answers["pieces"], strict=True))


def _plain(row: np.ndarray[Any, np.dtype[np.float64]]) -> list[float] | None:
    return None if np.isnan(row[0]) else [round(float(value), 1) for value in row]


if __name__ == "__main__":
    main()
