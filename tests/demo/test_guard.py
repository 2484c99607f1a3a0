"""Fictional people and real ones never share a database."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql
from psycopg.errors import QueryCanceled

from accounts import fictional
from accounts.models import User
from demo import guard, mark, people, seed
from demo.guard import NotADemo
from demo.simulation import Simulation
from tests.demo.launched import clean_environment

NUMBERS = count()
PEOPLE = "CREATE TABLE accounts_user (is_demo boolean NOT NULL)"

Prepare = Callable[..., BaseDatabaseWrapper]


@pytest.fixture
def scratch() -> Iterator[str]:
    """An empty database; the URL of it."""
    name = f"test_detour_{os.getpid()}_{next(NUMBERS)}"
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield settings.DATABASE_URL.replace("/postgres?", f"/{name}?")
        # Dropping waits for every backend of the server, also for one that writes to a worker which another test has
        # put to sleep. Then this one stays behind, and goes with the server.
        server.execute("SET statement_timeout = '5s'")
        with suppress(QueryCanceled):
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def connected(scratch: str) -> Iterator[Prepare]:
    """Connect to the scratch database, after these statements."""
    opened = []

    def connected(*statements: str) -> BaseDatabaseWrapper:
        with psycopg.connect(scratch, autocommit=True) as database:
            for statement in statements:
                database.execute(statement)
        wrapper = type(connections["default"])({**connections["default"].settings_dict, "OPTIONS": {}}, "default")
        wrapper.connection = psycopg.connect(scratch, autocommit=True)  # the guards under test are called by hand
        opened.append(wrapper)
        return wrapper

    yield connected
    for wrapper in opened:
        wrapper.close()


# --- a demo ------------------------------------------------------------------------------------------------------


def test_a_demo_marks_an_empty_database_as_its_own(connected: Prepare):
    database = connected()
    guard.look(connection=database)
    assert mark.is_marked(database.connection)


def test_a_demo_comes_back_to_its_own_database(connected: Prepare):
    database = connected(PEOPLE, f"CREATE TABLE {mark.MARK} (day date, made_by text)")
    guard.look(connection=database)
    assert database.connection is not None


@pytest.mark.parametrize("table", [PEOPLE, "CREATE TABLE anything (id int)"])
def test_a_demo_refuses_a_database_of_others(connected: Prepare, table: str):
    database = connected(table)
    with pytest.raises(NotADemo, match="one of its own"):
        guard.look(connection=database)
    assert database.connection is None, "what was refused can still be used"


def test_nobody_fictional_is_made_where_the_site_is_no_demo(db, settings):
    mark.put(connection.connection)
    settings.DEMO = False
    for makes_people in (lambda: seed.fill(None), lambda: Simulation(None)):
        with pytest.raises(NotADemo, match="DETOUR_DEMO"):
            makes_people()
    assert not User.objects.exists()


def test_nobody_fictional_is_made_in_a_database_without_the_mark(db, settings):
    settings.DEMO = True
    for makes_people in (lambda: seed.fill(None), lambda: Simulation(None)):
        with pytest.raises(NotADemo, match="not marked"):
            makes_people()
    assert not User.objects.exists()


def test_with_setting_and_mark_the_same_door_is_open(demo_site):
    guard.require_demo()


def test_the_seed_command_leaves_a_database_of_others_as_it_is(connected: Prepare, scratch: str):
    connected(PEOPLE, "INSERT INTO accounts_user VALUES (false)")
    environment = clean_environment() | {
        "DETOUR_DEMO": "1",
        "DATABASE_URL": scratch,
        "DETOUR_VAR": str(settings.VAR_DIR),
    }
    done = subprocess.run([sys.executable, "manage.py", "seed"], env=environment, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.strip().endswith("a demo needs one of its own in DATABASE_URL.")
    with psycopg.connect(scratch) as database:
        tables = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert tables == [("accounts_user",)]


# --- any other site ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statements",
    [
        (f"CREATE TABLE {fictional.MARK} (day date, made_by text)",),
        (PEOPLE, "INSERT INTO accounts_user VALUES (false), (true)"),
    ],
    ids=["marked", "holds one fictional person"],
)
def test_a_real_site_refuses_the_database_of_a_demo(connected: Prepare, statements: tuple[str, ...]):
    database = connected(*statements)
    with pytest.raises(ImproperlyConfigured, match="belongs to a demo"):
        fictional.look(connection=database)
    assert database.connection is None, "what was refused can still be used"


@pytest.mark.parametrize("statements", [(), (PEOPLE, "INSERT INTO accounts_user VALUES (false)")], ids=["new", "real"])
def test_a_real_site_takes_its_own_database(connected: Prepare, statements: tuple[str, ...]):
    database = connected(*statements)
    fictional.look(connection=database)
    assert database.connection is not None


def test_a_production_start_is_refused_on_the_database_of_a_demo(connected: Prepare, scratch: str):
    connected(f"CREATE TABLE {fictional.MARK} (day date, made_by text)")
    environment = clean_environment() | {"SECRET_KEY": "x" * 50, "DATABASE_URL": scratch}
    done = subprocess.run([sys.executable, "manage.py", "migrate"], env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert "This database belongs to a demo" in done.stderr


def test_the_roles_of_visitors_are_fictional_and_nobody_simulates_them(hood):
    played = {people.played_by(role).pk for role in people.ROLES}
    assert User.objects.filter(pk__in=played, is_demo=True).count() == 3
    assert not people.simulated().filter(pk__in=played).exists()
