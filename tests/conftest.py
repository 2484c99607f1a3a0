"""What every test may ask for."""

from pathlib import Path

import pytest

pytest_plugins = ["tests.own_database", "tests.realtime.ending", "tests.region", "tests.browser", "tests.site"]


@pytest.fixture(scope="session")
def region_directory(valley_region: Path) -> Path:
    """The site of the browser tests serves the valley."""
    return valley_region
