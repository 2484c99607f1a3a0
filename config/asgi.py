"""One door for HTTP and the socket."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()  # before the consumers, which import models

from config.live import live  # noqa: E402
from config.start import be_ready  # noqa: E402
from realtime.patience import Patience  # noqa: E402

application = ProtocolTypeRouter({"http": Patience(http), "websocket": live})
be_ready()
