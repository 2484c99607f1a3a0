"""`make torture` for two minutes, and its control: without the lock it has to find what is wrong."""

import subprocess
import sys

import pytest

from tests.torture.processes import ROOT, environment

pytestmark = pytest.mark.long


def torture(*options: str) -> tuple[int, dict[str, str]]:
    """The status of a campaign, and what it says of each thing."""
    campaign = subprocess.Popen(
        [sys.executable, "-m", "tests.torture", *options],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        said, _ = campaign.communicate(timeout=600)
    finally:
        if campaign.poll() is None:
            campaign.terminate()
            campaign.wait()
    sys.stdout.write(said)
    return campaign.returncode, dict(line.split(": ", 1) for line in said.splitlines())


def test_every_promise_is_kept_while_processes_and_database_die():
    status, said = torture("--seconds", "120")
    assert said["violations"] == "0"
    assert status == 0
    for kind in ("web", "worker", "database"):
        assert int(said[f"kills of {kind}"]) > 0


def test_without_the_lock_a_violation_is_found_within_a_minute():
    """Control: the same people and the same checker, and nothing else wrong."""
    status, said = torture("--seconds", "60", "--without-lock")
    assert int(said["violations"]) > 0
    assert said["violation"].startswith("I")
    assert status == 1
