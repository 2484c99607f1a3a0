"""python -m tests.torture: one crash campaign (docs/torture.md); prints seed, counts, violations, and fails on any."""

import argparse
import random
import signal
import sys
import time
from typing import Any

from tests.torture import campaign


def main() -> int:
    """0 when every promise was kept, 1 when not, 130 when it was interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--web", type=int, default=3, help="web processes")
    parser.add_argument("--without-lock", action="store_true", help="the control, which has to find something")
    parser.add_argument("--keep", action="store_true", help="keep history, logs and database for a look at them")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    _say(f"seed: {options.seed}")
    began = time.monotonic()
    try:
        outcome = campaign.run(**vars(options))
    except KeyboardInterrupt:
        _say("Interrupted.")
        return 130
    _say(*outcome.lines, f"seconds: {time.monotonic() - began:.0f}")
    return 1 if outcome.violations else 0


def _interrupt(*_: Any) -> None:
    """Once: the way out ends every process, and nobody disturbs it there."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
