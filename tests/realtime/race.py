"""Things done at once, each in a thread with a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Barrier, Event, get_ident
from time import monotonic
from typing import Any
from unittest import mock

from django.db import connection

PATIENCE_S = 20
WAITS_FOR_ME = (
    "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))"
)


def race(*runners: Callable[[], Any]) -> list[Any]:
    """What each returned or raised, in the order given; all start together."""
    start = Barrier(len(runners))

    def run(runner: Callable[[], Any]) -> Any:
        start.wait(10)
        return runner()

    return _at_once(*(lambda runner=runner: run(runner) for runner in runners))


def overtake(at: str, slow: Callable[[], Any], fast: Callable[[], Any]) -> list[Any]:
    """What `slow` and `fast` returned or raised.

    `slow` stands still right behind its first call of `at` ("rides.bookings.answers.lock_booking"). Now `fast` goes;
    once that has ended, or waits for a lock that `slow` holds, `slow` goes on. So with the locks `fast` is held up, and
    without them it overtakes, every time.
    """
    module, name = at.rsplit(".", 1)
    really = getattr(import_module(module), name)
    looked, done, threads = Event(), Event(), []

    def stand_still(*args: Any, **named: Any) -> Any:
        found = really(*args, **named)
        if get_ident() in threads and not looked.is_set():
            looked.set()
            _until(done)
        return found

    def goes_first() -> Any:
        threads.append(get_ident())
        try:
            return slow()
        finally:
            missed = not looked.is_set()
            looked.set()
            assert not missed, f"{at} was not called"

    def comes_behind() -> Any:
        assert looked.wait(PATIENCE_S)
        try:
            return fast()
        finally:
            done.set()

    with mock.patch(at, stand_still):
        return _at_once(goes_first, comes_behind)


def _until(done: Event) -> None:
    """It has ended, or it waits for us."""
    deadline = monotonic() + PATIENCE_S
    while not done.wait(0.01):
        with connection.cursor() as cursor:
            cursor.execute(WAITS_FOR_ME)
            if cursor.fetchone()[0]:
                return
        assert monotonic() < deadline, "it neither ended nor waits"


def _at_once(*runners: Callable[[], Any]) -> list[Any]:
    def run(runner: Callable[[], Any]) -> Any:
        try:
            return runner()
        except Exception as problem:
            return problem
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runners)) as threads:
        return list(threads.map(run, runners))
