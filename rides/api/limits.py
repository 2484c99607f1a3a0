"""How often the API may be asked: by person, so that a family behind one address is not one; strangers by address."""

import math
from ipaddress import IPv6Address, ip_address
from typing import Any, Protocol

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from accounts import limits
from rides.errors import RideError

ONE_HOME_BITS = 64
"""What one IPv6 customer is given: who could use each address of it once would have no limit."""


class TooManyRequests(RideError):
    """More than the limit; `retry_after_s` says when the next one passes."""

    code = "too_many_requests"
    status = 429
    settled = False
    sentence = _("That was a lot at once. Please wait a moment.")

    def __init__(self, retry_after_s: int) -> None:
        super().__init__()
        self.retry_after_s = retry_after_s


class HasMeta(Protocol):
    """A request, Django's or the framework's."""

    META: dict[str, Any]


class Limit(BaseThrottle):
    """A view's own `limit` (`search`, `places`), or that of reading, or of writing: see API_LIMITS in the settings."""

    def allow_request(self, request: Request, view: Any) -> bool:
        person_id = request.user.pk
        usual = "read" if request.method in SAFE_METHODS else "write"
        name = getattr(view, "limit", "") or (usual if person_id else "anonymous")
        request._request.limit_headers = require(  # type: ignore[attr-defined]  # PublicView puts them on its answer
            name, f"person {person_id}" if person_id else stranger(request)
        )
        return True


def require(name: str, who: str) -> dict[str, str]:
    """Count one request; headers that tell how much is left. Raises TooManyRequests."""
    rate = limits.Rate(*settings.API_LIMITS[name])
    verdict = limits.spend(f"{name} {who}", rate)
    if verdict is None:
        return {}
    if not verdict.passes:
        raise TooManyRequests(retry_after_s=max(math.ceil(verdict.wait.total_seconds()), 1))
    return {
        # Source: draft-ietf-httpapi-ratelimit-headers.
        "RateLimit-Policy": f'"{name}";q={rate.burst};w={math.ceil(rate.room.total_seconds())}',
        "RateLimit": f'"{name}";r={verdict.left};t={math.ceil(verdict.rest.total_seconds())}',
    }


def stranger(request: HasMeta) -> str:
    """The address of who asks, as our own proxy saw it; what a stranger writes into the header himself is not asked."""
    text = str(request.META.get("REMOTE_ADDR") or "")
    if settings.BEHIND_PROXY and (forwarded := request.META.get("HTTP_X_FORWARDED_FOR")):
        text = forwarded.rpartition(",")[2].strip()
    try:
        address = ip_address(text)
    except ValueError:
        return "somewhere"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 128 - ONE_HOME_BITS << 128 - ONE_HOME_BITS)}/{ONE_HOME_BITS}"
