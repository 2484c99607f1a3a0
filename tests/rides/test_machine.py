"""The life of bookings, played against a model of plain dicts; and faults that it has to find.

The same runs every time; SEED in the environment plays those of another seed, and shortens what fails:
`SEED=$RANDOM python -m pytest tests/rides/test_machine.py -k fifty_steps -m long`. `make test` plays a tenth of them.
"""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from tests.rides.machine.faults import FAULTS
from tests.rides.machine.life import Rides
from tests.rides.machine.runs import play

RUNS, PARTS = 200, 10
SEEDS = 20_261_123, 20_261_124
"""Of two processes, a half of the runs each."""
OTHER = os.environ.get("SEED")


@pytest.mark.django_db  # or, played alone, there is no database to play in
@pytest.mark.parametrize("runs", [RUNS // PARTS, pytest.param(RUNS, marks=pytest.mark.long)])
def test_runs_of_fifty_steps(runs, django_db_setup, valley_region):
    """Each process plays in transactions of its own, which it never commits."""
    seeds = [int(OTHER)] if OTHER else SEEDS
    players = [_player(seed, runs // len(seeds)) for seed in seeds]
    told = [player.communicate()[0] for player in players]
    assert [player.returncode for player in players] == [0] * len(players), "\n\n".join(told)
    print(*told)  # noqa: T201 - the seeds


def _player(seed: int, runs: int) -> subprocess.Popen[str]:
    name = settings.DATABASES["default"]["NAME"]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.rides.machine", name, str(runs), str(seed), *(["--shorten"] if OTHER else [])],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": settings.DATABASE_URL},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_rule_that_is_taken_away_is_missed(fault, valley):
    """Control: within as many runs at most, begun anew now and then: hypothesis likes to vary what it had."""
    with FAULTS[fault](), pytest.raises(Exception) as found:
        for seed in range(PARTS):
            play(RUNS // PARTS, seed, machine=Rides)
    print(f"{fault}: {found.value!r}")  # noqa: T201
