"""A test database of its own for every run, so that two runs on one machine never meet."""

import os
import re

import psutil
import psycopg
import pytest
from django.conf import settings
from psycopg import sql

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
