"""manage.py seed: make the tables of the demo, and fill them unless they hold the seeds of today."""

from typing import Any

from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.utils import timezone

from demo import guard, mailbox, mark, seed
from demo.databases import seeds_of_today
from rides import streets

KEPT = {mark.MARK, "django_migrations", "django_content_type", "auth_permission"}


class Command(BaseCommand):
    """No rules here, see demo/seed.py."""

    help = "Fill the demo's database with fictional neighbours, anew each day."

    def handle(self, **options: Any) -> None:
        try:
            guard.require_demo()
        except guard.NotADemo as error:
            raise CommandError(str(error), returncode=2) from None
        call_command("migrate", verbosity=0)
        manifest = streets.the_region().manifest
        today = seeds_of_today(manifest.time_zone, manifest.source_sha256)
        if mark.seeded(connection.connection) == today:
            return
        mark.note(connection.connection, None)
        empty()
        made = seed.fill(timezone.now())
        mark.note(connection.connection, today)
        self.stdout.write(", ".join(f"{count} {what}" for what, count in made.items()))


def empty() -> None:
    """Yesterday is gone, with everybody who signed up in it."""
    names = connection.introspection.table_names()
    tables = ", ".join(connection.ops.quote_name(name) for name in names if name not in KEPT)
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    mailbox.empty()
