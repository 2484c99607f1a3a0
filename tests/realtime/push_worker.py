"""A worker of the site in a process of its own, that knows how notes read outside, and no ride."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


@contextmanager
def push_worker() -> Iterator[subprocess.Popen[bytes]]:
    """Works until the end of the block, or until somebody kills it."""
    database = settings.DATABASES["default"]["NAME"]
    environment = {**os.environ, "DATABASE_URL": settings.DATABASE_URL, "VAPID_PRIVATE_KEY": "", "VAPID_SUBJECT": ""}
    command = [sys.executable, "-m", "tests.realtime.push_worker", database, settings.VAPID_PRIVATE_KEY]
    process = subprocess.Popen(command, env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


def main(database: str, key: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    apps = ["contenttypes", "auth"]
    own = ["procrastinate.contrib.django", "accounts", "realtime"]
    settings.INSTALLED_APPS = [*(f"django.contrib.{app}" for app in apps), *own]  # so that it starts soon
    settings.PUSH_UNGUARDED, settings.VAPID_PRIVATE_KEY = True, key
    import django

    django.setup()
    from django.core.management import call_command

    from accounts import by_phone
    from realtime import registry
    from realtime.notices import callers, readers

    callers.register(by_phone)
    registry.register_event("call", lambda refs, person: dict(refs))
    readers.register_subject(readers.Subject("notes", "notes"))
    readers.register_reader("note", "notes", lambda refs, person, told_at: readers.Notice("A note", "Read it.", "/me/"))
    call_command("procrastinate", "worker")


if __name__ == "__main__":
    main(*sys.argv[1:])
