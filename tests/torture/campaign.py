"""One campaign: a town, a site that keeps dying, people who write down what they are told, and the verdict."""

import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.region import build_valley
from tests.torture import checker, history, tables, town
from tests.torture.chaos import Chaos
from tests.torture.database import Database
from tests.torture.drivers import Driver
from tests.torture.people import Person, Somebody, Town
from tests.torture.processes import Site, environment
from tests.torture.riders import Rider
from tests.torture.watcher import Watcher
from tests.torture.wire import Wire

LAST_WORDS_S = 60
"""So long people may go on after the end, with what they have begun."""


@dataclass
class Outcome:
    """What a campaign has counted, and what it has found."""

    counts: dict[str, int]
    errors: Counter[str]
    violations: list[str]


def run(*, seconds: float, seed: int, web: int, without_lock: bool = False) -> Outcome:
    """Torture a site of its own for so long, and say what was found. Ends early at the first overfull car."""
    with _folder() as folder, Database(folder / "postgres") as database:
        valley, drivers, riders = _settle(database, folder)
        if without_lock:
            database.drop_checks()
            os.environ["TORTURE_WITHOUT_LOCK"] = "1"
        journal = history.Journal(folder / "history.jsonl")
        ending = threading.Event()
        with Site(web, folder, os.environ) as site:
            site.wait()
            wire = Wire(site, journal)
            watcher, chaos = Watcher(database.url, ending), Chaos(seed, site, database, ending)
            people: list[Person] = [Driver(who, valley, wire, seed, ending) for who in drivers]
            people += [Rider(who, valley, wire, seed, ending) for who in riders]
            _let_live(seconds, ending, [watcher, chaos, *people])
        database.crash()  # what was acknowledged has to be on the disk
        attempts = history.read(journal.path)
        with psycopg.connect(database.url) as connection:
            left = tables.read(connection)
            jobs = dict(connection.execute("SELECT status::text, count(*) FROM procrastinate_jobs GROUP BY 1"))
        return Outcome(
            counts=_counts(attempts)
            | {f"kills of {kind}": chaos.strikes[kind] for kind in ("web", "worker", "database")}
            | {f"restarts of {kind}": site.restarts[kind] for kind in ("web", "worker")}
            | {"looks at all cars": watcher.looks, "deadlocks": database.deadlocks()}
            | {f"jobs {status}": count for status, count in sorted(jobs.items())},
            errors=_errors(site),
            violations=list(dict.fromkeys([*watcher.seen, *checker.violations(attempts, left)])),
        )


def _let_live(seconds: float, ending: threading.Event, threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    try:
        ending.wait(seconds)
    finally:
        ending.set()
        until = time.monotonic() + LAST_WORDS_S
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        raise RuntimeError("Somebody does not come to an end.")


@contextmanager
def _folder() -> Iterator[Path]:
    """Where everything of this campaign is, PostgreSQL's data too."""
    folder = Path(tempfile.mkdtemp(prefix="detour-torture-"))
    try:
        yield folder
    finally:
        if os.environ.get("KEEP"):
            sys.stdout.write(f"kept: {folder}\n")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _settle(database: Database, folder: Path) -> tuple[Town, list[Somebody], list[Somebody]]:
    """Make this process, and those that it starts, the site over `database`; lay the tables, move people in."""
    clean = environment(
        DJANGO_SETTINGS_MODULE="tests.torture.settings",
        DJANGO_DEBUG=1,
        DATABASE_URL=database.url,
        DATABASE_POOL=6,
        DETOUR_VAR=folder / "var",
        PYTHONUNBUFFERED=1,
    )
    os.environ.clear()
    os.environ.update(clean)
    os.environ["DETOUR_REGION_DIR"] = str(build_valley(Path(tempfile.gettempdir()) / f"detour-tests-{os.getuid()}"))
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    settled = town.settle()
    connection.close()
    connection.close_pool()
    return settled


def _counts(attempts: list[history.Attempt]) -> dict[str, int]:
    deeds = history.deeds_of(attempts)
    told = Counter(attempt.told.status // 100 if attempt.told else 0 for attempt in attempts)
    return {
        "attempts": len(attempts),
        "without an answer": told[0],
        "server errors": told[5],
        "commands": len(deeds),
        "acknowledged": sum(deed.acknowledged for deed in deeds),
        "refused": sum(deed.refused for deed in deeds),
        "unknown": sum(not deed.acknowledged and not deed.refused for deed in deeds),
    }


def _errors(site: Site) -> Counter[str]:
    """What the processes complained of: the last line of each traceback."""
    errors: Counter[str] = Counter()
    for name in site.names:
        for line in site.log(name).read_text(errors="replace").splitlines():
            if re.match(r"([a-z_]+\.)+[A-Z]\w+(: |$)|[A-Z]\w+(Error|Exception): ", line):
                errors[f"{name.split()[0]}: {line[:120]}"] += 1
    return errors
