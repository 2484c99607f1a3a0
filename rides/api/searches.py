"""What I look for: new rides that suit it are told to me."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from rides import commands
from rides.api.base import Creating, Detail, Listing, PersonView, Scope, me
from rides.api.problems import answered, problems
from rides.commands.execute import Busy
from rides.driving.offers import InThePast
from rides.errors import NotFound
from rides.models import SavedSearch
from rides.requests import searches
from rides.requests.searches import TooManySearches
from rides.serializers.searches import SavedSearchIn, SavedSearchOut
from rides.streets import OutsideRegion


class SearchList(Listing, Creating, PersonView):
    """What I look for; keep a search, and new rides that suit it are told to me (events of kind `found`)."""

    scope = Scope.RIDE
    out = SavedSearchOut
    body = SavedSearchIn
    command = staticmethod(commands.keep_search)
    refusals = (InThePast, OutsideRegion, TooManySearches)

    def rows(self, request: Request) -> QuerySet[SavedSearch]:
        return searches.with_found(me(request), timezone.now())


class SearchDetail(Detail, PersonView):
    """One thing I look for."""

    scope = Scope.RIDE
    out = SavedSearchOut

    def row(self, person: User, search_id: int) -> SavedSearch:
        found = searches.with_found(person, timezone.now()).filter(pk=search_id).first()
        if found is None:
            raise NotFound
        return found

    @problems(Busy)
    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, search_id: int) -> Response:
        """I no longer look for it."""
        answer = commands.drop_search(me(request), search_id)
        return Response(status=204) if answer.ok else answered(answer)
