"""Programs that speak to the API for somebody."""

from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from accounts.models import User


def client(person: User | None = None, **options: bool) -> APIClient:
    """A program that acts for `person` by token; for nobody without."""
    api = APIClient(**options)
    if person:
        api.credentials(HTTP_AUTHORIZATION=f"Token {Token.objects.get_or_create(user=person)[0].key}")
    return api
