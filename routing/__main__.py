"""The command line: python -m routing build | verify | route | times | places | match | group | bench."""

import sys

from routing.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
