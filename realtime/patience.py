"""`GET /api/v1/events/?after=…&wait=25`: for who has no socket, an empty answer is kept back until there is news.

Inside Django it would hold a thread for as long as somebody waits. So the waiting is done around it: the request is
answered, and if that says that there is no news (`nothing_yet`), it is answered anew once the stream has moved.
"""

import asyncio
import re
from typing import Any

from django.http import HttpRequest

from realtime import streams
from realtime.database import in_database
from realtime.hub import hub
from realtime.viewer import Viewer

PATH = "/api/v1/events/"
LONGEST_S = 25
"""Shorter than what proxies and phones call a dead connection."""
_KEY = "realtime.waiting"
_WAIT = re.compile(rb"(?:^|&)wait=([0-9]{1,2})(?:&|$)")
Message = dict[str, Any]


def nothing_yet(request: HttpRequest, person_id: int, seq: int) -> None:
    """The view's word that this answer may wait until the person's stream is past `seq`."""
    waiting = getattr(request, "scope", {}).get(_KEY)
    if waiting is not None:
        waiting.append((person_id, seq))


class Patience:
    """Wraps the ASGI application that answers HTTP."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        wait_s = _wait_s(scope)
        if not wait_s:
            await self._app(scope, receive, send)
            return
        request = await receive()
        waiting: list[tuple[int, int]] = []
        answer = await self._answer({**scope, _KEY: waiting}, request)
        if waiting:
            if not await _news(*waiting[0], wait_s, receive):
                return  # the client is gone
            answer = await self._answer(scope, request)
        for message in answer:
            await send(message)

    async def _answer(self, scope: dict[str, Any], request: Message) -> list[Message]:
        rest, answer = [request], []

        async def receive() -> Message:
            return rest.pop() if rest else await asyncio.Future()  # nobody hangs up meanwhile

        async def send(message: Message) -> None:
            answer.append(message)

        await self._app(scope, receive, send)
        return answer


class Waiter(Viewer):
    """Sits among the pages of the hub, and only wants to know that the stream has moved."""

    def __init__(self, person_id: int, seq: int) -> None:
        super().__init__(None, send=_nothing, stop=lambda code: None, drop=lambda topics: None)
        self.moved = asyncio.Event()
        self._of, self._seq = person_id, seq

    @property
    def person_id(self) -> int:
        return self._of

    def look(self, head: int, epoch: object = None) -> None:
        if head > self._seq:
            self.moved.set()

    def show(self, key: str, version: int, text: str, about: int | None = None) -> None:
        """Nothing is sent to it."""


async def _nothing(_text: str) -> None: ...


async def _news(person_id: int, seq: int, wait_s: int, receive: Any) -> bool:
    """Wait for news, or until the time is over; False when the client has hung up."""
    waiter = Waiter(person_id, seq)
    here = hub()
    await here.enter(waiter)
    if (await in_database(streams.head, person_id)).seq > seq:  # it moved before we listened
        waiter.moved.set()
    gone, moved = asyncio.ensure_future(receive()), asyncio.ensure_future(waiter.moved.wait())
    try:
        await asyncio.wait([gone, moved], timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
        return not gone.done()
    finally:
        gone.cancel()
        moved.cancel()
        await here.leave(waiter)


def _wait_s(scope: dict[str, Any]) -> int:
    if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "GET":
        return 0
    found = _WAIT.search(scope["query_string"])
    return min(int(found[1]), LONGEST_S) if found else 0
