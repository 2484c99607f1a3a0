"""The room of the demo; installed only where DETOUR_DEMO is set."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "demo"

    def ready(self) -> None:
        from demo import guard

        guard.watch()
