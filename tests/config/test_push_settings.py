"""Web Push is on or off; a site whose settings are half of it, or no key at all, does not start and says why."""

import os
import subprocess
import sys

import pytest

from realtime.notices import vapid

KEY, SUBJECT = "VAPID_PRIVATE_KEY", "VAPID_SUBJECT"
BOTH = "Web Push needs both VAPID_PRIVATE_KEY and VAPID_SUBJECT; without it, set neither."
GOOD = {KEY: "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94", SUBJECT: "mailto:you@example.org"}


def start(given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Read the settings of a production site."""
    needed = {"SECRET_KEY": "x" * 50, "DATABASE_URL": "postgresql://nobody@127.0.0.1/nothing"}
    unset = {KEY: "", SUBJECT: "", "DJANGO_DEBUG": "0", "DETOUR_DEMO": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", "from django.conf import settings; print(settings.VAPID_SUBJECT)"]
    environment = {**os.environ, **unset, **needed, **given}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


@pytest.mark.parametrize("given", [GOOD, {}], ids=["on", "off"])
def test_a_site_starts_with_both_or_with_neither(given):
    started = start(given)
    assert started.returncode == 0, started.stderr
    assert started.stdout.strip() == given.get(SUBJECT, "")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({KEY: GOOD[KEY]}, BOTH),
        ({SUBJECT: GOOD[SUBJECT]}, BOTH),
        (GOOD | {SUBJECT: "you@example.org"}, "VAPID_SUBJECT must be an address:"),
        (GOOD | {KEY: "secret"}, "VAPID_PRIVATE_KEY must be 43 letters"),
    ],
    ids=["without subject", "without key", "no address", "no key"],
)
def test_a_site_that_is_half_set_says_one_sentence(given, sentence):
    started = start(given)
    assert started.returncode != 0
    last = started.stderr.strip().splitlines()[-1]
    assert last.startswith(f"django.core.exceptions.ImproperlyConfigured: {sentence}")
    assert GOOD[KEY] not in last


def test_the_key_that_the_command_makes_is_one():
    assert start(GOOD | {KEY: vapid.make_key()}).returncode == 0
