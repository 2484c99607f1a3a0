"""Play the machine: so many runs of fifty steps, from a seed."""

from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.rides.machine.life import Life
from tests.rides.machine.player import Player

STEPS = 50


def play(runs: int, seed: int, *, machine: type[Player] = Life, shorten: bool = False) -> None:
    """Raises what the first failing run raised, with its steps; `shorten` makes them as few as will do."""
    phases = [Phase.generate, Phase.shrink] if shorten else [Phase.generate]
    how: Any = settings(
        max_examples=runs,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        print_blob=True,
        report_multiple_bugs=False,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=how)
