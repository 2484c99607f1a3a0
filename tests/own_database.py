"""A test database of its own for every run, so that two runs on one machine never meet."""

import os
import re
from collections.abc import Iterator

import psutil
import psycopg
import pytest
from django.conf import settings
from django.core.management.base import CommandError
from django.test import TransactionTestCase
from psycopg import errors, sql

NAME = f"test_detour_{os.getpid()}"


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
def empty_again_after_a_deadlock() -> Iterator[None]:
    """The worker of the running site may be busy with what a test has left, and PostgreSQL then ends one of the two."""
    empty = TransactionTestCase._fixture_teardown

    def again(case: TransactionTestCase) -> None:
        for last in (False, False, False, False, True):
            try:
                return empty(case)
            except CommandError as error:
                if last or not isinstance(getattr(error.__cause__, "__cause__", None), errors.DeadlockDetected):
                    raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", again)
        yield
