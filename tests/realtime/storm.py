"""Five hundred open pages that lose their connection, fall asleep and come back, and someone who changes things."""

import asyncio
import json
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from realtime.database import in_database

AWAY = OSError, ConnectionClosed, InvalidHandshake, TimeoutError
LIVES_S = 2, 12
SLEEPS_S = 2, 8
COMES_BACK_S = 1.0


@dataclass
class Page:
    """Does what live.js does: keeps its cursor, drops what it has, fetches anew when it is connected again."""

    person_id: int
    cookie: str
    topics: list[str]
    fetch: Callable[[list[str]], dict[str, int]]
    dice: random.Random
    cursor: tuple[str, int] | None = None
    taken: list[int] = field(default_factory=list)
    versions: dict[str, int] = field(default_factory=dict)
    resyncs: int = 0
    connections: int = 0

    async def live(self, ports: list[int], calm: asyncio.Event) -> None:
        """Until cancelled; once it is `calm`, connections hold."""
        while True:
            with suppress(*AWAY):
                await self._look(self.dice.choice(ports), calm)
            await asyncio.sleep(self.dice.random() * COMES_BACK_S)

    async def _look(self, port: int, calm: asyncio.Event) -> None:
        query = "?epoch={}&after={}".format(*self.cursor) if self.cursor else ""
        address = f"ws://127.0.0.1:{port}/ws/{query}"
        manners: dict[str, Any] = {"compression": None, "ping_interval": None, "open_timeout": 20}
        headers = {"Cookie": self.cookie, "Origin": "http://127.0.0.1"}
        socket = await connect(address, additional_headers=headers, **manners)
        self.connections += 1
        fate = None if calm.is_set() else asyncio.ensure_future(self._fate(socket, calm))
        try:
            await socket.send(json.dumps({"do": "join", "topics": self.topics}))
            async for text in socket:
                await self._hear(json.loads(text))
        finally:
            if fate:
                fate.cancel()
            socket.transport.abort()

    async def _fate(self, socket: ClientConnection, calm: asyncio.Event) -> None:
        """Some time or other it breaks: at once, or it seems open and nobody reads any more."""
        try:
            async with asyncio.timeout(self.dice.uniform(*LIVES_S)):
                await calm.wait()
                return
        except TimeoutError:
            pass
        if self.dice.random() < 0.5:
            socket.transport.pause_reading()
            await asyncio.sleep(self.dice.uniform(*SLEEPS_S))
        socket.transport.abort()

    async def _hear(self, news: dict[str, Any]) -> None:
        match news["type"]:
            case "hello" if self.cursor is None:
                self.cursor = (news["epoch"], news["head"])
            case "joined":
                self._know(await in_database(self.fetch, self.topics))
            case "event" if (news["epoch"], news["seq"]) > (self.cursor or ("", 0)):
                self.cursor = (news["epoch"], news["seq"])
                self.taken.append(news["seq"])
            case "public":
                self._know({f"offer.{news['data']['offer_id']}": news["data"]["version"]})
            case "resync":
                self.cursor = (news["epoch"], news["head"])
                self.resyncs += 1

    def _know(self, versions: dict[str, int]) -> None:
        for topic, version in versions.items():
            if topic in self.topics:
                self.versions[topic] = max(version, self.versions.get(topic, 0))
