"""The room of the rides; at start it tells the live room what its news mean."""

from django.apps import AppConfig


class RidesConfig(AppConfig):
    name = "rides"

    def ready(self) -> None:
        from rides import news, notices

        news.register()
        notices.register()
