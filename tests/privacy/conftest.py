"""A neighbourhood in which every home carries a name and coordinates that nothing else has."""

import pytest

from tests.privacy.neighbourhood import Neighbourhood
from tests.rides.conftest import far_home, store

__all__ = ["far_home", "store"]


@pytest.fixture(autouse=True)
def on_valley_streets(valley):
    """Every test here has real roads."""


@pytest.fixture
def neighbourhood(db) -> Neighbourhood:
    """Everybody at home, and something of everything going on."""
    return Neighbourhood.settle()
