"""People and rides for the pages, on the streets of the valley."""

import pytest

from accounts.models import User
from rides import streets
from rides.models import RideOffer
from tests.rides import world


@pytest.fixture
def dora(db, valley) -> User:
    return world.person("Dora", last_name="Lin")


@pytest.fixture
def bo(db) -> User:
    return world.person("Bo")


@pytest.fixture
def middle(valley) -> dict:
    """Where a page starts for who has not said where she is."""
    return world.as_sent(streets.town_centre())


@pytest.fixture
def ride(dora, middle) -> RideOffer:
    """Dora drives from the middle of the valley to the store, with two seats."""
    world.car(dora, 2)
    return world.publish(dora, middle, world.store(), max_detour_s=300, departs_at=world.soon(3).isoformat())


@pytest.fixture
def reader(client, bo):
    """Bo's window, without a browser."""
    client.force_login(bo)
    return client
