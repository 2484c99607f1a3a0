"""Programs that speak to the API for somebody."""

from typing import Any

from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import ApiToken, User

ALL = tuple(ApiToken.Scope)


def client(person: User | None = None, scopes: tuple[str, ...] = ALL, **options: Any) -> APIClient:
    """A program that acts for `person` by a token with these scopes; for nobody without."""
    api = APIClient(**options)
    if person:
        carry(api, tokens.issue(person, name="test", scopes=scopes))
    return api


def carry(api: APIClient, secret: str) -> APIClient:
    """The same program with this token."""
    api.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return api
