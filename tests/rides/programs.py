"""Programs that speak to the API for somebody, and hold it to its description."""

from typing import Any

from rest_framework.test import APIClient

from accounts import tokens
from accounts.models import ApiToken, User
from tests.rides.described import require_described

ALL = tuple(ApiToken.Scope)


class Program(APIClient):
    """Every answer it gets has to be one that the description promises."""

    def generic(self, method: str, path: str, *args: Any, **kwargs: Any) -> Any:
        answer = super().generic(method, path, *args, **kwargs)
        require_described(method, path, answer)
        return answer


def client(person: User | None = None, scopes: tuple[str, ...] = ALL, **options: Any) -> Program:
    """A program that acts for `person` by a token with these scopes; for nobody without."""
    api = Program(**options)
    if person:
        carry(api, tokens.issue(person, name="test", scopes=scopes))
    return api


def carry(api: Program, secret: str) -> Program:
    """The same program with this token."""
    api.credentials(HTTP_AUTHORIZATION=f"Token {secret}")
    return api
