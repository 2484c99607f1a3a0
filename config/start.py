"""What a process that answers searches does before it takes the first one."""

from threading import Thread

from django.conf import settings
from django.db import connection


def be_ready() -> None:
    """Load the engine and all live offers. In a thread of its own: a server imports us within its event loop."""
    if settings.LOAD_AT_START:
        thread = Thread(target=_load, name="start")
        thread.start()
        thread.join()


def _load() -> None:
    from rides import live_index

    try:
        live_index.warm_up()
    finally:
        connection.close()
