"""Web Push (RFC 8030, 8188, 8291): wake one browser by a message that only it can read, and that says little."""

import asyncio
import json
import socket
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from pywebpush import WebPusher

from realtime.models import Message, PushSubscription
from realtime.notices import addresses, vapid
from realtime.notices.outcome import Delivered, Failed, Gone, Outcome, TryAgain

PATIENCE_S = 10
READ_AT_MOST = 200  # bytes of what a push service has to say
KEPT_S = 4 * 3600  # by the push service, while the phone is off: later than that it is in the inbox


def send(message: Message, subscription: PushSubscription, *, urgent: bool) -> Outcome:
    """Hand it to the push service; holds no lock, takes PATIENCE_S at most."""
    headers = {
        "Authorization": vapid.authorization(subscription.endpoint),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_S),
        "Urgency": "high" if urgent else "normal",
        "Topic": message.tag,  # of those with one topic, the newest is kept for a phone that is off
    }
    try:
        addresses.require_endpoint(subscription.endpoint)
        return asyncio.run(_post(subscription.endpoint, headers, sealed(message, subscription)))
    except addresses.NotPublic as refused:
        return Failed(str(refused))
    except TimeoutError:
        return TryAgain("no answer in time")
    except (aiohttp.ClientError, OSError) as problem:
        return TryAgain(type(problem).__name__)


def sealed(message: Message, subscription: PushSubscription) -> bytes:
    """The message, encrypted for this browser: what it is about has to be asked of us, signed in."""
    content = json.dumps({"id": message.pk, "kind": message.kind, "seq": message.seq})
    keys = {"p256dh": subscription.p256dh, "auth": subscription.auth}
    pusher = WebPusher({"endpoint": subscription.endpoint, "keys": keys})
    return bytes(pusher.encode(content.encode())["body"])


class PublicOnly(AbstractResolver):
    """A name that leads to us in any of its addresses is refused as a whole."""

    def __init__(self) -> None:
        self._names = ThreadedResolver()

    async def resolve(self, host: str, *args: Any, **kwargs: Any) -> list[ResolveResult]:
        found = await self._names.resolve(host, *args, **kwargs)
        addresses.require_public(one["host"] for one in found)
        return found

    async def close(self) -> None:
        await self._names.close()


def public_socket(address: Any) -> socket.socket:
    """The last word: this is the address that is connected to, whatever any name or spelling has led to."""
    family, kind, protocol, _, (host, *_) = address
    addresses.require_public([host])
    return socket.socket(family, kind, protocol)


async def _post(endpoint: str, headers: dict[str, str], body: bytes) -> Outcome:
    connector = aiohttp.TCPConnector(resolver=PublicOnly(), socket_factory=public_socket, force_close=True)
    session = aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=PATIENCE_S),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,  # a few bytes may unpack to many
        trust_env=False,
    )
    async with session, session.post(endpoint, data=body, headers=headers, allow_redirects=False) as answer:
        said = (await answer.content.read(READ_AT_MOST)).decode(errors="replace")
        return _outcome(answer.status, answer.headers.get("Retry-After", ""), said)


def _outcome(status: int, retry_after: str, said: str) -> Outcome:
    why = f"{status} {said}".strip()
    if 200 <= status < 300:
        return Delivered()
    if status in (404, 410):
        return Gone(why)
    if status == 429 or status >= 500:
        return TryAgain(why, after_s=int(retry_after) if retry_after.isdecimal() and len(retry_after) < 8 else 0)
    return Failed(why)  # a redirect, too: it would be another address than the one that was looked at
