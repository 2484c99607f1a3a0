"""Where we may be sent: an endpoint is what a stranger typed, and must not lead into our own network."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from django.conf import settings

LONGEST = 1000  # letters
TRANSLATED = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in IPv6 clothes


class NotPublic(Exception):
    """This is no address of a push service on the public internet."""


def require_endpoint(endpoint: str) -> None:
    """HTTPS on its usual port to a name or a public address; raises NotPublic. What the name leads to is seen later."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotPublic("not an address") from None
    if is_unguarded():
        return
    if not (endpoint.isascii() and endpoint.isprintable() and " " not in endpoint and len(endpoint) <= LONGEST):
        raise NotPublic("not an address")
    if parts.scheme != "https" or port not in (None, 443) or "@" in parts.netloc:
        raise NotPublic("only https, on its usual port")
    try:
        require_public([host])
    except ValueError:  # a name: what it leads to is looked at when we go there
        # 127.1 and 0x7f000001 are addresses to a resolver; no public name ends like that
        if not re.fullmatch(r"[a-z0-9_.-]+\.[a-z][a-z0-9-]*\.?", host):
            raise NotPublic("not a name of the public internet") from None


def require_public(addresses: Iterable[str]) -> None:
    """Every one of these IP addresses; raises NotPublic, and ValueError for what is none."""
    found = [ip_address(address.partition("%")[0]) for address in addresses]
    if not found or not (is_unguarded() or all(map(_is_public, found))):
        raise NotPublic("not an address of the public internet")


def is_unguarded() -> bool:
    """Tests run a push service of their own; no environment variable can say so."""
    return bool(getattr(settings, "PUSH_UNGUARDED", False))


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in TRANSLATED:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner:
            return _is_public(inner)
    return address.is_global and not address.is_multicast
