"""What became of a message."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Delivered:
    """Whoever carries it on has taken it."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """It need not be told any more."""

    why: str


@dataclass(frozen=True, slots=True)
class Gone:
    """There is nobody at this address any more."""

    why: str


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Not now; `after_s` seconds, if the other side has asked for them."""

    why: str
    after_s: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """Another try would end alike."""

    why: str


Outcome = Delivered | Dropped | Gone | TryAgain | Failed
