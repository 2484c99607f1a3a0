"""I7: whoever changes something over HTTP does not notice that Redis is dead or frozen."""

import http.client
import json
import logging
import socket
import time
from contextlib import contextmanager
from statistics import median
from urllib.parse import urlsplit

import pytest
from django.db import connection
from websockets.sync.client import connect

from accounts import tokens
from tests.realtime.redis_server import RedisServer
from tests.rides import world
from tests.site import Site, _environment, _process, _wait_until_it_answers

pytestmark = pytest.mark.django_db(transaction=True)
logger = logging.getLogger(__name__)
SLOWER_S = 0.25
ROUNDS = 7
"""Of a booking, the driver's yes and the rider's no: 21 changes."""
TRIES = 3
"""A busy machine holds up a request now and then; what waits for Redis waits every time."""


@pytest.fixture
def redis(tmp_path):
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.thaw()
    server.kill()


@pytest.fixture
def open_site(redis, tmp_path, region_directory):
    """A process with pages, API and sockets, over Redis."""

    @contextmanager
    def open_site(program: str = "config.socket_server"):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            site = Site(f"http://127.0.0.1:{listener.getsockname()[1]}", tmp_path / "log", tmp_path)
            environment = _environment(connection.settings_dict, site, region_directory) | {"REDIS_URL": redis.url}
            command = [program, "--whole-site", "--fd", str(listener.fileno())]
            with site.log.open("ab") as log, _process(command, environment, log, listener.fileno()) as web:
                _wait_until_it_answers(site, web)
                yield site

    return open_site


class Neighbours:
    """Dora's ride, which Bo books and cancels as often as wanted; she says yes each time."""

    def __init__(self) -> None:
        self.start, self.store = world.homes(40)[0], world.store()
        self.dora, self.bo = world.person("Dora"), world.person("Bo")
        world.car(self.dora)
        self.offer = world.publish(self.dora, self.start, self.store)
        self.tokens = {person.pk: tokens.issue(person, name="test") for person in (self.dora, self.bo)}

    def change(self, site: Site) -> list[float]:
        """How long each of three changes took, in seconds."""
        asked = {"offer": self.offer.pk, "origin": self.start, "destination": self.store}
        booked, first_s = self._post(site, self.bo, "bookings/", asked)
        _yes, second_s = self._post(site, self.dora, f"bookings/{booked['id']}/accept/")
        _no, third_s = self._post(site, self.bo, f"bookings/{booked['id']}/cancel/")
        return [first_s, second_s, third_s]

    def changes(self, site: Site, rounds: int = ROUNDS) -> list[float]:
        return [taken_s for _ in range(rounds) for taken_s in self.change(site)]

    def _post(self, site, person, path, body=None):
        line = http.client.HTTPConnection(urlsplit(site.url).netloc, timeout=60)
        headers = {"Content-Type": "application/json", "Authorization": f"Token {self.tokens[person.pk]}"}
        began = time.perf_counter()
        line.request("POST", f"/api/v1/{path}", json.dumps(body or {}), headers)
        answer = line.getresponse()
        data = json.loads(answer.read())
        taken_s = time.perf_counter() - began
        line.close()
        assert answer.status in (200, 201), data
        return data, taken_s


@pytest.fixture
def neighbours(valley):
    return Neighbours()


@contextmanager
def a_page(site, offer):
    """Somebody looks at the ride, so that the process has something to hear from Redis."""
    with connect(f"{site.url.replace('http', 'ws')}/ws/", origin=site.url) as page:
        page.send(json.dumps({"do": "join", "topics": [f"offer.{offer.pk}"]}))
        while json.loads(page.recv(timeout=30))["type"] != "joined":
            pass
        yield page


def shown(name: str, taken_s: list[float]) -> None:
    middle_ms, worst_ms = median(taken_s) * 1000, max(taken_s) * 1000
    logger.info("Redis %s: median %.0f ms, worst %.0f ms of %s", name, middle_ms, worst_ms, len(taken_s))


def slower_s(before: list[float], now: list[float]) -> float:
    """Of the median or of the worst, whichever is more."""
    return max(median(now) - median(before), max(now) - max(before))


def slowed_s(neighbours: Neighbours, site: Site, fate: str, befall, end) -> float:
    """By how much, beside the same changes right before."""
    before = neighbours.changes(site)
    befall()
    now = neighbours.changes(site)
    end()
    shown("alive", before)
    shown(fate, now)
    return slower_s(before, now)


def test_nobody_waits_for_a_redis_that_is_dead_or_frozen(redis, open_site, neighbours):
    with open_site() as site, a_page(site, neighbours.offer):
        neighbours.changes(site, 2)  # a process that has just started loads its region and opens its connections
        for fate, befall, end in (("killed", redis.kill, redis.start), ("frozen", redis.freeze, redis.thaw)):
            tries = (slowed_s(neighbours, site, fate, befall, end) for _ in range(TRIES))
            assert any(slower <= SLOWER_S for slower in tries), fate


def test_a_site_that_waits_for_redis_is_found_out(redis, open_site, neighbours):
    """The control."""
    with open_site("tests.realtime.waiting_site") as site:
        before = neighbours.changes(site, 2)
        redis.freeze()
        assert slower_s(before, neighbours.changes(site, 1)) > SLOWER_S
        redis.thaw()
