"""The private PostgreSQL of a site without DATABASE_URL: the first who needs it starts it, the last one's end stops it.

python -m config.embedded_database url | status | stop  [DIRECTORY]
"""

import argparse
import fcntl
import os
import sys
import time
from pathlib import Path

import psycopg

from config.database_keeper import ensure_keeper, hold, holding, make_locks
from config.private_postgres import RECOVERY_S, DatabaseUnavailable, PrivatePostgres

LINGER_S = 10.0  # a command that follows another finds the server warm
DURABLE = ["fsync", "synchronous_commit", "full_page_writes"]

_in_use: dict[Path, int] = {}  # directory → descriptor of this process's lock on `users`, open until the process ends


def start(directory: Path, *, linger_s: float = LINGER_S) -> str:
    """Start the server that keeps its data in `directory`, or join the one that runs; return its URL.

    Raises DatabaseUnavailable, also when the server runs with settings under which a commit may be lost.
    """
    server = PrivatePostgres(directory)
    make_locks(server.directory)
    if server.directory not in _in_use:  # before `start`, so that no keeper stops the server in between
        _in_use[server.directory] = hold(server.directory, "users", fcntl.LOCK_SH)
    with holding(server.directory, "start"):
        server.require_own_version()
        with _connect(server) as connection:
            _require_durability(connection)
        ensure_keeper(server.directory, linger_s)
    return server.url


def stop(directory: Path) -> bool:
    """Stop the server over `directory`, even while others use it; return whether one was running."""
    server = PrivatePostgres(directory)
    if not server.directory.exists():
        return False
    if descriptor := _in_use.pop(server.directory, None):
        os.close(descriptor)
    make_locks(server.directory)
    with holding(server.directory, "start"):
        running = server.is_running()
        if running:
            server.stop()
    return running


def _connect(server: PrivatePostgres) -> psycopg.Connection:
    """A connection to the server, which is started, or waited for while it recovers or shuts down."""
    began = time.monotonic()
    while True:
        if not server.is_running():
            server.start()
        try:
            return psycopg.connect(server.url, autocommit=True)
        except psycopg.OperationalError as error:
            patience_s = RECOVERY_S if "the database system is" in str(error) else 10
            if time.monotonic() - began > patience_s:
                raise DatabaseUnavailable(f"The server over {server.directory} does not answer: {error}") from error
            time.sleep(0.05)


def _require_durability(connection: psycopg.Connection) -> None:
    query = "SELECT name, setting FROM pg_settings WHERE name = ANY(%s) AND setting <> 'on'"
    lax = [f"{name}={setting}" for name, setting in connection.execute(query, [DURABLE])]
    if lax:
        raise DatabaseUnavailable(
            f"The PostgreSQL that runs here has {', '.join(lax)}: a booking could be lost. "
            "Stop it with `python -m config.embedded_database stop` and take that setting back."
        )


def main() -> int:
    """Tell about the server, start it for a moment, or stop it."""
    parser = argparse.ArgumentParser(prog="python -m config.embedded_database", description=__doc__)
    parser.add_argument("verb", choices=["url", "status", "stop"])
    parser.add_argument(
        "directory", type=Path, nargs="?", default=Path(os.environ.get("DETOUR_VAR", "var"), "postgres")
    )
    arguments = parser.parse_args()
    server = PrivatePostgres(arguments.directory)
    if arguments.verb == "url":
        sys.stdout.write(server.url + "\n")
    elif arguments.verb == "status":
        sys.stdout.write("running\n" if server.is_running() else "stopped\n")
    elif stop(arguments.directory):
        sys.stdout.write("stopped\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
