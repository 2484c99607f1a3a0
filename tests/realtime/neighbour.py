"""Another process of the same site: it pins one note for one person, and ends."""

import asyncio
import os
import sys

from django.conf import settings


async def in_another_process(person, *, redis_url=""):
    """Tell a person something from a process of its own; returns when that has ended well."""
    environment = {**os.environ, "DATABASE_URL": settings.DATABASE_URL, "REDIS_URL": redis_url}
    name = settings.DATABASES["default"]["NAME"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.realtime.neighbour", name, str(person.pk), env=environment
    )
    assert await process.wait() == 0


def main(database: str, person_id: str) -> None:
    settings.DATABASES["default"]["NAME"] = database
    settings.INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "accounts", "realtime"]  # is quick
    import django

    django.setup()
    from django.db import transaction

    from realtime import registry, streams

    registry.register_event("note", lambda refs, person: refs)
    with transaction.atomic():
        streams.append([streams.News(int(person_id), "note", {"note": 1})])


if __name__ == "__main__":
    main(*sys.argv[1:])
