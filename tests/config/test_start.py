"""A process with pages has read all live offers before it answers anybody, and does not mind the loop it starts in."""

import asyncio

import pytest

from config import start
from rides import live_index, live_rows
from tests.rides import world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ride(valley):
    live_index._here.clear()
    dora = world.person("Dora")
    world.car(dora)
    yield world.publish(dora, world.homes(40)[0], world.store())
    live_index._here.clear()


async def _starts():
    """As a server does it, which imports the application in its loop."""
    start.be_ready()


@pytest.mark.parametrize("told_to", [True, False])
def test_the_offers_are_there_when_the_first_person_comes(ride, settings, monkeypatch, told_to):
    settings.LOAD_AT_START = told_to
    asyncio.run(_starts())
    loads = []
    all_live = live_rows.all_live
    monkeypatch.setattr(live_rows, "all_live", lambda: loads.append(1) or all_live())
    assert len(live_index._follower().look().index) == 1
    assert len(loads) == (0 if told_to else 1)
