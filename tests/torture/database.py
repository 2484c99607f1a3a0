"""The campaign's own PostgreSQL, fsync on: it can be stopped `immediate`, as if the power went, and started again."""

from pathlib import Path
from typing import Self

import psycopg

from config.private_postgres import PrivatePostgres
from tests.torture.tables import KINDS


class Database:
    """`with Database(…)` runs it in a new folder; at its end it is stopped."""

    def __init__(self, folder: Path) -> None:
        self._server = PrivatePostgres(folder)
        self.url = self._server.url
        self.crashes = 0

    def __enter__(self) -> Self:
        try:
            self._server.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        if self._server.is_running():
            self._server.stop()

    def crash(self) -> None:
        """Every session is cut; what is in memory only is gone. Returns when the server has recovered."""
        self._server._pg_ctl("stop", "-m", "immediate")
        self._server.start()
        self.crashes += 1

    def drop_checks(self) -> None:
        """Of the control: no leg guards its capacity any more."""
        with psycopg.connect(self.url) as connection:
            for kind in KINDS:
                connection.execute(f"ALTER TABLE rides_leg DROP CONSTRAINT leg_{kind}")

    def deadlocks(self) -> int:
        """So often the server ended one."""
        return self._server.log.read_text(errors="replace").count("deadlock detected")
