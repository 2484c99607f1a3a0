"""What people sent and what they were told, one JSON line before a request and one after its answer."""

import itertools
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any, Self

UNSETTLED = ("in_progress", "plan_changed", "too_many_requests", "busy")
"""Codes of answers about one moment only: the same command may be tried again under its key."""
REUSED = "idempotency_key_reused"


@dataclass(frozen=True, slots=True)
class Call:
    """One command of one person under one key. `about` is the id of the offer, booking or card that it is a step of."""

    person: int
    key: str
    kind: str
    about: int | None
    method: str
    path: str
    body: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Told:
    """An answer that arrived whole; `made` is the id in it, `digest` the SHA-256 of its bytes."""

    at: float
    status: int
    code: str
    made: int | None
    digest: str
    replayed: bool


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request. Without `told` nobody knows what became of it; `lost` says how that came."""

    call: Call
    sent_at: float
    told: Told | None = None
    lost: str = ""


class Journal:
    """The history file, written by many threads. A line is written before its request is sent."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("w", buffering=1)
        self._numbers = itertools.count(1)
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def sending(self, call: Call, at: float) -> int:
        with self._lock:
            number = next(self._numbers)
            self._write({"n": number, "sent_at": at, "call": asdict(call)})
        return number

    def told(self, number: int, told: Told) -> None:
        with self._lock:
            self._write({"n": number, "told": asdict(told)})

    def lost(self, number: int, why: str) -> None:
        with self._lock:
            self._write({"n": number, "lost": why})

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")


def read(path: Path) -> list[Attempt]:
    """The attempts in the order in which they were sent."""
    attempts: dict[int, Attempt] = {}
    for text in path.read_text().splitlines():
        line = json.loads(text)
        if "call" in line:
            attempts[line["n"]] = Attempt(Call(**line["call"]), line["sent_at"])
        elif "told" in line:
            attempts[line["n"]] = replace(attempts[line["n"]], told=Told(**line["told"]))
        else:
            attempts[line["n"]] = replace(attempts[line["n"]], lost=line["lost"])
    return list(attempts.values())


@dataclass(frozen=True)
class Deed:
    """Everything that was tried under one key with one body: it happened, it did not, or nobody was told."""

    call: Call
    attempts: tuple[Attempt, ...]

    @cached_property
    def answers(self) -> list[Told]:
        """Of those that last: the effect's, or a refusal's that is kept under the key."""
        told = (attempt.told for attempt in self.attempts if attempt.told)
        return [one for one in told if one.status < 500 and one.code not in (*UNSETTLED, REUSED)]

    @cached_property
    def acknowledged(self) -> bool:
        return any(one.status < 300 for one in self.answers)

    @cached_property
    def refused(self) -> bool:
        """Told that it did not happen, or never told anything but that it did not happen just then."""
        if self.acknowledged:
            return False
        return bool(self.answers) or all(one.told and one.told.status < 500 for one in self.attempts)

    @property
    def possible(self) -> bool:
        """Whether it may have happened."""
        return not self.refused

    @cached_property
    def began_at(self) -> float:
        return min(one.sent_at for one in self.attempts)

    @cached_property
    def known_at(self) -> float:
        """When its person was first told for good; the end of time if never."""
        return min((one.at for one in self.answers), default=float("inf"))

    @cached_property
    def made(self) -> int | None:
        """The id in its answer."""
        return next((one.made for one in self.answers if one.status < 300), None)


def deeds_of(attempts: Iterable[Attempt]) -> list[Deed]:
    """Attempts by person, key and body."""
    together: dict[str, list[Attempt]] = {}
    for attempt in attempts:
        call = attempt.call
        together.setdefault(json.dumps([call.person, call.key, call.path, call.body]), []).append(attempt)
    return [Deed(same[0].call, tuple(same)) for same in together.values()]
