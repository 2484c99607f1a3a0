"""The room of the live page."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out


class RealtimeConfig(AppConfig):
    name = "realtime"

    def ready(self) -> None:
        from realtime import sessions
        from realtime.notices import subscriptions

        user_logged_out.connect(sessions.close_sockets, dispatch_uid="realtime.close_sockets")
        user_logged_out.connect(subscriptions.end_with_session, dispatch_uid="realtime.end_with_session")
