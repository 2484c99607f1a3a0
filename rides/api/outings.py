"""Outings over HTTP, found by their slug."""

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from rides import commands
from rides.api.base import KEY, Newest, PersonView, PublicView, Scope, context_of, key_of, me, sent
from rides.api.problems import answered
from rides.errors import NotFound
from rides.models import Outing
from rides.serializers.outings import AnswerIn, OutingIn, OutingOut, ParticipantIn


def get_outing(slug: str) -> Outing:
    """The outing behind a short link; raises NotFound."""
    outing = (
        Outing.objects.select_related("organiser", "destination")
        .prefetch_related("participants__person", "participants__origin")
        .filter(slug=slug)
        .first()
    )
    if outing is None:
        raise NotFound
    return outing


class OutingList(PersonView):
    """The outings I organise or take part in; plan one."""

    scope = Scope.RIDE

    @extend_schema(responses=OutingOut(many=True), operation_id="outings_list")
    def get(self, request: Request) -> Response:
        person = me(request)
        rows = Outing.objects.filter(Q(organiser=person) | Q(participants__person=person)).distinct()
        pages = Newest()
        page = pages.paginate_queryset(rows.select_related("organiser", "destination"), request, view=self)
        return pages.get_paginated_response(OutingOut(page, many=True, context=context_of(request)).data)

    @extend_schema(request=OutingIn, responses={201: OutingOut}, parameters=[KEY])
    def post(self, request: Request) -> Response:
        return answered(commands.plan_outing(me(request), sent(OutingIn, request), key_of(request)))


class OutingDetail(PublicView):
    """One outing, for everybody who has its link."""

    @extend_schema(responses=OutingOut)
    def get(self, request: Request, slug: str) -> Response:
        return Response(OutingOut(get_outing(slug), context=context_of(request)).data)


class OutingJoin(PersonView):
    """Take part, or change how."""

    scope = Scope.RIDE

    @extend_schema(request=ParticipantIn, responses=OutingOut, parameters=[KEY])
    def post(self, request: Request, slug: str) -> Response:
        outing = get_outing(slug)
        return answered(commands.join_outing(me(request), outing.pk, sent(ParticipantIn, request), key_of(request)))


class OutingAnswer(PersonView):
    """My own yes or no to the latest proposal."""

    scope = Scope.RIDE

    @extend_schema(request=AnswerIn, responses=OutingOut, parameters=[KEY])
    def post(self, request: Request, slug: str) -> Response:
        outing = get_outing(slug)
        return answered(commands.answer_proposal(me(request), outing.pk, sent(AnswerIn, request), key_of(request)))


class OutingStep(PersonView):
    """Leave; as organiser: propose (the cars come later, as news)."""

    scope = Scope.RIDE

    @extend_schema(
        request=None, responses={200: OutingOut, 202: OutingOut}, parameters=[KEY], operation_id="outings_step"
    )
    def post(self, request: Request, slug: str, step: str) -> Response:
        steps = {"leave": commands.leave_outing, "propose": commands.propose_cars}
        if step not in steps:
            raise NotFound
        return answered(steps[step](me(request), get_outing(slug).pk, key_of(request)))
