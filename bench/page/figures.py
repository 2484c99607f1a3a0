"""Where measured figures are kept: var/bench for this machine, docs/bench for those that are published."""

import json
import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
HERE, PUBLISHED = ROOT / "var" / "bench", ROOT / "docs" / "bench"
PUBLIC = ("growth", "methods", "peers", "search")
"""The benches whose figures the page shows."""

Figures = dict[str, Any]


def keep(name: str, figures: Figures) -> None:
    """Write down what a bench found out, for the page."""
    HERE.mkdir(parents=True, exist_ok=True)
    (HERE / f"{name}.json").write_text(json.dumps({**figures, "cores": os.cpu_count()}, indent=1) + "\n")


def kept(name: str, folder: Path = HERE) -> Figures | None:
    """What a bench found out, or None when it has not run."""
    file = folder / f"{name}.json"
    if not file.exists():
        return None
    figures: Figures = json.loads(file.read_text())
    return figures
