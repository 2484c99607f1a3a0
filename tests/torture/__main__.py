"""python -m tests.torture: one crash campaign (docs/torture.md); prints seed, counts, violations, and fails on any."""

import argparse
import random
import signal
import sys
import time

from tests.torture import campaign


def main() -> int:
    """0 when every promise was kept, 1 when not, 130 when it was interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--web", type=int, default=3, help="web processes")
    parser.add_argument("--without-lock", action="store_true", help="the control, which has to find something")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    _say(f"seed: {options.seed}")
    began = time.monotonic()
    try:
        outcome = campaign.run(
            seconds=options.seconds, seed=options.seed, web=options.web, without_lock=options.without_lock
        )
    except KeyboardInterrupt:
        _say("Interrupted.")
        return 130
    for name, count in outcome.counts.items():
        _say(f"{name}: {count}")
    for error, count in outcome.errors.most_common(20):
        _say(f"  {count} × {error}")
    _say(f"took: {time.monotonic() - began:.0f} s")
    _say(f"violations: {len(outcome.violations)}")
    for violation in outcome.violations[:50]:
        _say(f"  {violation}")
    return 1 if outcome.violations else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
