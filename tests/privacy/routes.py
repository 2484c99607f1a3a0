"""Every address of the site, with ids of things that exist put in."""

import re
from collections.abc import Iterator
from itertools import islice, product
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User, Vehicle
from realtime.models import Call, Message, PushSubscription
from rides import models

PARAMETER = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
TABLES: dict[str, Any] = {
    "offer_id": models.RideOffer,
    "booking_id": models.Booking,
    "request_id": models.RideRequest,
    "asking_id": models.Asking,
    "search_id": models.SavedSearch,
    "entry_id": models.WaitingEntry,
    "series_id": models.OfferSeries,
    "standing_id": models.StandingBooking,
    "case_id": models.Case,
    "signal_id": models.KerbSignal,
    "vehicle_id": Vehicle,
    "device_id": PushSubscription,
    "message_id": Message,
    "call_id": Call,
    "person_id": User,
}
WORDS = {
    "step": ["accept", "decline", "cancel", "depart", "complete", "publish", "join", "leave", "propose"],
    "answer": ["accept", "decline", "yes", "no"],
    "theme": ["light", "dark"],
    "z": ["13"], "x": ["4166"], "y": ["2900"],
}  # fmt: skip
NOT_OURS = ("admin/", "accounts/", "demo/", "api/docs/")
AT_MOST = 12


class UnknownParameter(Exception):
    """A route has a parameter of which this crawl does not know what to put in."""


def patterns() -> list[str]:
    """Every route as it is written, less those of libraries."""
    found = [route for route in _walk(get_resolver().url_patterns) if not route.startswith(NOT_OURS)]
    assert len(found) > 60, "the crawl has lost its way"
    return found


def addresses(route: str) -> Iterator[str]:
    """The route with everything that exists put in, in at most `AT_MOST` ways."""
    names = [(match["name"], match["kind"]) for match in PARAMETER.finditer(route)]
    choices = [_values(name, route) for name, _kind in names]
    for values in islice(product(*choices), AT_MOST):
        address = route
        for value in values:
            address = PARAMETER.sub(str(value), address, count=1)
        yield "/" + address


def _walk(found: Any, prefix: str = "") -> Iterator[str]:
    for one in found:
        route = prefix + str(one.pattern).removeprefix("^").removesuffix("$").removesuffix("\\Z")
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, route)
        elif isinstance(one, URLPattern):
            yield route


def _values(name: str, route: str) -> list[Any]:
    if name in WORDS:
        return WORDS[name]
    if name == "slug":
        return list(models.Outing.objects.values_list("slug", flat=True))
    if name == "token":
        return list(models.RideLink.objects.values_list("token", flat=True))
    if name == "token_id":
        return list(apps.get_model("accounts", "ApiToken").objects.values_list("pk", flat=True))
    if name in TABLES:
        return list(TABLES[name].objects.values_list("pk", flat=True))
    raise UnknownParameter(f"{name} in {route}")
