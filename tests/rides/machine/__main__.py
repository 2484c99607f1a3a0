"""Play runs in a process of its own: `python -m tests.rides.machine DATABASE RUNS SEED`; nothing is left there."""

import os
import sys
from pathlib import Path


def main(database: str, runs: int, seed: int, *, shorten: bool) -> None:
    """Raises what the first run raised that failed, with its steps."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = database
    import django

    django.setup()
    from tests.region import build_valley

    settings.REGION_DIR = build_valley(Path(settings.VAR_DIR))
    from tests.rides.machine.runs import play

    print(f"{runs} runs with seed {seed}", flush=True)  # noqa: T201
    play(runs, seed, shorten=shorten)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), shorten="--shorten" in sys.argv)
