"""What goes wrong during a campaign: strikes at random, drawn from a seed."""

import random
import threading
from collections import Counter

from tests.torture.database import Database
from tests.torture.processes import Site

PAUSE_S = (2.0, 8.0)
"""Between two strikes."""


class Chaos(threading.Thread):
    """Strikes until `ending` is set; `strikes` counts them by kind."""

    def __init__(self, seed: int, site: Site, database: Database, ending: threading.Event) -> None:
        super().__init__(daemon=True)
        self.strikes: Counter[str] = Counter()
        self._random = random.Random(f"chaos {seed}")
        self._site, self._database, self._ending = site, database, ending

    def run(self) -> None:
        while not self._ending.wait(self._random.uniform(*PAUSE_S)):
            [kind] = self._random.choices(["web", "worker", "database", "both"], [8, 4, 2, 1])
            name = self._random.choice(self._site.names[:-1])
            if kind in ("web", "both") and self._site.others_listen(name) and self._site.kill(name):
                self.strikes["web"] += 1
            if kind == "worker" and self._site.kill("worker"):
                self.strikes["worker"] += 1
            if kind in ("database", "both"):
                self._database.crash()
                self.strikes["database"] += 1
