"""Open pages as light as they can be, so that what is measured is the server: a socket, and when something came."""

import asyncio
import json
import socket
import time
from collections.abc import Callable
from typing import Any

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.uri import parse_uri

TOGETHER = 50
"""So many connect at a time: more would wait in the server's queue."""


class Page(asyncio.Protocol):
    """Speaks the protocol by the `websockets` library's own rules; keeps nothing but what it was asked to look for."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self._rules = ClientProtocol(parse_uri(url))
        self._headers = headers
        self._transport: asyncio.Transport
        self._texts: asyncio.Queue[str] | None = asyncio.Queue()
        self._looks_for = ""
        self._all: Callable[[str], None] | None = None
        self._found: Callable[[float], None] = lambda at: None
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.frames = self.bytes = 0

    # --- what a bench does with it ------------------------------------------------------------------------------

    def say(self, message: dict[str, Any]) -> None:
        self._rules.send_text(json.dumps(message).encode())
        self._flush()

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next message of this type. Raises OSError when the socket has closed."""
        assert self._texts is not None
        while True:
            text = await self._texts.get()
            if not text:
                raise OSError("closed")
            message: dict[str, Any] = json.loads(text)
            if message["type"] == kind:
                return message

    def only_look_for(self, text: str, found: Callable[[float], None]) -> None:
        """Tell `found` when a message with `text` in it comes, by `time.perf_counter`; forget all others."""
        self._texts, self._looks_for, self._found = None, text, found

    def read_all(self, take: Callable[[str], None]) -> None:
        """Hand every message to `take` from now on."""
        assert self._texts is not None
        self._texts, self._all, waiting = None, take, self._texts
        while not waiting.empty():
            take(waiting.get_nowait())

    def stall(self) -> None:
        """A phone in a tunnel: what is sent is not read."""
        self._transport.pause_reading()

    def read_on(self) -> None:
        self._transport.resume_reading()

    def leave(self) -> None:
        self._transport.abort()

    # --- what the event loop does ---------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        request = self._rules.connect()
        for name, value in self._headers.items():
            request.headers[name] = value
        self._rules.send_request(request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        self.bytes += len(data)
        self._rules.receive_data(data)
        for event in self._rules.events_received():
            if isinstance(event, Response):
                self._answered(event)
            elif isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._take(bytes(event.data).decode())
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._texts is not None:
            self._texts.put_nowait("")
        for future in (self.opened, self.closed):
            if not future.done():
                future.set_result(None) if future is self.closed else future.set_exception(OSError("refused"))

    def _answered(self, response: Response) -> None:
        if self._rules.handshake_exc is not None:
            self._transport.abort()
        elif not self.opened.done():
            self.opened.set_result(None)

    def _take(self, text: str) -> None:
        self.frames += 1
        if self._texts is not None:
            self._texts.put_nowait(text)
        elif self._all is not None:
            self._all(text)
        elif self._looks_for in text:
            self._found(time.perf_counter())

    def _flush(self) -> None:
        for data in self._rules.data_to_send():
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                self._transport.write_eof()


async def open_page(port: int, path: str, headers: dict[str, str], *, buffer: int = 0) -> Page:
    """A page that is connected; its system keeps `buffer` bytes for it, if that is said. Raises OSError."""
    loop = asyncio.get_running_loop()
    line = socket.socket()
    line.setblocking(False)
    if buffer:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    await loop.sock_connect(line, ("127.0.0.1", port))
    url = f"ws://127.0.0.1:{port}{path}"
    _transport, page = await loop.create_connection(lambda: Page(url, headers), sock=line)
    await page.opened
    return page


async def open_pages(ports: list[int], path: str, count: int, join: str = "", *, buffer: int = 0) -> list[Page]:
    """So many, shared out over the ports; with `join` each hears that topic when this returns."""
    turns = asyncio.Semaphore(TOGETHER)

    async def one(number: int) -> Page:
        async with turns:
            port = ports[number % len(ports)]
            page = await open_page(port, path, {"Origin": f"http://127.0.0.1:{port}"}, buffer=buffer)
            if join:
                page.say({"do": "join", "topics": [join]})
                await page.hear("joined")
            return page

    return list(await asyncio.gather(*[one(number) for number in range(count)]))
