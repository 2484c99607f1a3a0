"""The demo's database: one for each region, in the project's private PostgreSQL, or the one named by DATABASE_URL."""

import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
from psycopg import sql

from config import embedded_database
from config.private_postgres import PrivatePostgres
from demo import mark
from demo.regions import code_of, digest

ROOMS = ("accounts", "config", "demo", "realtime", "rides", "routing")


def address_for(slug: str, var: Path) -> str:
    """The URL of the region's database, which need not be there yet."""
    server = PrivatePostgres(var / "postgres").url
    return os.environ.get("DATABASE_URL") or server.replace("/postgres?", f"/{_name(slug)}?", 1)


def open_up(slug: str, var: Path) -> None:
    """Start the private server, which stops when this process has ended, and make the region's database in it.

    One in DATABASE_URL is its owner's to start. Raises DatabaseUnavailable.
    """
    if os.environ.get("DATABASE_URL"):
        return
    server = embedded_database.start(var / "postgres", linger_s=0)
    with psycopg.connect(server, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_name(slug)]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_name(slug))))


def _name(slug: str) -> str:
    return f"demo_{slug.replace('-', '_')}"


def is_seeded(url: str, time_zone: str, map_sha256: str) -> bool:
    """Whether it was filled today (all its dates are relative to that day), by this very code, on this very map."""
    with psycopg.connect(url, autocommit=True) as connection:
        return mark.seeded(connection) == seeds_of_today(time_zone, map_sha256)


def seeds_of_today(time_zone: str, map_sha256: str) -> mark.Seeded:
    """What a database filled now is marked with; `time_zone` is the region's."""
    requirements = Path(__file__).resolve().parent.parent / "requirements" / "base.txt"
    made_by = digest(code_of(*ROOMS).encode(), requirements.read_bytes(), map_sha256.encode())
    return mark.Seeded(datetime.now(ZoneInfo(time_zone)).date(), made_by)
