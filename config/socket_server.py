"""A process that keeps sockets: uvicorn at 27 kB a socket instead of 123, which says goodbye in slices.

`python -m config.socket_server --port 8001` (or `--fd 3`); on SIGTERM it takes nobody new, and lets those who are there
go over some seconds. With `--whole-site` it answers with pages and the API as well; else it has no more in memory than
sockets need.
"""

import argparse
import os
import socket
from typing import Any

import uvicorn

from config.slim_protocol import SlimProtocol

DRAIN_S = 8.0
GRACE_S = 10
"""For answers that are on their way, after that."""
HOW: dict[str, Any] = {
    "lifespan": "off",
    "ws": SlimProtocol,
    "ws_per_message_deflate": False,
    "timeout_graceful_shutdown": GRACE_S,
    "access_log": False,
}


class SocketServer(uvicorn.Server):
    """Whoever is sent away comes back soon: to another process, and not with all the others."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        from realtime import hub  # has models, so not before Django is ready

        for server in self.servers:
            server.close()
        await hub.drain(DRAIN_S, lambda: self.force_exit)
        await super().shutdown(sockets)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--fd", type=int, help="a listening socket that is open already")
    parser.add_argument("--behind-proxy", action="store_true", help="believe what the proxy says of who asks")
    parser.add_argument("--whole-site", action="store_true", help="pages and the API too")
    parser.add_argument("--log-level", default="info")
    given = parser.parse_args()
    name = "asgi" if given.whole_site else "sockets"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings" if given.whole_site else "config.socket_settings")
    proxy = {"proxy_headers": given.behind_proxy, "forwarded_allow_ips": "*" if given.behind_proxy else None}
    where = {"host": given.host, "port": given.port, "fd": given.fd, "log_level": given.log_level}
    SocketServer(uvicorn.Config(f"config.{name}:application", **where, **proxy, **HOW)).run()


if __name__ == "__main__":
    main()
