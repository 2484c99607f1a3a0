"""The people of the rides' tests, on the streets of the valley."""

import pytest

from accounts.models import User
from rides import locks, planner, streets
from rides.models import RideOffer
from tests.rides import unlocked, world


@pytest.fixture(autouse=True)
def on_valley_streets(valley):
    """Every test here has real roads."""


@pytest.fixture
def dora(db) -> User:
    return world.person("Dora", last_name="Lin", phone="+33 6 00 00 00 01")


@pytest.fixture
def bo(db) -> User:
    return world.person("Bo")


@pytest.fixture
def cy(db) -> User:
    return world.person("Cy")


@pytest.fixture
def far_home() -> dict:
    """An address some kilometres from the store."""
    store = world.store()
    return max(world.homes(40), key=lambda home: abs(home["lon"] - store["lon"]) + abs(home["lat"] - store["lat"]))


@pytest.fixture
def store() -> dict:
    return world.store()


@pytest.fixture
def half_way(far_home, store) -> dict:
    """A door some steps from the road, in the middle of Dora's way."""
    line = planner.drive([streets.place_from(far_home), streets.place_from(store)]).geometry
    lon, lat = line[len(line) // 2]
    return world.near({"lat": lat, "lon": lon}, 40, 40)


@pytest.fixture
def to_the_store(dora, far_home, store) -> RideOffer:
    """Dora's ride with three seats."""
    world.car(dora)
    return world.publish(dora, far_home, store)


@pytest.fixture
def last_seat(dora, far_home, store) -> RideOffer:
    """Dora's ride with one seat."""
    world.car(dora, 1)
    return world.publish(dora, far_home, store)


@pytest.fixture
def door(far_home) -> dict:
    """A few steps from where Dora starts."""
    return world.near(far_home, 200, 0)


@pytest.fixture
def along(far_home, store) -> list[dict]:
    """Four doors beside Dora's road, one after the other."""
    line = planner.drive([streets.place_from(far_home), streets.place_from(store)]).geometry
    beside = [line[len(line) * part // 5] for part in (1, 2, 3, 4)]
    return [world.near({"lat": lat, "lon": lon}, 40, 40) for lon, lat in beside]


@pytest.fixture
def without_locks(monkeypatch) -> None:
    """Control: rows are read as ever, but nobody waits for anybody."""
    monkeypatch.setattr(locks, "_locked", unlocked.read)
