"""A Channels layer over PostgreSQL's LISTEN and NOTIFY, for sites without Redis."""

import asyncio
import json
import logging
import uuid
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from channels.layers import BaseChannelLayer

from realtime.postgres_wire import Wire

logger = logging.getLogger(__name__)
LISTEN_TIMEOUT_S = 5.0
Message = dict[str, Any]


class PostgresChannelLayer(BaseChannelLayer):  # type: ignore[misc]  # no types
    """Every process hears every message and keeps what its own channels wait for; at most once, like Redis pub/sub.

    Groups and channels live in the event loop that made them; each loop that waits for something has one listening
    connection. A general channel reaches all who receive on it. Not for PgBouncer in transaction mode: use Redis there.
    """

    extensions: ClassVar = ["groups", "flush"]

    def __init__(self, database: str = "default", notify_channel: str = "detour_live", capacity: int = 1000) -> None:
        super().__init__(capacity=capacity)
        self._database, self._notify_channel = database, notify_channel
        self._ears: WeakKeyDictionary[asyncio.AbstractEventLoop, Ear] = WeakKeyDictionary()

    async def new_channel(self, prefix: str = "specific") -> str:
        channel = f"{prefix}.{uuid.uuid4().hex}!{uuid.uuid4().hex}"
        self._ear.open(channel, self.capacity)
        return channel

    async def send(self, channel: str, message: Message) -> None:
        self.require_valid_channel_name(channel)
        await self._ear.wire.notify(_encode("channel", channel, message))

    async def receive(self, channel: str) -> Message:
        """The next message. Cancelling it closes the channel, as with the Redis layers: its consumer has ended."""
        ear = self._ear
        queue = ear.open(channel, self.capacity)
        try:
            return await queue.get()
        except asyncio.CancelledError:
            await ear.shut(channel)
            raise

    async def group_add(self, group: str, channel: str) -> None:
        """Returns when messages to the group are sure to be heard, or raises TimeoutError."""
        self.require_valid_group_name(group)
        ear = self._ear
        if channel not in ear.channels:
            raise RuntimeError(f"Channel {channel} was not opened in this event loop.")
        ear.groups.setdefault(group, set()).add(channel)
        async with asyncio.timeout(LISTEN_TIMEOUT_S):
            await ear.wire.listening.wait()

    async def group_discard(self, group: str, channel: str) -> None:
        members = self._ear.groups.get(group, set())
        members.discard(channel)
        if not members:
            self._ear.groups.pop(group, None)

    async def group_send(self, group: str, message: Message) -> None:
        self.require_valid_group_name(group)
        await self._ear.wire.notify(_encode("group", group, message))

    async def flush(self) -> None:
        """Forget all channels and groups of this event loop and close its connections."""
        ear = self._ears.pop(asyncio.get_running_loop(), None)
        if ear is not None:
            await ear.wire.close()

    @property
    def _ear(self) -> "Ear":
        loop = asyncio.get_running_loop()
        if loop not in self._ears:
            self._ears[loop] = Ear(self._database, self._notify_channel)
        return self._ears[loop]


class Ear:
    """The channels and groups of one event loop."""

    def __init__(self, database: str, notify_channel: str) -> None:
        self.channels: dict[str, asyncio.Queue[Message]] = {}
        self.groups: dict[str, set[str]] = {}
        self.wire = Wire(database, notify_channel, self._hear)

    def open(self, channel: str, capacity: int) -> asyncio.Queue[Message]:
        self.wire.listen()
        return self.channels.setdefault(channel, asyncio.Queue(capacity))

    async def shut(self, channel: str) -> None:
        self.channels.pop(channel, None)
        for group in [group for group, members in self.groups.items() if channel in members]:
            self.groups[group].discard(channel)
            if not self.groups[group]:
                del self.groups[group]
        if not self.channels:
            await self.wire.deafen()

    def _hear(self, payload: str) -> None:
        kind, name, message = json.loads(payload)
        members = self.groups.get(name, ()) if kind == "group" else (name,)
        for channel in members:
            if (queue := self.channels.get(channel)) is not None:
                if queue.full():  # the newest truth is worth more than the oldest
                    queue.get_nowait()
                    logger.warning("Channel %s is full: its oldest message is dropped.", channel)
                queue.put_nowait(message)


def _encode(kind: str, name: str, message: Message) -> str:
    return json.dumps([kind, name, message], separators=(",", ":"), ensure_ascii=False)
