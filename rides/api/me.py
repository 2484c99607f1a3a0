"""My account over HTTP: who I am, my cars, my tokens."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import tokens
from accounts.models import ApiToken, User
from rides.api.authentication import ScopeMissing, may
from rides.api.base import Changing, Creating, Listing, PersonView, Scope, me, sent
from rides.api.problems import problems
from rides.commands.account import add_vehicle, change_me
from rides.errors import NotFound, RideError
from rides.serializers.account import MeIn, MeOut, TokenIn, TokenMade, TokenOut, VehicleIO


class TooManyTokens(RideError):
    """More than anybody can look after."""

    code = "too_many_tokens"
    sentence = _("You have too many tokens. Please delete those you no longer use.")


class Me(Changing, PersonView):
    """My account."""

    scope = Scope.ACCOUNT
    out = MeOut
    guard = User
    body = MeIn
    command = staticmethod(change_me)

    def row(self, person: User) -> User:
        return User.objects.prefetch_related("vehicles__configurations").get(pk=person.pk)

    def subject(self) -> int:
        return me(self.request).pk


class Vehicles(Creating, PersonView):
    """Add a car."""

    scope = Scope.ACCOUNT
    out = VehicleIO
    body = VehicleIO
    command = staticmethod(add_vehicle)


class TokenList(Listing, PersonView):
    """The tokens of programs that act for me; make one."""

    scope = Scope.ACCOUNT
    out = TokenOut

    def rows(self, request: Request) -> QuerySet[ApiToken]:
        return ApiToken.objects.filter(person=me(request))

    @problems(TooManyTokens)
    @extend_schema(request=TokenIn, responses={201: TokenMade})
    def post(self, request: Request) -> Response:
        """Make a token; the answer is the only one that shows its secret, so no Idempotency-Key keeps it.

        A token hands on no more than it has itself: neither scopes nor time.
        """
        wanted = sent(TokenIn, request)
        expires_at = wanted["expires_at"]
        if isinstance(request.auth, ApiToken):
            if missing := [scope for scope in wanted["scopes"] if not may(request, scope)]:
                raise ScopeMissing(scope=missing[0])
            expires_at = min(filter(None, (expires_at, request.auth.expires_at)), default=None)
        try:
            token, secret = tokens.make(me(request), **wanted | {"expires_at": expires_at})
        except tokens.TooManyTokens:
            raise TooManyTokens from None
        return Response({**TokenOut(token).data, "secret": secret}, status=201)


class TokenDetail(PersonView):
    """One of my tokens."""

    scope = Scope.ACCOUNT

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, token_id: int) -> Response:
        """End it: the program is out at once."""
        if not ApiToken.objects.filter(person=me(request), pk=token_id).delete()[0]:
            raise NotFound
        return Response(status=204)
