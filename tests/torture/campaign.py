"""One campaign: a town, a site that keeps dying, people who write down what they are told, and the verdict."""

import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from tests.region import build_valley
from tests.torture import checker, history, tables, town
from tests.torture.chaos import Chaos
from tests.torture.database import Database
from tests.torture.drivers import Driver
from tests.torture.outcome import Outcome, complaints_of, counted, proving_nothing
from tests.torture.people import Person
from tests.torture.processes import Site, environment
from tests.torture.riders import Rider
from tests.torture.watcher import Watcher
from tests.torture.wire import Wire

LAST_WORDS_S = 60
"""So long people may go on after the end, with what they have begun."""


def run(*, seconds: float, seed: int, web: int, without_lock: bool = False, keep: bool = False) -> Outcome:
    """Torture a site of its own for so long, and say what was found. Ends early at the first overfull car."""
    with _folder(keep) as folder, Database(folder / "postgres") as database:
        _become_the_site(database, folder)
        valley = town.settle()
        if without_lock:
            database.drop_checks()
            os.environ["TORTURE_WITHOUT_LOCK"] = "1"
        ending = threading.Event()
        with history.Journal(folder / "history.jsonl") as journal, Site(web, folder, os.environ) as site:
            site.wait()
            wire = Wire(site, journal)
            people: list[Person] = [Driver(who, valley, wire, seed, ending) for who in valley.drivers]
            people += [Rider(who, valley, wire, seed, ending) for who in valley.riders]
            watcher, chaos = Watcher(database.url, ending), Chaos(seed, site, database, ending)
            # The control is calm, so that nothing is wrong but the lock.
            _let_live(seconds, ending, people, [watcher] if without_lock else [watcher, chaos])
        database.crash()  # what was acknowledged has to be on the disk
        attempts = history.read(folder / "history.jsonl")
        with psycopg.connect(database.url) as connection:
            left, jobs = tables.read(connection), tables.read_jobs(connection)
        counts = counted(attempts) | {"looks": watcher.looks, "deadlocks": database.deadlocks()}
        counts |= {f"kills of {kind}": chaos.strikes[kind] for kind in ("web", "worker", "database")}
        counts |= {f"restarts of {kind}": site.restarts[kind] for kind in ("web", "worker")}
        counts |= {f"jobs {status}": count for status, count in jobs.items()}
        violations = [*watcher.seen, *checker.violations(attempts, left), *proving_nothing(counts)]
        return Outcome(counts, list(dict.fromkeys(violations)), complaints_of(site))


def _let_live(
    seconds: float, ending: threading.Event, people: Sequence[Person], others: Sequence[threading.Thread]
) -> None:
    """Until the time is over, or somebody has seen enough; what breaks in a thread breaks the campaign."""
    broken: list[BaseException | None] = []

    def end(what: Any) -> None:
        broken.append(what.exc_value)
        ending.set()

    threading.excepthook = end
    for thread in (*others, *people):
        thread.start()
    try:
        ending.wait(seconds)
    finally:
        ending.set()
        for thread in others:  # or the database would be started again that we stop
            thread.join()
    until = time.monotonic() + LAST_WORDS_S
    for person in people:
        person.join(max(0.0, until - time.monotonic()))
        if person.is_alive():
            raise RuntimeError(f"{person.who.name} does not come to an end.")
    if broken:
        raise RuntimeError("The campaign itself is broken.") from broken[0]


@contextmanager
def _folder(keep: bool) -> Iterator[Path]:
    """Where everything of this campaign is: PostgreSQL's data, logs, the history."""
    folder = Path(tempfile.mkdtemp(prefix="detour-torture-"))
    try:
        yield folder
    finally:
        if keep:
            sys.stdout.write(f"kept: {folder}\n")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _become_the_site(database: Database, folder: Path) -> None:
    """Make this process, and all that it starts, the site over `database`."""
    ours = environment(
        DJANGO_SETTINGS_MODULE="tests.torture.settings",
        DJANGO_DEBUG=1,
        DATABASE_URL=database.url,
        DETOUR_VAR=folder / "var",
        DETOUR_REGION_DIR=build_valley(Path(tempfile.gettempdir()) / f"detour-tests-{os.getuid()}"),
        PYTHONUNBUFFERED=1,
    )
    os.environ.clear()
    os.environ.update(ours)
    import django

    django.setup()
