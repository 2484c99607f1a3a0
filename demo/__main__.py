"""python -m demo: serve the site with a simulated neighbourhood; `make demo` calls it. REGION, PORT, NO_BROWSER."""

import os
import signal
import sys

from demo import launcher, regions


def main() -> int:
    """Run until Ctrl-C or SIGTERM; 0 then, 2 for a region that cannot be built, else 1."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        launcher.run(os.environ.get("REGION", ""))
    except KeyboardInterrupt:
        launcher.say("Ended.")
    except regions.BuildFailed as failed:
        return failed.status
    except launcher.Sorry as sorry:
        sys.stderr.write(f"{sorry}\n")
        return sorry.status
    return 0


if __name__ == "__main__":
    sys.exit(main())
