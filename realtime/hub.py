"""All sockets of one process: one subscription for each topic, each message straight to those who joined."""

import asyncio
import logging
import random
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.conf import settings

from realtime.bursts import Bursts
from realtime.database import in_database
from realtime.publish import digest, encode, public_message
from realtime.pulse import Pulse, take_pulse
from realtime.topics import person_topic
from realtime.viewer import RESTARTING, SIGNED_OUT, Viewer

logger = logging.getLogger(__name__)
HEARTBEAT_S = 8.0  # and never more than 10 (design §5)
RECHECK_S = 60.0  # a hint that revokes access can be lost
LAYER_TIMEOUT_S = 2.0
SLICES, SMALL_SLICE = 20, 25  # of those who are said goodbye to


class Hub:
    """The sockets of one event loop. It lives from its first socket to its last."""

    def __init__(self) -> None:
        self._viewers: set[Viewer] = set()
        self._topics: dict[str, set[Viewer]] = {}
        self._heard: set[str] = set()  # topics the channel layer sends us
        self._bursts = Bursts(lambda topic: self._topics.get(topic, set()))
        self._marks: Sequence[str] = ()  # until where the changes were read
        self._layer = get_channel_layer()
        self._channel: str | None = None
        self._layer_fails = False  # since the last heartbeat: nobody waits for it meanwhile
        self._subscribing = asyncio.Lock()
        self._tasks = [asyncio.create_task(self._beat())]

    async def enter(self, viewer: Viewer) -> None:
        self._viewers.add(viewer)
        if viewer.person_id is not None:
            await self._add(viewer, person_topic(viewer.person_id))

    async def join(self, viewer: Viewer, topics: Iterable[str]) -> None:
        """When this returns, the socket hears the topics (or, with the channel layer away, their heartbeats)."""
        for topic in topics:
            viewer.topics.add(topic)
            await self._add(viewer, topic)

    def drop(self, viewer: Viewer, topics: Iterable[str]) -> None:
        """The channel layer hears of it with the next heartbeat: pages come and go."""
        for topic in topics:
            viewer.topics.discard(topic)
            self._remove(viewer, topic)

    async def leave(self, viewer: Viewer) -> None:
        self._viewers.discard(viewer)
        self.drop(viewer, list(viewer.topics))
        if viewer.person_id is not None:
            self._remove(viewer, person_topic(viewer.person_id))
        if not self._viewers and _hubs.get(asyncio.get_running_loop()) is self:
            del _hubs[asyncio.get_running_loop()]  # whoever comes now begins a new one
            await self._end()

    def tell(self, message: dict[str, Any]) -> None:
        """Hand one message from the channel layer to the sockets it is for; never waits."""
        if message["kind"] == "public":
            return self._bursts.take(message)
        for viewer in list(self._topics.get(message["topic"], ())):
            match message["kind"]:
                case "hint":
                    viewer.look(message["seq"])
                case "recheck":
                    viewer.check_again()
                case "signed_out" if viewer.signed_in and digest(viewer.signed_in.session_key) == message["session"]:
                    viewer.stop(SIGNED_OUT)

    async def beat(self) -> None:
        """Say to every socket what is true now; whoever missed something finds out here."""
        self._layer_fails = False
        for topic in self._topics.keys() ^ self._heard:
            await self._settle(topic)
        pulse = await in_database(
            take_pulse, {viewer.signed_in for viewer in self._viewers if viewer.signed_in}, self._joined(), self._marks
        )
        self._marks = pulse.marks
        self._bursts.forget()
        for news in pulse.changes:  # whose own message may have been lost
            message = public_message(news.topic, news.event, news.about)
            if not self._bursts.has_heard(message):
                self.tell(message)
        texts: dict[tuple[int | None, frozenset[str]], str] = {}  # most strangers look at the same few cells
        for viewer in list(self._viewers):
            self._beat_one(viewer, pulse, texts)

    def _beat_one(self, viewer: Viewer, pulse: Pulse, texts: dict[tuple[int | None, frozenset[str]], str]) -> None:
        if viewer.signed_in in pulse.ended:
            return viewer.stop(SIGNED_OUT)
        who = viewer.person_id, frozenset(viewer.topics)
        if who not in texts:
            texts[who] = encode(pulse.message(*who))
        viewer.show("heartbeat", 0, texts[who])
        if who[0] is not None and (head := pulse.heads.get(who[0])) is not None:
            viewer.look(head.seq, head.epoch)
        if asyncio.get_running_loop().time() - viewer.checked_at_s > RECHECK_S:
            viewer.check_again()

    async def drain(self, over_s: float, hurry: Callable[[], bool] = bool) -> None:
        """Say goodbye to all pages in slices, so that they do not come to the next process all at once."""
        pages = random.sample(list(self._viewers), len(self._viewers))
        size = max(len(pages) // SLICES, SMALL_SLICE)
        for start in range(0, len(pages), size):
            for viewer in pages[start : start + size]:
                viewer.stop(RESTARTING)
            if start + size < len(pages) and not hurry():
                await asyncio.sleep(over_s / SLICES)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(getattr(settings, "REALTIME_HEARTBEAT_S", HEARTBEAT_S))
            try:
                await self.beat()
            except Exception:
                logger.exception("A heartbeat failed; the next one comes.")

    def _joined(self) -> set[str]:
        return {topic for viewer in self._viewers for topic in viewer.topics}

    async def _add(self, viewer: Viewer, topic: str) -> None:
        self._topics.setdefault(topic, set()).add(viewer)
        await self._settle(topic)

    def _remove(self, viewer: Viewer, topic: str) -> None:
        members = self._topics.get(topic, set())
        members.discard(viewer)
        if not members:
            self._topics.pop(topic, None)

    # --- the channel layer, which may be away ---------------------------------------------------------------------

    async def _settle(self, topic: str) -> None:
        """Subscribe to a topic that somebody has joined, give up one that nobody has; or leave it to a heartbeat."""
        async with self._subscribing:
            if self._layer_fails or (topic in self._topics) == (topic in self._heard):
                return
            try:
                async with asyncio.timeout(LAYER_TIMEOUT_S):
                    await self._subscribe(topic) if topic in self._topics else await self._unsubscribe(topic)
            except Exception:
                logger.warning("The channel layer is away; heartbeats carry on.", exc_info=True)
                self._layer_fails = True

    async def _subscribe(self, topic: str) -> None:
        if self._channel is None:
            self._channel = await self._layer.new_channel()
            self._tasks.append(asyncio.create_task(self._read(self._channel)))
        await self._layer.group_add(topic, self._channel)
        self._heard.add(topic)

    async def _unsubscribe(self, topic: str) -> None:
        await self._layer.group_discard(topic, self._channel)
        self._heard.discard(topic)

    async def _read(self, channel: str) -> None:
        while True:
            message = await self._layer.receive(channel)
            try:
                self.tell(message)
            except Exception:
                logger.exception("A message could not be handed on.")

    async def _end(self) -> None:
        for topic in list(self._heard):
            await self._settle(topic)
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


async def drain(over_s: float, hurry: Callable[[], bool]) -> None:
    """As `Hub.drain`, if there is a hub."""
    if here := _hubs.get(asyncio.get_running_loop()):
        await here.drain(over_s, hurry)


def hub() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]
