"""A driver, a rider and somebody who only looks, each in a window of a real browser."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from accounts.models import User
from rides import streets
from rides.models import RideOffer
from tests.rides import world


@dataclass
class Town:
    """Where Dora starts, where everybody goes, and her ride."""

    driver: User
    offer: RideOffer
    start: dict
    store: dict


@pytest.fixture
def town(site, valley) -> Callable[..., Town]:
    """Make Dora and her ride from the middle of the valley to the store, with so many seats."""

    def make(seats: int) -> Town:
        dora = world.person("Dora", last_name="Lin")
        world.car(dora, seats)
        start = world.as_sent(streets.town_centre())
        store = world.store()
        offer = world.publish(dora, start, store, departs_at=world.soon(3).isoformat())
        return Town(dora, offer, start, store)

    return make
