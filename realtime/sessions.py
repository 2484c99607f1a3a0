"""When a session ends, its sockets close: at once by a hint, at the latest with the next heartbeat."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.utils import timezone

from realtime import publish


@dataclass(frozen=True, slots=True)
class SignedIn:
    """As whom, and by what, a socket was opened. `auth_hash` changes with the password."""

    person_id: int
    session_key: str
    auth_hash: str


def close_sockets(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """Hears Django's user_logged_out."""
    session_key = getattr(request, "session", None) and request.session.session_key
    if user is not None and session_key:
        publish.signed_out(user.pk, session_key)


def ended(some: Iterable[SignedIn]) -> set[SignedIn]:
    """Those whose session, account or password is not what it was; two queries for all of them."""
    some = set(some)
    if not some:
        return set()
    people = get_user_model()._default_manager.in_bulk({each.person_id for each in some})
    rows = import_module(settings.SESSION_ENGINE).SessionStore.get_model_class().objects
    alive = rows.filter(session_key__in={each.session_key for each in some}, expire_date__gt=timezone.now())
    keys = set(alive.values_list("session_key", flat=True))
    return {
        each
        for each in some
        if each.session_key not in keys
        or (person := people.get(each.person_id)) is None
        or not person.is_active
        or person.get_session_auth_hash() != each.auth_hash
    }
