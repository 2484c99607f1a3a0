"""Fictional people and real ones never share a database: a site that is no demo refuses the database of one."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

MARK = "demo_mark"
"""A table that only the database of a demo has, so that a dump of it is known again (demo/mark.py)."""


def watch() -> None:
    """Look at the first connection of this process, whatever it was opened for: pages, jobs, a command."""
    connection_created.connect(look, dispatch_uid=__name__)


def look(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Close the connection again and raise ImproperlyConfigured when the database is a demo's and the site is not."""
    if settings.DEMO or connection.alias != DEFAULT_DB_ALIAS:
        return
    if holds_fiction(connection.connection):
        connection.close()
        raise ImproperlyConfigured(
            "This database belongs to a demo: its people are fictional and anybody may sign in as them. Name another "
            "one in DATABASE_URL, or serve the demo (make demo)."
        )
    connection_created.disconnect(dispatch_uid=__name__)


def holds_fiction(database: Any) -> bool:
    """Whether the database behind this psycopg connection is marked as a demo's, or holds one of its people."""
    marked, has_people = database.execute(
        f"SELECT to_regclass('{MARK}') IS NOT NULL, to_regclass('accounts_user') IS NOT NULL"
    ).fetchone()
    if marked or not has_people:
        return bool(marked)
    (found,) = database.execute("SELECT EXISTS (SELECT FROM accounts_user WHERE is_demo)").fetchone()
    return bool(found)
