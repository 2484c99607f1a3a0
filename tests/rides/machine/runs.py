"""Play the machine: so many runs of fifty steps, from a seed."""

from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.rides.machine.life import Life

STEPS = 50


def play(runs: int, seed: int, *, machine: type[Life] = Life, shrink: bool = True) -> None:
    """Raises what the first failing run raised; its steps, as few as will do, and how to repeat them are with it."""
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
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
