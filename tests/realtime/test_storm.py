"""I5 and I7 with five hundred sockets: Redis dies, freezes and forgets, pages come and go, nobody misses anything."""

import asyncio
import os
import random
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from realtime import outbox, streams
from realtime.database import in_database
from realtime.models import Stream
from realtime.streams import News
from rides import news
from rides.models import RideOffer
from tests.realtime.redis_server import RedisServer
from tests.realtime.storm import Page
from tests.rides import world
from tests.site import Site, _environment, _process, _wait_until_it_answers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
PEOPLE, TABS, OFFERS = 100, 5, 6
FROZEN_S = 20
CHANGES = 60
"""In each phase."""
SETTLED_WITHIN_S = 180


@pytest.fixture
def redis(tmp_path):
    """The changes of this process go over Redis, as those of the site's."""
    server = RedisServer(tmp_path)
    server.start()
    outbox.close()
    before = settings.REDIS_URL, settings.CHANNEL_LAYERS
    settings.REDIS_URL = server.url
    layer = {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [server.url]}}
    settings.CHANNEL_LAYERS = {"default": layer}
    yield server
    outbox.close()
    settings.REDIS_URL, settings.CHANNEL_LAYERS = before
    server.kill()


@pytest.fixture
def offers(valley):
    """Rides that people look at."""
    dora, home, store = world.person("Dora"), world.homes(40)[0], world.store()
    world.car(dora)
    soon = (world.soon(10 * number).isoformat() for number in range(1, OFFERS + 1))
    return [world.publish(dora, home, store, departs_at=at) for at in soon]


@pytest.fixture
def start_site(redis, tmp_path, region_directory: Path):
    """Two processes for sockets; the ports they listen at."""
    with ExitStack() as stack:

        def start(heartbeat_s: float) -> list[int]:
            return [serve(stack, number, heartbeat_s) for number in range(2)]

        def serve(stack: ExitStack, number: int, heartbeat_s: float) -> int:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=1000))
            port = listener.getsockname()[1]
            site = Site(f"http://127.0.0.1:{port}", tmp_path / f"log-{number}", tmp_path)
            environment = _environment(connection.settings_dict, site, region_directory)
            environment |= {"REDIS_URL": redis.url, "DETOUR_TEST_HEARTBEAT_S": str(heartbeat_s)}
            command = ["config.socket_server", "--fd", str(listener.fileno()), "--log-level", "warning"]
            log = stack.enter_context(site.log.open("ab"))
            web = stack.enter_context(_process(command, environment, log, listener.fileno()))
            _wait_until_it_answers(site, web)
            return port

        yield start


class Town:
    """Its people, each with some tabs; and what is changed in it."""

    def __init__(self, offers, dice):
        self.dice, self.offers = dice, offers
        self.people = [world.person(f"P{number}") for number in range(PEOPLE)]
        self.pages = [page for person in self.people for page in self._tabs(person)]
        self.changes = 0

    def _tabs(self, person):
        browser = Client()
        browser.force_login(person, "django.contrib.auth.backends.ModelBackend")
        cookie = f"sessionid={browser.cookies['sessionid'].value}"
        for _ in range(TABS):
            topics = [f"offer.{offer.pk}" for offer in self.dice.sample(self.offers, 3)]
            yield Page(person.pk, cookie, topics, versions_of, random.Random(self.dice.random()))

    @transaction.atomic
    def change(self):
        """A ride, and news for three people."""
        offer = RideOffer.objects.select_for_update().get(pk=self.dice.choice(self.offers).pk)
        offer.version += 1
        offer.save(update_fields=["version"])
        news.of_offer(offer)
        told = sorted(person.pk for person in self.dice.sample(self.people, 3))
        streams.append([News(person_id, "booking", {"booking": 0}) for person_id in told])
        self.changes += 1

    async def change_some(self, seconds=0.0):
        """As many as a phase has, and as long as it lasts."""
        began, count = time.monotonic(), 0
        while count < CHANGES or time.monotonic() - began < seconds:
            await in_database(self.change)
            count += 1

    def behind(self):
        """Pages that do not know yet what is true."""
        heads = dict(Stream.objects.values_list("pk", "head"))
        versions = versions_of([f"offer.{offer.pk}" for offer in self.offers])
        return [
            page
            for page in self.pages
            if page.cursor is None
            or page.cursor[1] != heads.get(page.person_id, 0)
            or any(page.versions.get(topic) != versions[topic] for topic in page.topics)
        ]


def versions_of(topics):
    ids = [int(topic.partition(".")[2]) for topic in topics]
    return {f"offer.{pk}": version for pk, version in RideOffer.objects.filter(pk__in=ids).values_list("pk", "version")}


async def weather(redis, town, ports, *, all_of_it=True):
    """Calm, Redis killed and back, frozen, emptied; then calm again. How many pages are behind at the end."""
    calm = asyncio.Event()
    living = [asyncio.create_task(page.live(ports, calm)) for page in town.pages]
    try:
        async with asyncio.timeout(SETTLED_WITHIN_S):
            while not all(page.connections for page in town.pages):
                await asyncio.sleep(0.05)
        await town.change_some()
        redis.kill()
        await town.change_some()
        redis.start()
        await town.change_some()
        if all_of_it:
            redis.freeze()
            await town.change_some(FROZEN_S)
            redis.thaw()
            redis.flush()
            await town.change_some()
        calm.set()
        redis.kill()  # what is changed last has no hint at all
        await town.change_some()
        redis.start()
        return await settled(town)
    finally:
        for task in living:
            task.cancel()
        await asyncio.gather(*living, return_exceptions=True)


async def settled(town):
    """Wait until every page knows everything; whom it did not reach in time."""
    until = time.monotonic() + SETTLED_WITHIN_S
    while (behind := await in_database(town.behind)) and time.monotonic() < until:
        await asyncio.sleep(0.2)
    return behind


@pytest.fixture
def town(offers, request):
    seed = int(os.environ.get("SEED", "20261124"))
    print(f"seed {seed}")  # noqa: T201
    return Town(offers, random.Random(seed))


async def test_everybody_ends_with_every_number_and_with_what_is_true(redis, town, start_site):
    assert await weather(redis, town, start_site(2.0)) == []
    for page in town.pages:
        assert page.resyncs == 0
        assert page.taken == list(range(page.cursor[1] - len(page.taken) + 1, page.cursor[1] + 1))
    assert sum(page.connections for page in town.pages) > 2 * len(town.pages)
    print(f"{town.changes} changes, {sum(page.connections for page in town.pages)} connections")  # noqa: T201


async def test_without_heartbeats_somebody_misses_something(redis, town, start_site, monkeypatch):
    """Control: hints alone, of which some are lost."""
    monkeypatch.setattr("tests.realtime.test_storm.SETTLED_WITHIN_S", 30)
    assert await weather(redis, town, start_site(100_000), all_of_it=False)
