"""The one socket: join, leave, acknowledge, ping; everything else goes over HTTP."""

import asyncio
import json
import logging
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import Error as DatabaseProblem

from realtime import streams
from realtime.access import NobodyThere, access, may_hear
from realtime.asgi_extension import SEND_NOW, never
from realtime.database import in_database
from realtime.hub import Hub, hub
from realtime.sessions import SignedIn
from realtime.streams import Cursor
from realtime.topics import is_name
from realtime.viewer import SIGNED_OUT, Viewer

logger = logging.getLogger(__name__)
MAX_TOPICS = 200  # a socket
MAX_TEXT = 20_000  # characters a message
MAX_ERRORS = 5
MESSAGES_A_SECOND, BURST = 5, 100  # what a page that is looked at and scrolled never reaches
NONSENSE, FAILED = 4400, 1011  # close codes
CLOSE_TIMEOUT_S = 1.0


class BadMessage(Exception):
    """The client sent something this socket does not understand; the argument is the code it gets."""


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
    """Translates between a socket and its Viewer."""

    groups = ()  # the hub knows who hears what

    viewer: Viewer
    _hub: Hub | None = None
    _writer: asyncio.Task[None] | None = None
    _stopping: asyncio.Task[None] | None = None
    _errors = 0
    _said, _said_at_s = 0.0, 0.0

    def __init__(self, signed_in: SignedIn | None) -> None:
        super().__init__()
        self._signed_in = signed_in

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """As a consumer's own, which besides waits in two more tasks for a channel that this one has not, and looks
        after connections to the database that this one does not use."""
        self._app = asyncio.current_task()
        self.scope, self.base_send = scope, send
        try:
            while (message := await receive())["type"] != "websocket.disconnect":
                if message["type"] == "websocket.connect":
                    await self.connect()
                else:
                    await self.receive(message.get("text"), message.get("bytes"))
        except asyncio.CancelledError:
            if self._stopping is None:
                raise
        finally:
            await self._leave()

    async def connect(self) -> None:
        send_now = self.scope.get("extensions", {}).get(SEND_NOW, never)
        ways = {"send": self._send_text, "send_now": send_now, "stop": self._stop, "drop": self._drop}
        self.viewer = Viewer(self._signed_in, **ways)
        await self.accept()
        self._hub = hub()  # not earlier: an empty hub may end while we wait
        await self._hub.enter(self.viewer)  # before the head is read, so that nothing falls in between
        self._writer = asyncio.create_task(self.viewer.write())
        self._writer.add_done_callback(self._writer_ended)
        try:
            await self._hello()
        except NobodyThere:
            self._stop(SIGNED_OUT)

    async def _hello(self) -> None:
        person_id = self.viewer.person_id
        if person_id is None:
            self.viewer.reply({"type": "hello", "person": None, "epoch": None, "head": 0})
            return
        cursor = _cursor(self.scope["query_string"])
        self.viewer.hidden, head = await in_database(_arrive, person_id, cursor)
        self.viewer.reply({"type": "hello", "person": person_id, "epoch": str(head.epoch), "head": head.seq})
        self.viewer.start_from(cursor or head, head)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        try:
            self._require_calm()
            await self._do(_parse(text_data))
        except BadMessage as problem:
            self._errors += 1
            self.viewer.reply({"type": "error", "code": str(problem)})
            if self._errors >= MAX_ERRORS:
                self._stop(NONSENSE)
        except NobodyThere:
            self._stop(SIGNED_OUT)
        except DatabaseProblem:
            logger.warning("A message could not be answered.", exc_info=True)
            self.viewer.reply({"type": "error", "code": "try_again"})

    def _require_calm(self) -> None:
        """A leaky bucket: so many messages at once, and then so many a second."""
        now_s = asyncio.get_running_loop().time()
        self._said = max(self._said - (now_s - self._said_at_s) * MESSAGES_A_SECOND, 0) + 1
        self._said_at_s = now_s
        if self._said > BURST:
            raise BadMessage("too_many")

    async def _do(self, message: dict[str, Any]) -> None:
        match message:
            case {"do": "join", "topics": list(topics)}:
                await self._join(topics)
            case {"do": "leave", "topics": list(topics)}:
                self._drop(frozenset(topic for topic in topics if is_name(topic)))
            case {"do": "ack", "seq": int(seq)} if 0 <= seq < 2**63:
                if self.viewer.person_id is not None:
                    await in_database(streams.acknowledge, self.viewer.person_id, seq)
            case {"do": "ping"}:
                self.viewer.reply({"type": "pong"})
            case _:
                raise BadMessage("not_understood")

    async def _join(self, topics: list[Any]) -> None:
        assert self._hub is not None
        wanted = {topic for topic in topics if is_name(topic)}
        may = await in_database(may_hear, self.viewer.person_id, wanted)
        new = sorted(may - self.viewer.topics)
        await self._hub.join(self.viewer, new[: MAX_TOPICS - len(self.viewer.topics)])
        joined = wanted & self.viewer.topics
        refused = [topic for topic in topics if not isinstance(topic, str) or topic not in joined]
        self.viewer.reply({"type": "joined", "topics": sorted(joined), "refused": refused})

    # --- what the viewer asks for --------------------------------------------------------------------------------

    async def _send_text(self, text: str) -> None:
        await self.base_send({"type": "websocket.send", "text": text})

    def _drop(self, topics: frozenset[str]) -> None:
        assert self._hub is not None
        self._hub.drop(self.viewer, topics & self.viewer.topics)

    def _stop(self, code: int) -> None:
        if self._stopping is None:
            self._stopping = asyncio.create_task(self._close_soon(code))

    async def _close_soon(self, code: int) -> None:
        """Say goodbye if the page still reads, then end, whether it reads or not."""
        if self._writer is not None:
            self._writer.cancel()
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                await self.close(code)
        except (OSError, RuntimeError):  # too slow, or gone meanwhile
            pass
        if self._app is not None:
            self._app.cancel()

    def _writer_ended(self, writer: asyncio.Task[None]) -> None:
        if writer.cancelled() or isinstance(writer.exception(), OSError | RuntimeError):
            return  # the socket has closed
        logger.error("A socket's writer failed.", exc_info=writer.exception())
        self._stop(FAILED)

    async def _leave(self) -> None:
        if self._writer is not None:
            self._writer.cancel()
        if self._hub is not None:
            await self._hub.leave(self.viewer)


def _arrive(person_id: int, cursor: Cursor | None) -> tuple[frozenset[int], Cursor]:
    """Whose events are kept back, and where the own stream ends; in one go, since thousands may come at once."""
    return access(person_id, ()).hidden, streams.greet(person_id, cursor)


def _cursor(query_string: bytes) -> Cursor | None:
    """The client's cursor; None without one; one that no stream knows, so that it hears resync, when it is nonsense."""
    query = parse_qs(query_string.decode("latin-1"), keep_blank_values=True)
    if "after" not in query:
        return None
    try:
        return Cursor.parse(f"{query.get('epoch', [''])[0]}:{query['after'][0]}")
    except ValueError:
        return Cursor(UUID(int=0), 0)


def _parse(text: str | None) -> dict[str, Any]:
    if text is None:
        raise BadMessage("not_text")
    if len(text) > MAX_TEXT:
        raise BadMessage("too_long")
    try:
        message = json.loads(text)
    except ValueError:
        raise BadMessage("not_json") from None
    if not isinstance(message, dict):
        raise BadMessage("not_understood")
    return message
