"""Tokens for programs that act for a person: made, shown once, found again by the hash of their secret."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Q

from accounts.models import ApiToken, User

MOST = 50
"""Tokens of one person."""
PREFIX = "detour_"
"""So that a secret that got into a public place is known for what it is."""
TO_THE = timedelta(minutes=1)
"""`last_used_at` is written no more often, or a busy program would write at each of its reads."""


class TooManyTokens(Exception):
    """The person has so many already that none of them can be looked after."""


def make(person: User, *, name: str, scopes: Iterable[str], expires_at: datetime | None = None) -> tuple[ApiToken, str]:
    """A new token and its secret, which is told to nobody a second time; raises TooManyTokens."""
    if ApiToken.objects.filter(person=person).count() >= MOST:
        raise TooManyTokens
    return _create(person, name, scopes, expires_at)


def issue(person: User, *, name: str, scopes: Iterable[str] = tuple(ApiToken.Scope)) -> str:
    """The secret alone, for a program of our own, however many there are."""
    return _create(person, name, scopes, None)[1]


def _create(person: User, name: str, scopes: Iterable[str], expires_at: datetime | None) -> tuple[ApiToken, str]:
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        person=person, name=name, secret_sha256=_hash(secret), scopes=sorted(set(scopes)), expires_at=expires_at
    )
    return token, secret


def find(secret: str, now: datetime) -> ApiToken | None:
    """The token with this secret, while it and its person are good."""
    # The rest is asked of the row: a query with more conditions takes as long to write as to run.
    for token in ApiToken.objects.select_related("person").filter(secret_sha256=_hash(secret)):
        if token.person.is_active and (token.expires_at is None or token.expires_at > now):
            return token
    return None


def used(token: ApiToken, now: datetime) -> None:
    """Note when; two requests at once write once."""
    before = now - TO_THE
    if token.last_used_at is None or token.last_used_at < before:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=before)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def _hash(secret: str) -> str:
    """Plain SHA-256: the secret is 256 random bits, so there is nothing to guess and nothing to slow down."""
    return sha256(secret.encode()).hexdigest()
