"""The door of the one socket: as whom it is opened. What it takes to find out is not kept while it is open."""

from importlib import import_module
from typing import Any

from channels.auth import get_user
from django.conf import settings
from django.http import parse_cookie

from realtime.consumers import LiveConsumer
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
    signed_in = await _signed_in(scope)
    scope["headers"] = []  # with the cookie in them
    await LiveConsumer(signed_in)(scope, receive, send)


async def _signed_in(scope: dict[str, Any]) -> SignedIn | None:
    cookies = parse_cookie(dict(scope["headers"]).get(b"cookie", b"").decode("latin1"))
    if not (session_key := cookies.get(settings.SESSION_COOKIE_NAME)):
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    user = await get_user({"session": session})
    return SignedIn(user.pk, session.session_key, user.get_session_auth_hash()) if user.is_authenticated else None
