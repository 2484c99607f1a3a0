"""Regions that routing tests share, each built once."""

from pathlib import Path

import pytest

from routing.region import Region, build, load
from tests.routing.sketch import draw_hamlet


@pytest.fixture(scope="session")
def valley(valley_region: Path) -> Region:
    """The fictional valley; see tests/region.py."""
    return load(valley_region)


@pytest.fixture(scope="session")
def helsinki(tmp_path_factory: pytest.TempPathFactory) -> Region:
    """The centre of Helsinki, an extract whose ways name nodes it does not carry."""
    folder = tmp_path_factory.mktemp("regions") / "helsinki"
    build("helsinki", folder)
    return load(folder)


@pytest.fixture
def hamlet(tmp_path: Path) -> Path:
    """The smallest file that makes a region."""
    return draw_hamlet(tmp_path)
