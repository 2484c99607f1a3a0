"""The key by which a push service knows this site (VAPID, RFC 8292); everything is off without it."""

from functools import cache
from time import time
from urllib.parse import urlsplit

from django.conf import settings

LASTS_S = 12 * 3600  # RFC 8292 allows a day


def is_on() -> bool:
    return bool(settings.VAPID_PRIVATE_KEY)


def make_key() -> str:
    """A new private key: 32 bytes as base64url."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from py_vapid.utils import b64urlencode

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return str(b64urlencode(number.to_bytes(32, "big")))


def public_key() -> str:
    """What a browser binds its subscriptions to; "" while push is off. It follows from the private key."""
    return _public_of(settings.VAPID_PRIVATE_KEY) if is_on() else ""


def authorization(endpoint: str) -> str:
    """The header that says to the push service of this endpoint who we are."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "sub": settings.VAPID_SUBJECT,
        "exp": int(time()) + LASTS_S,
    }
    return str(_key(settings.VAPID_PRIVATE_KEY).sign(claims)["Authorization"])


# The libraries are loaded by who sends, not by every process that has sockets.
def _key(private_key: str):  # type: ignore[no-untyped-def]
    from py_vapid import Vapid02

    return Vapid02.from_raw(private_key.encode())


@cache
def _public_of(private_key: str) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from py_vapid.utils import b64urlencode

    point = _key(private_key).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return str(b64urlencode(point))
