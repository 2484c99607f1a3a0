"""OSRM's answers. Runs in the environment of the peers, so it imports nothing of ours.

python osrm_answers.py EXTRACT.osm.pbf FOLDER QUESTIONS.json ANSWERS.json
"""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import osrm

PROGRAMS = Path(osrm.__file__).parent / "bin"
PROFILE = Path(osrm.__file__).parent / "share" / "profiles" / "car.lua"


def main(extract: str, folder: str, questions: str, answers: str) -> None:
    began = time.perf_counter()
    data, built = prepared(Path(extract), Path(folder))
    build_s = time.perf_counter() - began
    router = osrm.OSRM(
        storage_config=str(data), algorithm="CH", use_shared_memory=False, max_locations_distance_table=10_000
    )
    asked = json.loads(Path(questions).read_text())
    pairs = [pair(router, *ends) for ends in asked["pairs"]]
    told = {
        "build_s": build_s if built else None,
        "pairs": [one["total"] if one else None for one in pairs],
        "pieces": [one["pieces"] if one else [] for one in pairs],
        "table_ms": table_ms(router, asked["table"], ["duration"]),
        "table_with_metres_ms": table_ms(router, asked["table"], ["duration", "distance"]),
        "table_from_two_ms": table_ms(router, asked["table"], ["duration", "distance"], origins=2),
    }
    Path(answers).write_text(json.dumps(told))


def prepared(extract: Path, folder: Path) -> tuple[Path, bool]:
    """OSRM's files made from the extract with its car profile, and whether that was done just now."""
    data = folder / "extract.osrm"
    if folder.exists():
        return data, False
    work = folder.with_name(folder.name + ".half")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (work / "extract.osm.pbf").symlink_to(extract)
    run("osrm-extract", "--profile", str(PROFILE), str(work / "extract.osm.pbf"))
    run("osrm-contract", str(work / "extract.osrm"))
    work.rename(folder)
    return data, True


def run(program: str, *arguments: str) -> None:
    subprocess.run([str(PROGRAMS / program), "--threads", "1", *arguments], check=True, stdout=subprocess.DEVNULL)


def pair(router: osrm.OSRM, here: list[float], there: list[float]) -> dict | None:
    """Seconds and metres, and those of each bit of road between two nodes of OpenStreetMap."""
    asked = osrm.RouteParameters(
        coordinates=[(here[1], here[0]), (there[1], there[0])],
        annotations=["nodes", "duration", "distance"],
        overview="false",
    )
    try:
        route = router.Route(asked)["routes"][0]
    except RuntimeError:
        return None
    said = route["legs"][0]["annotation"]
    nodes, seconds, metres = list(said["nodes"]), list(said["duration"]), list(said["distance"])
    pieces = [list(bit) for bit in zip(nodes[:-1], nodes[1:], seconds, metres)]  # noqa: B905
    return {"total": [route["duration"], route["distance"]], "pieces": pieces}


def table_ms(router: osrm.OSRM, places: list[list[float]], wanted: list[str], origins: int = 1) -> float:
    """Processor time, the middle of three tables from the first places to all others."""
    asked = osrm.TableParameters(
        coordinates=[(lon, lat) for lat, lon in places],
        sources=list(range(origins)),
        destinations=list(range(origins, len(places))),
        annotations=wanted,
    )
    took = []
    for _ in range(3):
        began = time.process_time()
        router.Table(asked)
        took.append(time.process_time() - began)
    return 1000 * sorted(took)[1]


if __name__ == "__main__":
    main(*sys.argv[1:])
