"""The door of a process that keeps sockets and nothing else."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.socket_settings")
http = get_asgi_application()  # before the consumers, which import models

from config.live import live  # noqa: E402

application = ProtocolTypeRouter({"http": http, "websocket": live})
