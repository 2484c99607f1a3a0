"""The command line, one module for what belongs together; docs/engine.md is its contract."""

import argparse
import os
import signal
import sys

from routing.cli import answers, bench, questions, regions, routes, times
from routing.errors import RoutingError

_COMMANDS = (regions, routes, times, questions, bench)
"""Each has `add(commands)`, which adds its commands to the parser in the order of the help."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; a sentence on stderr and 2 when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m routing", description="Streets, travel times, places.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in _COMMANDS:
        module.add(commands)
    given = parser.parse_args(_with_the_south(sys.argv[1:] if arguments is None else arguments))
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # a stopped build cleans up behind itself
    try:
        given.run(given)
        sys.stdout.flush()
    except RoutingError as error:
        answers.fail(error, as_json=given.json)
        return 2
    except BrokenPipeError:  # whoever read us has seen enough; Python would complain once more when it leaves
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    finally:
        signal.signal(signal.SIGTERM, before)
    return 0


def _with_the_south(arguments: list[str]) -> list[str]:
    """A place south of the equator begins like an option; argparse takes no word with a space in it for one."""
    return [f" {word}" if word[:1] == "-" and word[1:2].isdigit() and "," in word else word for word in arguments]
