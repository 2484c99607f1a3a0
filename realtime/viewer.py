"""One open page: what it still has to be sent, and the one task that sends it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from django.db import Error as DatabaseProblem

from realtime.access import NobodyThere, access, person_now
from realtime.asgi_extension import SendNow, never
from realtime.database import in_database
from realtime.delivery import Delivery, deliver
from realtime.publish import encode
from realtime.sessions import SignedIn
from realtime.streams import Cursor

logger = logging.getLogger(__name__)
MAX_WAITING = 300  # things on public topics, each with its newest event only
MAX_REPLIES = 100
SIGNED_OUT, TOO_SLOW, RESTARTING = 4401, 4408, 1012  # close codes


class Viewer:
    """Everything put in here returns at once; a page that does not read holds up nobody but itself.

    `send` writes one text and waits while the page does not read; `send_now` writes one at once, or not at all (see
    `realtime.asgi_extension`); `stop` closes the socket with a code, soon; `drop` takes the page off topics.
    """

    def __init__(
        self,
        signed_in: SignedIn | None,
        *,
        send: Callable[[str], Awaitable[None]],
        send_now: SendNow = never,
        stop: Callable[[int], None],
        drop: Callable[[frozenset[str]], None],
    ) -> None:
        self.signed_in = signed_in
        self.topics: set[str] = set()
        self.hidden: frozenset[int] = frozenset()
        self.cursor: Cursor | None = None
        self.checked_at_s = asyncio.get_running_loop().time()
        self._send, self._send_now, self._stop, self._drop = send, send_now, stop, drop
        self._replies: list[str] = []
        self._newest: dict[str, tuple[int, str]] = {}
        self._behind = self._must_check = False
        self._asleep: asyncio.Future[None] | None = None

    @property
    def person_id(self) -> int | None:
        return self.signed_in.person_id if self.signed_in else None

    # --- put in by the hub and by the consumer; never waits ------------------------------------------------------

    def reply(self, message: dict[str, Any]) -> None:
        """Answers leave in order and before everything else."""
        self._replies.append(encode(message))
        self._wake()
        if len(self._replies) > MAX_REPLIES:
            self.stop(TOO_SLOW)

    def show(self, key: str, version: int, text: str, about: int | None = None) -> None:
        """Of each thing only the newest version waits; too many things close the socket."""
        if about is not None and about in self.hidden:
            return
        if self._is_idle() and self._send_now(text):  # a thousand pages hear at once, not one task after the other
            return
        waiting = self._newest.get(key)
        if waiting is None or version >= waiting[0]:
            self._newest[key] = (version, text)
        self._wake()
        if len(self._newest) > MAX_WAITING:
            self.stop(TOO_SLOW)

    def look(self, head: int, epoch: object = None) -> None:
        """The own stream is said to be at `head`; go and read if that is news."""
        if self.cursor is not None and (head > self.cursor.seq or epoch not in (None, self.cursor.epoch)):
            self._behind = True
            self._wake()

    def start_from(self, cursor: Cursor, head: Cursor) -> None:
        self.cursor = cursor
        self._behind = cursor != head
        self._wake()

    def check_again(self) -> None:
        """Nothing more is sent before access to every topic has been asked again."""
        self._must_check = True
        self._wake()

    def stop(self, code: int) -> None:
        self._replies.clear()
        self._newest.clear()
        self._stop(code)

    # --- the writer ----------------------------------------------------------------------------------------------

    async def write(self) -> None:
        """Send what waits, for as long as the socket is open."""
        while True:
            while await self._step():
                pass
            self._asleep = asyncio.get_running_loop().create_future()
            await self._asleep

    def _is_idle(self) -> bool:
        """Nothing waits to be sent or done, and nothing is on its way."""
        asleep = self._asleep is not None and not self._asleep.done()
        return asleep and not (self._must_check or self._behind or self._newest or self._replies)

    def _wake(self) -> None:
        if self._asleep is not None and not self._asleep.done():
            self._asleep.set_result(None)

    async def _step(self) -> bool:
        """Send or do one thing; False when nothing waits."""
        if self._replies:
            await self._send(self._replies.pop(0))
        elif self._must_check:
            await self._check()
        elif self._behind:
            await self._catch_up()
        elif self._newest:
            _, text = self._newest.pop(next(iter(self._newest)))
            await self._send(text)
        else:
            return False
        return True

    async def _catch_up(self) -> None:
        self._behind = False  # before reading: a hint that comes meanwhile counts
        assert self.cursor is not None and self.person_id is not None
        try:
            delivery = await in_database(_deliver, self.person_id, self.cursor)
        except NobodyThere:
            return self.stop(SIGNED_OUT)
        except DatabaseProblem:
            logger.warning("A stream could not be read; the next heartbeat tries again.", exc_info=True)
            return
        for message in delivery.messages:
            await self._send(encode(message))
        self.cursor = delivery.cursor
        self._behind |= delivery.head > delivery.cursor.seq

    async def _check(self) -> None:
        self._must_check = False
        topics = frozenset(self.topics)
        try:
            now = await in_database(access, self.person_id, topics)
        except NobodyThere:
            return self.stop(SIGNED_OUT)
        except DatabaseProblem:
            logger.warning("Access could not be checked; the next heartbeat tries again.", exc_info=True)
            self.checked_at_s = float("-inf")
            return
        self.hidden = now.hidden
        self.checked_at_s = asyncio.get_running_loop().time()
        if refused := topics - now.topics:
            self._newest.clear()  # what waits may be of a topic that is closed now; heartbeats heal the others
            self._drop(refused)
            self.reply({"type": "joined", "topics": sorted(self.topics), "refused": sorted(refused)})


def _deliver(person_id: int, after: Cursor) -> Delivery:
    return deliver(person_now(person_id), after)
