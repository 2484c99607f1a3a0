"""What people would use instead: the consumer of the Channels tutorial, and the `websockets` library's broadcast.

`python -m bench.watching.peers tutorial|broadcast --fd N`. Whoever connects looks on; at the tutorial a change is a
`group_send` from anywhere, at the broadcast it is a text that one of the sockets sends.
"""

import argparse
import asyncio
import os
import socket

import uvicorn
from websockets.asyncio.server import ServerConnection, broadcast, serve

from config.socket_server import HOW

GROUP = "square"


def tutorial(listening: int) -> None:
    """As in the tutorial of Channels: every socket is a member of the group, every member encodes for itself."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.socket_settings")
    import django

    django.setup()
    from channels.auth import AuthMiddlewareStack
    from channels.generic.websocket import AsyncJsonWebsocketConsumer
    from channels.routing import ProtocolTypeRouter, URLRouter
    from django.urls import path

    class Looker(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
        async def connect(self) -> None:
            await self.channel_layer.group_add(GROUP, self.channel_name)
            await self.accept()

        async def change(self, message: dict[str, object]) -> None:
            await self.send_json(message["data"])

        async def disconnect(self, code: int) -> None:
            await self.channel_layer.group_discard(GROUP, self.channel_name)

    door = AuthMiddlewareStack(URLRouter([path("ws/", Looker.as_asgi())]))
    how = HOW | {"ws": "websockets-sansio", "log_level": "warning", "fd": listening}
    uvicorn.run(ProtocolTypeRouter({"websocket": door}), **how)


def plain_broadcast(listening: int) -> None:
    """As its documentation recommends for many sockets: encoded once, written without waiting for anybody."""
    lookers: set[ServerConnection] = set()

    async def look(one: ServerConnection) -> None:
        lookers.add(one)
        try:
            async for text in one:
                broadcast(lookers, text)
        finally:
            lookers.discard(one)

    async def run() -> None:
        async with serve(look, sock=socket.socket(fileno=listening), compression=None, ping_interval=None) as server:
            await server.serve_forever()

    asyncio.run(run())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", choices=("tutorial", "broadcast"))
    parser.add_argument("--fd", type=int, required=True)
    given = parser.parse_args()
    {"tutorial": tutorial, "broadcast": plain_broadcast}[given.which](given.fd)
