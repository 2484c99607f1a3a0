"""From a rider's request to the pages of the drivers it is put to: web, worker, socket process, Redis and PostgreSQL.

The clock starts when PostgreSQL commits the request, and stops when a driver's page has the card; matching is within.
"""

import asyncio
import http.client
import json
import queue
import random
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psutil

from bench.selling import town
from bench.selling.site import cpu_seconds, post, site
from bench.watching.pages import Page, open_page
from bench.watching.servers import OURS, serve
from bench.watching.signed_in import sessions_of

WARM_UP_S, CLIENTS, PATIENCE_S, HEARTBEAT_S = 5.0, 8, 60.0, 8.0
WITHIN_S = 900
"""So long before and after the ride leaves the riders would leave."""
ASKED = """
    SELECT asking.id, extract(epoch FROM pg_xact_commit_timestamp(deferred.xmin))::float
    FROM rides_asking AS asking
    JOIN procrastinate_jobs AS job
        ON job.task_name = 'rides.tasks.match_request' AND (job.args ->> 'request_id')::bigint = asking.request_id
    JOIN procrastinate_events AS deferred ON deferred.job_id = job.id AND deferred.type = 'deferred'
    WHERE job.scheduled_at IS NULL
"""


@dataclass
class Cards:
    """When each card was first seen on a page, in seconds since 1970, by its number."""

    seen: dict[int, float] = field(default_factory=dict)

    def take(self, page: Page, text: str) -> None:
        """As live.js does, it says what it has shown; else the driver would get a letter as well."""
        message = json.loads(text)
        if message.get("kind") == "asking" and message["data"]["state"] == "asked":
            self.seen.setdefault(message["data"]["id"], time.time())
        if message["type"] == "event":
            page.say({"do": "ack", "seq": message["seq"]})


def measure(a_second: float, seconds: float, offers: int) -> dict[str, Any]:
    """Requests at a steady rate, whether the last one has been answered or not."""
    dice = random.Random(3)
    rides = town.rides(dice, "asked", offers, town.SEATS)
    bodies = [_wish(dice, rides) for _ in range(int((WARM_UP_S + seconds) * a_second))]
    tokens = town.tokens("asking-rider", len(bodies))
    town.forget_jobs()
    cards = Cards()
    with ExitStack() as stack:
        port = stack.enter_context(site(2))
        [sockets] = stack.enter_context(serve(OURS))
        keys = _keys()
        looking = _Looking(sockets.port, keys, cards)
        stack.enter_context(looking)
        before = _spent()
        refused = _send(port, list(zip(tokens, bodies, strict=True)), a_second)
        left = _let_it_settle()
        spent = {who: (s - before[who]) * 1000 / len(bodies) for who, s in _spent().items()}
        told = {"requests_a_second": a_second, "drivers": len(keys), "refused": refused, "not_matched_yet": left}
        told |= _numbers(cards, len(bodies))  # while the worker lives and the pages are open
    return told | {"cpu_ms_a_request": {who: round(ms) for who, ms in spent.items()}}


def _let_it_settle() -> int:
    """Until the worker has matched all, and a heartbeat more; how many it has not, when that takes too long."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    now = ProcrastinateJob.objects.filter(task_name="rides.tasks.match_request", scheduled_at=None)
    until = time.monotonic() + PATIENCE_S
    while (left := now.filter(status__in=("todo", "doing")).count()) and time.monotonic() < until:
        time.sleep(0.5)
    time.sleep(HEARTBEAT_S + 1)  # with it comes whatever a lost hint would have told
    return left


def _spent() -> dict[str, float]:
    """As `cpu_seconds`, with the site taken apart: who answers, who matches, who keeps the sockets."""
    seconds = cpu_seconds()
    del seconds["site"]
    for who, word in {"web": "uvicorn", "worker": "procrastinate", "sockets": OURS[0]}.items():
        [first] = [one for one in psutil.Process().children() if word in one.cmdline()]
        seconds[who] = sum(sum(one.cpu_times()[:2]) for one in [first, *first.children(recursive=True)])
    return seconds


def _numbers(cards: Cards, sent: int) -> dict[str, Any]:
    from django.db import connection

    from rides.models import RideRequest

    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        committed = dict(cursor.fetchall())
    first = min(committed.values())
    late = sorted(
        1000 * (cards.seen[asking] - at)
        for asking, at in committed.items()
        if asking in cards.seen and at > first + WARM_UP_S
    )
    return {
        "requests": sent,
        "with_a_driver": RideRequest.objects.filter(askings__isnull=False).distinct().count(),
        "cards": len(committed),
        "cards_never_seen": len(committed.keys() - cards.seen.keys()),
        "p50_ms": round(late[len(late) // 2]),
        "p99_ms": round(late[int(0.99 * (len(late) - 1))]),
        "last_ms": round(late[-1]),
    }


def _wish(dice: random.Random, rides: list[town.Ride]) -> bytes:
    from rides.models import RideOffer

    ride = dice.choice(rides)
    at = RideOffer.objects.values_list("departs_at", flat=True).get(pk=ride.offer).timestamp()
    window = {"earliest_at": _instant(at - WITHIN_S), "latest_at": _instant(at + WITHIN_S), "ask_first": "everyone"}
    return json.dumps({"origin": ride.ends[0], "destination": ride.ends[1], **window}).encode()


def _instant(at_s: float) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(at_s, UTC).isoformat()


def _keys() -> list[str]:
    """Every driver of a live ride, also of those that other parts of the bench have made: cards are put to her, too."""
    from accounts.models import User

    return sessions_of(User.objects.filter(offers__state="published").distinct())


class _Looking(threading.Thread):
    """All drivers with their pages open, in an event loop of their own."""

    def __init__(self, port: int, keys: list[str], cards: Cards) -> None:
        super().__init__(daemon=True)
        self._port, self._keys, self._cards = port, keys, cards
        self._open, self._loop = threading.Event(), asyncio.new_event_loop()

    def __enter__(self) -> None:
        self.start()
        if not self._open.wait(60):
            raise RuntimeError("The drivers' pages did not open.")

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self.join()

    def run(self) -> None:
        asyncio.set_event_loop(self._loop)
        pages = [self._loop.run_until_complete(self._look(key)) for key in self._keys]
        self._open.set()
        self._loop.run_forever()
        for page in pages:
            page.leave()

    async def _look(self, key: str) -> Page:
        headers = {"Origin": f"http://127.0.0.1:{self._port}", "Cookie": f"sessionid={key}"}
        page = await open_page(self._port, "/ws/", headers)
        await page.hear("hello")
        page.read_all(partial(self._cards.take, page))
        return page


def _send(port: int, wishes: list[tuple[str, bytes]], a_second: float) -> dict[str, int]:
    """Each at its time; how many were refused, by code."""
    waiting: queue.SimpleQueue[tuple[float, str, bytes]] = queue.SimpleQueue()
    began = time.perf_counter()
    for number, (token, body) in enumerate(wishes):
        waiting.put((began + number / a_second, token, body))
    refused: dict[str, int] = {}

    def work() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while True:
            try:
                at, token, body = waiting.get_nowait()
            except queue.Empty:
                return
            time.sleep(max(at - time.perf_counter(), 0))
            status, answer = post(connection, "/api/v1/requests/", token, body)
            if status != 201:
                refused[answer["code"]] = refused.get(answer["code"], 0) + 1

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused
