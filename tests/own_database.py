"""A test database of its own for every run, so that two runs on one machine never meet."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress

import psutil
import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import TransactionTestCase
from psycopg import sql

NAME = f"test_detour_{os.getpid()}"
KEPT = {"django_migrations", "django_content_type", "auth_permission", "django_site", "procrastinate_workers"}
"""Written by migrations, or by a worker about itself."""


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Before our own is made, drop what runs that were killed have left."""
    if settings.DATABASES["default"]["TEST"]["NAME"] != NAME:
        return
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as connection:
        for (name,) in connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'test_detour_%'"
        ).fetchall():
            if (match := re.fullmatch(r"test_detour_(\d+)", name)) and not psutil.pid_exists(int(match[1])):
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session", autouse=True)
def emptied_row_by_row() -> Iterator[None]:
    """After a test that commits, delete what is there, rather than truncate all that could be.

    That takes a tenth of the time, and no lock that the worker of a running site would meet.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: _empty())
        yield


def _empty() -> None:
    """Delete until nothing is left: the worker may be writing what the test has asked of it."""
    until = time.monotonic() + 30
    while tables := _filled():
        assert time.monotonic() < until, f"somebody goes on writing into {', '.join(tables)}"
        with suppress(IntegrityError, OperationalError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            for table in tables:  # in any order, since references are looked at when it commits
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")


def _filled() -> list[str]:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - KEPT
        look = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {connection.ops.quote_name(table)})" for table in tables)
        cursor.execute(" UNION ALL ".join(look))
        return [table for (table,) in cursor.fetchall()]
