"""What somebody expects to find who sends a change (If-Match): looked at early, and again under the lock.

Only HTTP speaks of it, so no command and no domain function carries it along as an argument. A look before the lock
would let two people overwrite each other; one lock more, before those of the domain function, would break the one
lock order. So the look happens inside `rides.locks`, right after the domain function has locked what guards the row.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from rides.errors import RideError


class PreconditionFailed(RideError):
    """What is there is not what the sender saw last."""

    code = "precondition_failed"
    status = 412
    settled = False
    sentence = _("This has changed since you looked at it. Please look again.")


@dataclass(slots=True)
class Expectation:
    """`look` raises PreconditionFailed or NotFound; the locks on rows of `guards` keep its answer true."""

    guards: frozenset[type[Model]]
    look: Callable[[], None]
    to_come: set[type[Model]] = field(default_factory=set)


_expected: ContextVar[Expectation | None] = ContextVar("expected", default=None)


@contextmanager
def expecting(guards: Iterable[type[Model]], look: Callable[[], None]) -> Iterator[None]:
    """The command inside changes something only when it is as the sender saw it.

    Where a row is guarded by the lock of another kind of row, `guards` has that kind; by either of two, both.
    """
    token = _expected.set(Expectation(frozenset(guards), look))
    try:
        yield
    finally:
        _expected.reset(token)


def look_early() -> None:
    """Before anything is computed; a repeated command, which has its stored answer, never gets here."""
    if expected := _expected.get():
        expected.look()


@contextmanager
def under_lock() -> Iterator[None]:
    """Around the change; a change that takes none of the locks is a bug, and nothing of it stays."""
    expected = _expected.get()
    if expected is None:
        yield
        return
    expected.to_come = set(expected.guards)
    yield
    if expected.to_come == expected.guards:
        kinds = " or ".join(sorted(kind.__name__ for kind in expected.guards))
        raise RuntimeError(f"If-Match needs the lock of a {kinds}, and the command took none.")
    expected.to_come = set()


def locked(model: type[Model]) -> None:
    """Rows of this kind are locked now: look, the first time. Nothing is written before the last of them is locked."""
    expected = _expected.get()
    if expected and model in expected.to_come:
        expected.to_come.discard(model)
        expected.look()
