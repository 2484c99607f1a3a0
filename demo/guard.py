"""Demo people can never enter a production database: they live in one that is marked as a demo's, or nowhere.

The other half, a production site that refuses a demo's database, is `accounts.fictional`.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from demo import mark


class NotADemo(ImproperlyConfigured):
    """Here real people may live."""


def watch() -> None:
    """Look at the first connection of this process, whatever it was opened for."""
    connection_created.connect(look, dispatch_uid=__name__)


def look(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Mark an empty database as the demo's; close the connection and raise NotADemo when it is somebody else's."""
    if connection.alias != DEFAULT_DB_ALIAS:
        return
    database = connection.connection
    if not mark.is_marked(database):
        if not mark.is_empty(database):
            connection.close()
            raise NotADemo("This database is not empty and not a demo's: a demo needs one of its own in DATABASE_URL.")
        mark.put(database)
    connection_created.disconnect(dispatch_uid=__name__)


def require_demo() -> None:
    """What makes or moves fictional people calls this first; raises NotADemo."""
    if not settings.DEMO:
        raise NotADemo("This site is no demo (DETOUR_DEMO is not set): fictional people stay out.")
    connection.ensure_connection()
    if not mark.is_marked(connection.connection):
        raise NotADemo("This database is not marked as a demo's: fictional people stay out.")
