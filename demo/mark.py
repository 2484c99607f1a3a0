"""The mark that says: this database is a demo's. A table, so that a dump carries it along; beside it, what was seeded.

Plain psycopg, since the launcher asks before there is a Django.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.fictional import MARK as MARK


@dataclass(frozen=True, slots=True)
class Seeded:
    """The day (of the region) that the seeds are of, and the code that made tables and seeds."""

    day: date
    made_by: str


def is_marked(database: Any) -> bool:
    """Whether this is a demo's database."""
    return bool(database.execute(f"SELECT to_regclass('{MARK}') IS NOT NULL").fetchone()[0])


def is_empty(database: Any) -> bool:
    """Whether it has no tables at all."""
    query = "SELECT NOT EXISTS (SELECT FROM pg_tables WHERE schemaname = ANY (current_schemas(false)))"
    return bool(database.execute(query).fetchone()[0])


def put(database: Any) -> None:
    """Mark it."""
    database.execute(f"CREATE TABLE IF NOT EXISTS {MARK} (day date NOT NULL, made_by text NOT NULL)")


def seeded(database: Any) -> Seeded | None:
    """What it was filled with; None before that, and in a database that is no demo's."""
    row = database.execute(f"SELECT day, made_by FROM {MARK}").fetchone() if is_marked(database) else None
    return Seeded(*row) if row else None


def note(database: Any, what: Seeded | None) -> None:
    """Keep what it is filled with; None while it is being filled."""
    database.execute(f"DELETE FROM {MARK}")
    if what:
        database.execute(f"INSERT INTO {MARK} VALUES (%s, %s)", [what.day, what.made_by])
