"""The life of bookings, played against a model of plain dicts; and faults that it has to find."""

import os
import secrets
import subprocess
import sys

import pytest
from django.conf import settings

from tests.rides.machine.faults import FAULTS
from tests.rides.machine.runs import play

RUNS, PROCESSES = 200, 2


def test_two_hundred_runs_of_fifty_steps(django_db_setup, valley_region):
    """In two processes: each plays in transactions of its own, which it never commits. Their seeds are printed."""
    seeds = [secrets.randbelow(2**32) for _process in range(PROCESSES)]
    players = [_player(seed, RUNS // PROCESSES) for seed in seeds]
    told = [player.communicate()[0] for player in players]
    assert [player.returncode for player in players] == [0] * PROCESSES, "\n\n".join(told)
    print(*told)  # noqa: T201 - the seeds


def _player(seed: int, runs: int) -> subprocess.Popen[str]:
    name = settings.DATABASES["default"]["NAME"]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.rides.machine", name, str(runs), str(seed)],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": settings.DATABASE_URL},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_rule_that_is_taken_away_is_missed(fault):
    """Control: within as many runs, and without looking for the shortest one."""
    with FAULTS[fault](), pytest.raises(BaseException) as found:
        play(RUNS, seed=1, shrink=False)
    assert not isinstance(found.value, KeyboardInterrupt)
