"""Messages on their way to the channel layer: a bounded queue, drained by one thread with one event loop."""

import asyncio
import atexit
import logging
import os
import threading
from collections import deque
from typing import Any

from channels.layers import get_channel_layer

logger = logging.getLogger(__name__)
LIMIT = 10_000  # messages; beyond it the oldest go, and the heartbeat heals what they said
SEND_TIMEOUT_S = 2.0
EXIT_TIMEOUT_S = 1.0


class Outbox:
    """Keeps messages in order and hands them on, one after the other. A message that fails twice is dropped."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._waiting: deque[tuple[str, dict[str, Any]]] = deque(maxlen=limit)
        self._unsent = 0  # waiting, or being sent
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake, self._end = asyncio.Event(), asyncio.Event()
        self._failing = False

    def put(self, topic: str, message: dict[str, Any]) -> None:
        """Never waits, neither for the channel layer nor for room."""
        with self._changed:
            if len(self._waiting) == self._waiting.maxlen:
                logger.warning("The outbox is full: the oldest message is dropped.")
            else:
                self._unsent += 1
            self._waiting.append((topic, message))
            if self._loop is None:
                self._start()
            assert self._loop is not None
            self._loop.call_soon_threadsafe(self._wake.set)

    def flush(self, timeout_s: float) -> bool:
        """Wait until everything put so far has left or failed; False when time ran out first."""
        with self._changed:
            return self._changed.wait_for(lambda: self._unsent == 0, timeout_s)

    def close(self, timeout_s: float) -> None:
        """Send what waits, then end the thread and its connection; the next message starts them again."""
        self.flush(timeout_s)
        with self._changed:
            thread, loop, self._loop = self._thread, self._loop, None
        if thread is not None and loop is not None:
            loop.call_soon_threadsafe(self._end.set)
            loop.call_soon_threadsafe(self._wake.set)
            thread.join(timeout_s)

    def _start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._wake, self._end = asyncio.Event(), asyncio.Event()
        self._thread = threading.Thread(target=self._run, args=(self._loop,), name="outbox", daemon=True)
        self._thread.start()

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            loop.run_until_complete(self._drain())
        finally:
            loop.close()

    async def _drain(self) -> None:
        wake, end = self._wake, self._end
        while not end.is_set():
            await wake.wait()
            wake.clear()
            while (item := self._next()) is not None:
                topic, message = item
                await self._send(topic, message)
                with self._changed:
                    self._unsent -= 1
                    self._changed.notify_all()
        await get_channel_layer().flush()

    def _next(self) -> tuple[str, dict[str, Any]] | None:
        with self._changed:
            return self._waiting.popleft() if self._waiting else None

    async def _send(self, topic: str, message: dict[str, Any]) -> None:
        for _ in range(2):  # the first failure may only say that an idle connection was closed
            try:
                async with asyncio.timeout(SEND_TIMEOUT_S):
                    await get_channel_layer().group_send(topic, message)
            except Exception as problem:
                failure = problem
            else:
                self._failing = False
                return
        if not self._failing:  # said once per outage
            logger.warning("The channel layer does not take messages; heartbeats carry on.", exc_info=failure)
        self._failing = True


_outbox = Outbox()


def put(topic: str, message: dict[str, Any]) -> None:
    _outbox.put(topic, message)


def flush(timeout_s: float = EXIT_TIMEOUT_S) -> bool:
    return _outbox.flush(timeout_s)


def close(timeout_s: float = EXIT_TIMEOUT_S) -> None:
    _outbox.close(timeout_s)


def _renew() -> None:
    """A forked child has the queue but not the thread."""
    global _outbox
    _outbox = Outbox()


os.register_at_fork(after_in_child=_renew)
atexit.register(close)  # a command that ends right after its commit still tells
