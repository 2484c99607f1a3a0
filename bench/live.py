"""One change to many open pages: our hub beside the usual consumer with `group_send`, in the same run.

`python -m bench.live --sockets 1000` prints JSON. The server runs uvicorn as the site does, in a process of its own;
the pages and the publisher are in this one. Milliseconds from publishing to a page having the text; `rss_kb` is what
one socket costs the server. With REDIS_URL both go over Redis, without it over PostgreSQL.
"""

import argparse
import asyncio
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import time

import psutil
from websockets.asyncio.client import ClientConnection, connect

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("DETOUR_DEMO", "1")
import django

django.setup()

from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from realtime import outbox, registry  # noqa: E402
from realtime.consumers import LiveConsumer  # noqa: E402
from realtime.database import in_database  # noqa: E402
from realtime.publish import publish  # noqa: E402

TOPIC = "bench.square"
OFFER = {"kind": "offer", "offer_id": 12, "seats_left": 2, "state": "published"}
SERVER = "--ws websockets-sansio --ws-per-message-deflate false --timeout-graceful-shutdown 10 --log-level warning"
registry.register_topic("bench", lambda person, topics: topics, lambda topics: {})


class Peer(AsyncJsonWebsocketConsumer):
    """How it is usually done: every socket is a member of the group."""

    async def connect(self) -> None:
        await self.channel_layer.group_add(TOPIC, self.channel_name)
        await self.accept()

    async def public(self, message: dict) -> None:
        await self.send_json(message)

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(TOPIC, self.channel_name)


sockets = [path("hub/", LiveConsumer.as_asgi()), path("peer/", Peer.as_asgi())]
application = ProtocolTypeRouter({"websocket": AuthMiddlewareStack(URLRouter(sockets))})


async def open_pages(port: int, kind: str, count: int) -> list[ClientConnection]:
    pages = []
    for _ in range(count):
        page = await connect(f"ws://127.0.0.1:{port}/{kind}/", compression=None, ping_interval=None, open_timeout=60)
        if kind == "hub":
            await page.send(json.dumps({"do": "join", "topics": [TOPIC]}))
            while '"joined"' not in str(await page.recv()):
                pass
        pages.append(page)
    return pages


async def one_change(pages: list[ClientConnection], kind: str, version: int) -> list[float]:
    """Milliseconds until each page had it, in rising order."""

    async def arrival(page: ClientConnection) -> float:
        while f'"version":{version}' not in str(await page.recv()).replace(" ", ""):
            pass
        return time.perf_counter()

    waiting = [asyncio.create_task(arrival(page)) for page in pages]
    await asyncio.sleep(0.2)  # all of them wait now, and the server is quiet
    began = time.perf_counter()
    event = {**OFFER, "version": version}
    if kind == "hub":
        await in_database(publish, TOPIC, event)
    else:
        await get_channel_layer().group_send(TOPIC, {"type": "public", "topic": TOPIC, "data": event})
    return sorted((at - began) * 1000 for at in await asyncio.gather(*waiting))


async def measure(port: int, server: psutil.Process, kind: str, count: int, rounds: int) -> dict[str, float]:
    before = server.memory_info().rss
    pages = await open_pages(port, kind, count)
    rss_kb = (server.memory_info().rss - before) / 1024 / count
    taken = [await one_change(pages, kind, version) for version in range(1, rounds + 2)][1:]  # the first one warms up
    await asyncio.gather(*[page.close() for page in pages])
    middle = {
        name: round(statistics.median(ms[int(share * (count - 1))] for ms in taken), 1)
        for name, share in (("p50_ms", 0.5), ("p99_ms", 0.99), ("last_ms", 1.0))
    }
    return {**middle, "rss_kb": round(rss_kb, 1)}


def measure_with_own_server(kind: str, count: int, rounds: int) -> dict[str, float]:
    async def run() -> dict[str, float]:
        await measure(port, process, kind, 20, 1)  # imports, caches and connections are no socket's cost
        return await measure(port, process, kind, count, rounds)

    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    port = listening.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "bench.live:application", *SERVER.split()]
    server = subprocess.Popen([*command, "--fd", str(listening.fileno())], pass_fds=[listening.fileno()])
    process = psutil.Process(server.pid)
    try:
        return asyncio.run(run())
    finally:
        server.terminate()
        server.wait(20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    result = {kind: measure_with_own_server(kind, options.sockets, options.rounds) for kind in ("hub", "peer")}
    outbox.close()
    layer = "redis" if os.environ.get("REDIS_URL") else "postgresql"
    print(json.dumps({"bench": "live", "sockets": options.sockets, "layer": layer, **result}))


if __name__ == "__main__":
    main()
