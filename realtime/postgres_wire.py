"""Two connections to PostgreSQL for one event loop: one that listens and always comes back, one that notifies."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, LiteralString

import psycopg
from django.db import connections
from psycopg import sql

logger = logging.getLogger(__name__)
MAX_PAYLOAD_BYTES = 7999  # PostgreSQL: shorter than 8000
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 5.0
NOTIFY: LiteralString = "SELECT pg_notify(%s, %s)"


class Wire:
    """Payloads in and out over one NOTIFY channel. What is sent while the listener is away is lost to it."""

    def __init__(self, database: str, channel: str, hear: Callable[[str], None]) -> None:
        self.listening = asyncio.Event()
        self._database, self._channel, self._hear = database, channel, hear
        self._listener: asyncio.Task[None] | None = None
        self._sender: psycopg.AsyncConnection[Any] | None = None
        self._sending = asyncio.Lock()

    def listen(self) -> None:
        if self._listener is None:
            self.listening = asyncio.Event()  # its own: the listener before may still be saying goodbye
            self._listener = asyncio.create_task(self._listen(self.listening))

    async def notify(self, payload: str) -> None:
        """Send one payload; a connection that was lost is made anew at the next call."""
        size = len(payload.encode())
        if size > MAX_PAYLOAD_BYTES:
            raise ValueError(f"A message of {size} bytes does not fit into a NOTIFY of {MAX_PAYLOAD_BYTES}.")
        async with self._sending:
            if self._sender is None or self._sender.closed:
                self._sender = await self._connect()
            try:
                await self._sender.execute(NOTIFY, (self._channel, payload))
            except BaseException:
                await self._sender.close()
                raise

    async def deafen(self) -> None:
        """Stop listening."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.cancel()
            await asyncio.wait([listener])

    async def close(self) -> None:
        await self.deafen()
        if self._sender is not None:
            await self._sender.close()

    async def _listen(self, listening: asyncio.Event) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                async with await self._connect() as connection:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
                    listening.set()
                    pause_s = FIRST_PAUSE_S
                    async for notice in connection.notifies():
                        self._hear(notice.payload)
            except psycopg.Error as problem:
                logger.warning("The listening connection is gone, trying again in %.2f s: %s", pause_s, problem)
            finally:
                listening.clear()
            await asyncio.sleep(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        parameters = connections[self._database].get_connection_params()
        for name in ("cursor_factory", "context", "prepare_threshold"):  # Django's own, for its synchronous cursors
            parameters.pop(name, None)
        defaults = {"connect_timeout": 5, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
        return await psycopg.AsyncConnection.connect(**{**defaults, **parameters}, autocommit=True)
