"""Valhalla's answers. Runs in the environment of the peers, so it imports nothing of ours.

python valhalla_answers.py EXTRACT.osm.pbf FOLDER QUESTIONS.json ANSWERS.json
"""

import json
import shutil
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import valhalla
from valhalla.config import get_config

BUILD = Path(valhalla.__file__).parent / "bin" / "valhalla_build_tiles"


def main(extract: str, folder: str, questions: str, answers: str) -> None:
    began = time.perf_counter()
    config, built = prepared(Path(extract), Path(folder))
    build_s = time.perf_counter() - began
    actor = valhalla.Actor(config)
    asked = json.loads(Path(questions).read_text())
    pairs = [pair(actor, *ends) for ends in asked["pairs"]]
    told = {
        "build_s": build_s if built else None,
        "pairs": [one["total"] if one else None for one in pairs],
        "pieces": [one["pieces"] if one else [] for one in pairs],
        "table_with_metres_ms": table_ms(actor, asked["table"]),
        "table_from_two_ms": table_ms(actor, asked["table"], origins=2),
    }
    Path(answers).write_text(json.dumps(told))


def prepared(extract: Path, folder: Path) -> tuple[dict, bool]:
    """The configuration of tiles made from the extract, and whether that was done just now."""
    if folder.exists():
        return settings(folder), False
    work = folder.with_name(folder.name + ".half")
    shutil.rmtree(work, ignore_errors=True)
    (work / "tiles").mkdir(parents=True)
    (work / "valhalla.json").write_text(json.dumps(settings(work)))
    subprocess.run(
        [str(BUILD), "--config", str(work / "valhalla.json"), str(extract)],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    work.rename(folder)
    return settings(folder), True


def settings(folder: Path) -> dict:
    config = get_config(tile_extract="", tile_dir=str(folder / "tiles"))
    config["mjolnir"]["concurrency"] = 1
    # one search from the one place: ten times as fast here as what Valhalla chooses by itself
    config["thor"]["source_to_target_algorithm"] = "timedistancematrix"
    for side in config["mjolnir"], config["loki"], config["thor"], config["odin"], config["meili"]:
        side["logging"] = {"type": ""}
    return config


def pair(actor: valhalla.Actor, here: list[float], there: list[float]) -> dict | None:
    """Seconds and metres, and those of each edge of the road with the way it is part of."""
    try:
        trip = actor.route({"locations": [place(here), place(there)], "costing": "auto"})["trip"]
    except RuntimeError:
        return None
    total = [trip["summary"]["time"], 1000 * trip["summary"]["length"]]
    return {"total": total, "pieces": edges(actor, trip["legs"][0]["shape"])}


def edges(actor: valhalla.Actor, shape: str) -> list[list[float]]:
    """Way, seconds, metres and seconds at the junction before it, of each edge; nothing where the trace fails."""
    wanted = ["edge.way_id", "edge.length", "node.elapsed_time", "node.transition_time"]
    try:
        traced = actor.trace_attributes(
            {
                "encoded_polyline": shape,
                "costing": "auto",
                "shape_match": "edge_walk",
                "filters": {"attributes": wanted, "action": "include"},
            }
        )
    except RuntimeError:
        return []
    ends = [edge["end_node"] for edge in traced["edges"]]
    clock = [0.0, *(end.get("elapsed_time", 0.0) for end in ends)]
    lost = [0.0, *(end.get("transition_time", 0.0) for end in ends[:-1])]
    return [
        [edge["way_id"], after - before - turn, 1000 * edge["length"], turn]
        for edge, (before, after), turn in zip(traced["edges"], pairwise(clock), lost, strict=True)
    ]


def place(point: list[float]) -> dict:
    return {"lat": point[0], "lon": point[1]}


def table_ms(actor: valhalla.Actor, places: list[list[float]], origins: int = 1) -> float:
    """Processor time, the middle of three tables from the first places to all others."""
    ends = [place(one) for one in places]
    asked = json.dumps({"sources": ends[:origins], "targets": ends[origins:], "costing": "auto"})
    took = []
    for _ in range(3):
        began = time.process_time()
        actor.matrix(asked)
        took.append(time.process_time() - began)
    return 1000 * sorted(took)[1]


if __name__ == "__main__":
    main(*sys.argv[1:])
