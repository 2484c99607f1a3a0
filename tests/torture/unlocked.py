"""The control: rows are read where they should be locked, so that the checker has something to find."""

from typing import Any

from django.apps import AppConfig


class Unlocked(AppConfig):
    """Installed by tests/torture/settings.py alone."""

    name = "tests.torture"
    label = "torture_unlocked"

    def ready(self) -> None:
        from rides import locks

        def only_read(model: Any, ids: Any) -> list[Any]:
            return list(model._default_manager.filter(pk__in=set(ids)).order_by("pk")) if ids else []

        locks._locked = only_read
