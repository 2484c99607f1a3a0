"""What somebody expects to find who sends a change (If-Match): looked at early, and again under the lock.

Only HTTP speaks of it, so no command and no domain function carries it along as an argument. A look before the lock
would let two people overwrite each other; one lock more, before those of the domain function, would break the one
lock order. So the look happens inside `rides.locks`, right after the domain function has locked what guards the row.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

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
    """`look` raises PreconditionFailed or NotFound; the lock on a row of `guard` keeps its answer true."""

    guard: type[Model]
    look: Callable[[], None]
    waits_for_lock: bool = False


_expected: ContextVar[Expectation | None] = ContextVar("expected", default=None)


@contextmanager
def expecting(guard: type[Model], look: Callable[[], None]) -> Iterator[None]:
    """The command inside changes something only when it is as the sender saw it."""
    token = _expected.set(Expectation(guard, look))
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
    """Around the change; a change that locks nothing of the guard's kind is a bug, and nothing of it stays."""
    expected = _expected.get()
    if expected is None:
        yield
        return
    expected.waits_for_lock = True
    yield
    if expected.waits_for_lock:
        raise RuntimeError(f"If-Match needs the lock of a {expected.guard.__name__}, and the command took none.")


def locked(model: type[Model]) -> None:
    """Rows of this kind are locked now; what is changed after them is changed by ourselves."""
    expected = _expected.get()
    if expected and expected.waits_for_lock and model is expected.guard:
        expected.waits_for_lock = False
        expected.look()
