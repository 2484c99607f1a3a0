"""The town of these tests is made once, and each test leaves it as it was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test import override_settings

from rides.requests import pace
from tests.policy.rollback import undone
from tests.policy.scenes import calls, outings_and_cases, requests, rides, weekly_rides
from tests.policy.town import Town


@pytest.fixture(scope="package")
def town(django_db_setup: None, django_db_blocker: Any, valley_region: Path) -> Iterator[Town]:
    """Everything in every state, on the streets of the valley; and all of it in one hour, which has room for that."""
    hour = mock.patch.object(pace, "A_FEW", 1000)
    with django_db_blocker.unblock(), override_settings(REGION_DIR=valley_region), hour, undone():
        made = Town()
        for part in (rides, requests, weekly_rides, outings_and_cases, calls):
            part.settle(made)
        connection.check_constraints()  # once, or each rollback would leave them all to be checked by the next test
        yield made
