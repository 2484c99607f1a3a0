"""uvicorn's WebSocket protocol at half its weight: an idle socket keeps neither its handshake nor queues for many."""

import asyncio
from functools import lru_cache
from typing import Any, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

from realtime.asgi_extension import SEND_NOW


class Inbox:
    """What an `asyncio.Queue` with one reader does; a queue, its locks and deques weigh 2.5 kB."""

    __slots__ = ("_reader", "_waiting")

    def __init__(self) -> None:
        self._waiting: list[Any] = []
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        self._waiting.append(message)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def empty(self) -> bool:
        return not self._waiting

    async def get(self) -> Any:
        while not self._waiting:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        return self._waiting.pop(0)


class Gate:
    """What an `asyncio.Event` does, as long as nobody waits at it: then it is one."""

    __slots__ = ("_closed",)

    def __init__(self) -> None:
        self._closed: asyncio.Event | None = None

    def clear(self) -> None:
        self._closed = self._closed or asyncio.Event()

    def set(self) -> None:
        if self._closed is not None:
            self._closed.set()
            self._closed = None

    def is_set(self) -> bool:
        return self._closed is None

    async def wait(self) -> None:
        while self._closed is not None:
            await self._closed.wait()


@lru_cache(maxsize=64)
def frame(text: str) -> bytes:
    """As it goes over the wire: from a server it is the same for all who hear it (RFC 6455 §5.1)."""
    return Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


class SlimProtocol(WebSocketsSansIOProtocol):
    """Behaves as the one it is made from, and offers `realtime.asgi_extension`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue, self.writable = Inbox(), Gate()  # type: ignore[assignment]

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101 and not self.conn.extensions:
            cast(dict[str, Any], self.scope["extensions"])[SEND_NOW] = self.send_now
        event.headers.clear()  # the scope has them; the parser would keep them as long as the socket is open

    async def send(self, message: Any) -> None:
        await super().send(message)
        if message["type"] == "websocket.accept":
            del self.response  # it has been sent

    def send_now(self, text: str) -> bool:
        if self.close_sent or self.disconnected or self.transport.is_closing() or not self.writable.is_set():
            return False
        self.transport.write(frame(text))
        return True
