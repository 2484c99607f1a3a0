"""The door of the one socket: as whom it is opened. What it takes to find out is not kept while it is open."""

from importlib import import_module
from typing import Any

from channels.auth import get_user
from django.conf import settings
from django.http import parse_cookie

from realtime.consumers import LiveConsumer
from realtime.database import in_database
from realtime.sessions import SignedIn

PATH = "/ws/"


async def door(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """An ASGI application.

    Middleware of Channels would do the same in one frame for each question, and each would stay with its own copy of
    the scope for as long as the socket is open: a third of what a socket weighs.
    """
    if scope["path"] != PATH:
        await receive()
        await send({"type": "websocket.close"})
        return
    cookies = parse_cookie(dict(scope["headers"]).get(b"cookie", b"").decode("latin1"))
    scope["headers"] = []
    session_key = cookies.get(settings.SESSION_COOKIE_NAME)
    await LiveConsumer(await in_database(_signed_in, session_key) if session_key else None)(scope, receive, send)


def _signed_in(session_key: str) -> SignedIn | None:
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = get_user.func({"session": session})  # in our own threads, not in the one that all of asgiref share
    return SignedIn(user.pk, session.session_key, user.get_session_auth_hash()) if user.is_authenticated else None
