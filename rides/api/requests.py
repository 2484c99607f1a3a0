"""Requests over HTTP, and the cards on which I am asked."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from rides import commands
from rides.api.base import KEY, Newest, PersonView, Scope, context_of, key_of, me, sent
from rides.api.problems import answered
from rides.errors import NotFound
from rides.models import Asking, RideRequest
from rides.serializers.requests import AskingOut, RequestIn, RequestOut


class RequestList(PersonView):
    """My requests; post one."""

    scope = Scope.RIDE

    @extend_schema(responses=RequestOut(many=True), operation_id="requests_list")
    def get(self, request: Request) -> Response:
        rows = RideRequest.objects.filter(rider=me(request)).select_related("origin", "destination")
        pages = Newest()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(RequestOut(page, many=True, context=context_of(request)).data)

    @extend_schema(request=RequestIn, responses={201: RequestOut}, parameters=[KEY])
    def post(self, request: Request) -> Response:
        return answered(commands.post_request(me(request), sent(RequestIn, request), key_of(request)))


class RequestCancel(PersonView):
    """I need nothing any more."""

    scope = Scope.RIDE

    @extend_schema(request=None, responses=RequestOut, parameters=[KEY])
    def post(self, request: Request, request_id: int) -> Response:
        return answered(commands.cancel_request(me(request), request_id, key_of(request)))


class AskingList(PersonView):
    """The requests I am asked to take along."""

    @extend_schema(responses=AskingOut(many=True), operation_id="askings_list")
    def get(self, request: Request) -> Response:
        rows = Asking.objects.filter(offer__driver=me(request)).select_related(
            "request__rider", "request__origin", "request__destination"
        )
        pages = Newest()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(AskingOut(page, many=True, context=context_of(request)).data)


class AskingStep(PersonView):
    """Accept (the answer is the booking) or decline."""

    scope = Scope.DRIVE

    @extend_schema(request=None, responses={200: dict}, parameters=[KEY])
    def post(self, request: Request, asking_id: int, step: str) -> Response:
        steps = {"accept": commands.accept_asking, "decline": commands.decline_asking}
        if step not in steps:
            raise NotFound
        return answered(steps[step](me(request), asking_id, key_of(request)))
