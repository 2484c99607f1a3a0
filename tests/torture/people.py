"""What everybody in a campaign does alike: look, choose, and insist under one key until the answer is for good."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from tests.torture.history import UNSETTLED, Call, Told
from tests.torture.wire import Wire

AT_ONCE = 4
"""So often an impatient finger sends the same command at the same time."""
TRIES, LAST_TRIES = 30, 3
"""Of one command; and of one that is still open when the campaign ends."""


@dataclass(frozen=True)
class Somebody:
    """A person of the database."""

    id: int
    name: str
    token: str


@dataclass(frozen=True)
class Town:
    """Doors by the driver who passes there, the store to which all drive, and who lives there."""

    doors: dict[str, list[dict[str, Any]]]
    store: dict[str, Any]
    drivers: list[Somebody]
    riders: list[Somebody]


class Person(threading.Thread):
    """Acts until `ending` is set; a subclass says how."""

    think_s = (0.0, 0.3)

    def __init__(self, who: Somebody, town: Town, wire: Wire, seed: int, ending: threading.Event) -> None:
        super().__init__(daemon=True)
        self.who, self.town, self.ending = who, town, ending
        self.chance = random.Random(f"{who.name} {seed}")
        self._wire = wire
        self._keys = 0

    def run(self) -> None:
        while not self.ending.wait(self.chance.uniform(*self.think_s)):
            self.act()

    def act(self) -> None:
        """One thing that this person does."""
        raise NotImplementedError

    def look(self, path: str) -> list[dict[str, Any]]:
        """The newest rows of a list."""
        page = self._wire.look(self.who.token, path, self.chance)
        return page["results"] if page else []

    def one_of(self, things: list[Any]) -> Any:
        return self.chance.choice(things) if things else None

    def choose(self, ways: dict[Callable[[], None], int]) -> None:
        """Do one of them; each has its weight."""
        [way] = self.chance.choices(list(ways), list(ways.values()))
        way()

    def new_key(self) -> str:
        self._keys += 1
        return f"{self.who.name}-{self._keys}"

    def step(self, kind: str, about: int, path: str) -> Told | None:
        """A command without a body."""
        return self.insist(Call(self.who.id, self.new_key(), kind, about, "POST", path, None))

    def insist(self, call: Call, other: dict[str, Any] | None = None) -> Told | None:
        """Send until the answer is for good; sometimes give up, sometimes ask again, or send `other` under the key."""
        if other and self.chance.random() < 0.03:  # a program that mixes up its keys, at the same moment
            with ThreadPoolExecutor(2) as hands:
                hands.submit(self._send, replace(call, body=other), random.Random(call.key))
                told = hands.submit(self._send, call, random.Random(call.key + "'")).result()
        elif self.chance.random() < 0.12:
            told = self._tap(call)
        else:
            told = self._send(call, self.chance)
        gives_up = self.chance.random() < 0.15
        tries = TRIES
        while not _for_good(told) and not gives_up and tries:
            tries = min(tries, LAST_TRIES if self.ending.is_set() else TRIES) - 1
            time.sleep(self.chance.uniform(0.1, 0.4))
            told = self._send(call, self.chance)
        if self.chance.random() < 0.15:
            self._send(call, self.chance)
        if other and self.chance.random() < 0.1:
            self._send(replace(call, body=other), self.chance)
        return told if _for_good(told) else None

    def _tap(self, call: Call) -> Told | None:
        with ThreadPoolExecutor(AT_ONCE) as fingers:
            taps = [fingers.submit(self._send, call, random.Random(f"{call.key} {i}")) for i in range(AT_ONCE)]
        return next((told for tap in taps if _for_good(told := tap.result())), None)

    def _send(self, call: Call, chance: random.Random) -> Told | None:
        return self._wire.send(self.who.token, call, chance)


def _for_good(told: Told | None) -> bool:
    return told is not None and told.status < 500 and told.code not in UNSETTLED
