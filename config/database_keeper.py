"""Who uses the private PostgreSQL, and the small process that stops it when nobody does any more.

Every user holds a shared lock on the file `users` for as long as it lives; the kernel drops the lock however the
process ends, SIGKILL included. So no count can go wrong: the keeper just waits until it could have the file alone.
"""

import argparse
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from config.private_postgres import DatabaseUnavailable, PrivatePostgres

NAMES = ("start", "users", "keeper")


def make_locks(directory: Path) -> None:
    """Create the files to lock beside the data in `directory`. They stay; only the locks come and go."""
    locks = _locks(directory)
    locks.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        (locks / name).touch(exist_ok=True)


def hold(directory: Path, name: str, how: int) -> int:
    """Lock the file `name` that goes with the data in `directory`; the lock lasts as long as the descriptor.

    `start` to start or stop, `users` while using, `keeper` to be the keeper. Never two but in this order:
    users (shared), start; or start, users (without waiting).
    """
    descriptor = os.open(_locks(directory) / name, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _locks(directory: Path) -> Path:
    return directory.with_name(directory.name + ".locks")


@contextmanager
def holding(directory: Path, name: str, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """`hold`, for a block."""
    descriptor = hold(directory, name, how)
    try:
        yield
    finally:
        os.close(descriptor)


def ensure_keeper(directory: Path, linger_s: float) -> None:
    """Have a keeper for the server over `directory`, that waits `linger_s` after the last user left."""
    try:
        with holding(directory, "keeper", fcntl.LOCK_EX | fcntl.LOCK_NB):
            pass
    except BlockingIOError:
        return  # there is one
    subprocess.run(
        [sys.executable, "-m", "config.database_keeper", str(directory), str(linger_s)],
        cwd=Path(__file__).resolve().parent.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=True,
    )


def keep(server: PrivatePostgres, linger_s: float, keeper: int) -> None:
    """Return when nobody uses the server and it is stopped; `keeper` is the descriptor of our lock of that name."""
    while True:
        with holding(server.directory, "users"):
            pass
        time.sleep(linger_s)
        with (
            holding(server.directory, "start"),
            suppress(BlockingIOError),  # someone came back: wait again
            holding(server.directory, "users", fcntl.LOCK_EX | fcntl.LOCK_NB),
        ):
            if server.is_running():
                server.stop()
            # Before `start` is free: who waits for it looks for a keeper next, and must not take us for one.
            os.close(keeper)
            return


def main() -> None:
    """Become the keeper in the background, unless there is one; the caller goes on as soon as the lock is ours."""
    parser = argparse.ArgumentParser(prog="python -m config.database_keeper")
    parser.add_argument("directory", type=Path)
    parser.add_argument("linger_s", type=float)
    arguments = parser.parse_args()
    server = PrivatePostgres(arguments.directory)
    try:
        keeper = hold(server.directory, "keeper", fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    if os.fork():
        os._exit(0)
    os.setsid()  # Ctrl-C in the terminal is for the site, not for its database
    os.dup2(os.open(os.devnull, os.O_RDWR), 2)  # or `make demo | tee` would wait for us
    with suppress(DatabaseUnavailable, FileNotFoundError):  # or the whole folder was deleted
        keep(server, arguments.linger_s, keeper)


if __name__ == "__main__":
    main()
