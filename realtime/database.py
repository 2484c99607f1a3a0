"""The way from the event loop to the database: few threads of our own, connections given back after each call."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

THREADS = 4  # so many connections of the pool may all sockets of a process take together

P = ParamSpec("P")
T = TypeVar("T")
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="realtime")


async def in_database(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that reads or writes the database, without holding up the loop."""
    # Without an executor of its own every socket of the process would queue behind one thread that all share.
    run = database_sync_to_async(function, thread_sensitive=False, executor=_threads)
    result: T = await run(*args, **kwargs)
    return result
