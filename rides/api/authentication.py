"""Who asks, and what a program may do for her: tokens with scopes; the session of the site may do everything."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts import tokens
from accounts.models import ApiToken, User
from rides.api import limits
from rides.errors import RideError


class ScopeMissing(RideError):
    """The token was made for less than this; `scope` says what it lacks."""

    code = "scope_missing"
    status = 403
    sentence = _("This token may not do that for you.")


class ByToken(TokenAuthentication):
    """`Authorization: Token <secret>`. Whoever tries secrets is a stranger, and soon at the limit of strangers."""

    def authenticate(self, request: Request) -> Any:
        try:
            return super().authenticate(request)
        except AuthenticationFailed:
            limits.require("anonymous", limits.stranger(request))
            raise

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        now = timezone.now()
        token = tokens.find(key, now)
        if token is None:
            raise AuthenticationFailed(_("This token is unknown, or its time is over."))
        tokens.used(token, now)
        return token.person, token


class InScope(BasePermission):
    """A token needs `read` to look, and the view's own `scope` (where it names several, one of them) for changes."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method not in view.allowed_methods:
            return True  # it does nothing, and answers 405
        wanted = ApiToken.Scope.READ if request.method in SAFE_METHODS else view.scope
        one_of = (wanted,) if isinstance(wanted, str) else wanted
        if not any(may(request, scope) for scope in one_of):
            raise ScopeMissing(scope=one_of[0])
        return True


def may(request: Request, scope: str) -> bool:
    """Whether who asks came without a token, or the token has this scope."""
    return not isinstance(request.auth, ApiToken) or scope in request.auth.scopes
