"""What the API's views share: the person, the key, the person's context, pages of rows."""

from collections.abc import Sequence
from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import IsAuthenticated, IsAuthenticatedOrReadOnly
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.models import ApiToken, User
from rides.api.authentication import InScope
from rides.errors import Invalid

Scope = ApiToken.Scope

KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The same key and body have one effect and one answer, however often they are sent.",
)
MAX_KEY = 80


class Newest(CursorPagination):
    """The newest first."""

    ordering = "-id"
    page_size = 50


class PublicView(APIView):
    """Everybody may look; who is signed in may do more. `scope` is what a token needs to change anything here."""

    scope: ClassVar[Scope | tuple[Scope, ...]]
    limit: ClassVar[str] = ""
    """Its own limit of API_LIMITS, where looking here costs more than elsewhere."""
    permission_classes: Sequence[Any] = (IsAuthenticatedOrReadOnly, InScope)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """With what is left of the limit."""
        done = super().finalize_response(request, response, *args, **kwargs)
        for name, value in getattr(self.request._request, "limit_headers", {}).items():
            done[name] = value
        return done


class PersonView(PublicView):
    """For who is signed in."""

    permission_classes = (IsAuthenticated, InScope)


def person_of(request: Request) -> User | None:
    """Who asks, or None for a stranger."""
    return request.user if isinstance(request.user, User) else None


def me(request: Request) -> User:
    """Who asks; only in views for who is signed in."""
    assert isinstance(request.user, User)
    return request.user


def key_of(request: Request) -> str:
    """The Idempotency-Key; raises Invalid for one that is too long."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > MAX_KEY:
        raise Invalid("An Idempotency-Key has at most 80 characters.")
    return key


def context_of(request: Request) -> dict[str, Any]:
    """What our serializers need to know of who reads."""
    return {"person": person_of(request), "request": request}


def sent(serializer: Any, request: Request) -> dict[str, Any]:
    """The validated body."""
    one = serializer(data=request.data)
    one.is_valid(raise_exception=True)
    return dict(one.validated_data)
