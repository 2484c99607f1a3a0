"""The settings of tests for a campaign's processes; TORTURE_WITHOUT_LOCK takes the row locks away (the control)."""

import os

from tests.settings import *  # noqa: F403

if os.environ.get("TORTURE_WITHOUT_LOCK"):
    INSTALLED_APPS += ["tests.torture.unlocked.Unlocked"]  # noqa: F405
