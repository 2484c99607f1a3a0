"""Make the key by which push services know this site."""

from typing import Any

from django.core.management.base import BaseCommand

from realtime.notices import vapid


class Command(BaseCommand):
    """Prints what goes into the environment; run it once, for a new key ends every subscription there is."""

    help = "Print a new VAPID_PRIVATE_KEY for the environment, which switches Web Push on."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"VAPID_PRIVATE_KEY={vapid.make_key()}")
        self.stdout.write("VAPID_SUBJECT=mailto:you@example.org")
