"""The devices of a person that let us wake them."""

import base64
import binascii
import re
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from realtime.models import PushSubscription
from realtime.notices import addresses
from realtime.publish import digest

MOST = 10
"""Of one person; the next takes the place of the one that was last woken longest ago."""
POINT, SECRET = 65, 16
"""Bytes of an uncompressed point of P-256, and of the secret beside it (RFC 8291)."""
BROWSERS = ("Firefox", "Edg", "SamsungBrowser", "OPR", "Chrome", "Safari")
SYSTEMS = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
CALLED = {"Edg": "Edge", "SamsungBrowser": "Samsung", "OPR": "Opera", "Macintosh": "Mac"}


class BadKeys(Exception):
    """No message could be sealed with these."""


def add(
    person_id: int, *, endpoint: str, p256dh: str, auth: str, device: str = "", session_key: str = ""
) -> PushSubscription:
    """Wake this browser for this person, and for no other any more; raises NotPublic or BadKeys.

    Whoever knows the endpoint has the browser in hand, so it follows who signed in there last.
    """
    addresses.require_endpoint(endpoint)
    _require_point(p256dh)
    _require_bytes(auth, SECRET)
    with transaction.atomic():
        added, _ = PushSubscription.objects.update_or_create(
            endpoint=endpoint,
            defaults={
                "person_id": person_id,
                "p256dh": p256dh,
                "auth": auth,
                "device": device,
                "session_sha256": digest(session_key) if session_key else "",
            },
        )
        mine = PushSubscription.objects.filter(person_id=person_id).exclude(pk=added.pk)
        newest = mine.order_by(Coalesce("delivered_at", "created_at").desc(), "-pk").values_list("pk", flat=True)
        PushSubscription.objects.filter(pk__in=list(newest[MOST - 1 :])).delete()
    return added


def remove(person_id: int, *, endpoint: str = "", subscription_id: int | None = None) -> bool:
    """No more on this device of hers; whether there was one."""
    mine = PushSubscription.objects.filter(person_id=person_id)
    found = mine.filter(pk=subscription_id) if subscription_id else mine.filter(endpoint=endpoint)
    return bool(found.delete()[0])


def end_with_session(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Hears Django's user_logged_out: a browser that somebody has signed out of shows no more news of hers."""
    session_key = getattr(request, "session", None) and request.session.session_key
    if user is not None and session_key:
        PushSubscription.objects.filter(person_id=user.pk, session_sha256=digest(session_key)).delete()


def device_name(user_agent: str) -> str:
    """ "Firefox, Android": so much of what a browser says of itself as its owner knows it by."""
    words = [next((word for word in some if word in user_agent), "") for some in (BROWSERS, SYSTEMS)]
    return ", ".join(CALLED.get(word, word) for word in words if word)


def _require_point(text: str) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _require_bytes(text, POINT))
    except ValueError:
        raise BadKeys from None


def _require_bytes(text: str, length: int) -> bytes:
    if not re.fullmatch("[A-Za-z0-9_-]+={0,2}", text):
        raise BadKeys
    try:
        found = base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except (ValueError, binascii.Error):
        raise BadKeys from None
    if len(found) != length:
        raise BadKeys
    return found
