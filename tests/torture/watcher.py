"""Looks at how full the cars are, in one snapshot after the other, while people book."""

import threading

import psycopg

from tests.torture import room, tables

EVERY_S = 0.2


class Watcher(threading.Thread):
    """Looks until `ending` is set, which it sets itself when it has seen a violation."""

    def __init__(self, url: str, ending: threading.Event) -> None:
        super().__init__(daemon=True)
        self.looks = 0
        self.seen: list[str] = []
        self._url, self._ending = url, ending

    def run(self) -> None:
        while not self._ending.wait(EVERY_S):
            try:
                with psycopg.connect(self._url) as connection:
                    self._look_on(connection)
            except psycopg.OperationalError:  # the server is down for a moment
                continue

    def _look_on(self, connection: psycopg.Connection) -> None:
        while not self._ending.wait(EVERY_S):
            self.seen += room.violations(tables.read_room(connection))
            self.looks += 1
            if self.seen:
                self._ending.set()
