"""Public news on the way from the channel layer to the sockets: two updates a second of a thing, each to a page once.

A bus that fills up changes ten times a second, and no screen needs to follow that; and a page that looks at a cell and
at an offer in it is told of the offer on both topics.
"""

import asyncio
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from typing import Any

from realtime.viewer import Viewer

REST_S = 0.5
REMEMBERED = 5  # heartbeats
Message = dict[str, Any]


@dataclass(slots=True)
class Lately:
    """A thing of which pages have just heard: which version, who, and what waits until they have had their rest."""

    version: int
    told: set[Viewer] = field(default_factory=set)
    waiting: dict[str, Message] = field(default_factory=dict)


class Bursts:
    """What one hub was told of things with a version (0: every message is news)."""

    def __init__(self, viewers: Callable[[str], Set[Viewer]]) -> None:
        self._viewers = viewers
        self._lately: dict[str, Lately] = {}
        self._heard: dict[tuple[str, str], tuple[int, int]] = {}  # topic and thing → version, and at which heartbeat
        self._beats = 0

    def take(self, message: Message) -> None:
        """Hand it to everybody on its topic: now, or after their rest, unless something newer comes meanwhile."""
        topic, key, version = message["topic"], message["key"], message["version"]
        heard, _beat = self._heard.get((topic, key), (0, 0))
        self._heard[topic, key] = max(heard, version), self._beats
        lately = self._lately.get(key)
        if lately is None:
            self._lately[key] = lately = Lately(version)
            self._hand_on(message, lately)
            asyncio.get_running_loop().call_later(REST_S, self._rested, key)
        elif version and version == lately.version:
            self._hand_on(message, lately)
        elif not version or version > lately.version:
            waiting = lately.waiting.get(topic)
            if waiting is None or version >= waiting["version"]:
                lately.waiting[topic] = message

    def has_heard(self, message: Message) -> bool:
        """Whether what a heartbeat found is known: as a rule the message itself has come long before."""
        heard, _beat = self._heard.get((message["topic"], message["key"]), (0, 0))
        return bool(heard >= message["version"] > 0)

    def forget(self) -> None:
        """Once a heartbeat: what no look will find again."""
        self._beats += 1
        self._heard = {
            thing: (version, beat) for thing, (version, beat) in self._heard.items() if beat > self._beats - REMEMBERED
        }

    def _hand_on(self, message: Message, lately: Lately) -> None:
        viewers = self._viewers(message["topic"]) - lately.told
        for viewer in viewers:
            viewer.show(message["key"], message["version"], message["text"], message["about"])
        lately.told |= viewers

    def _rested(self, key: str) -> None:
        waiting = self._lately.pop(key).waiting
        for message in sorted(waiting.values(), key=lambda one: -one["version"]):
            self.take(message)
