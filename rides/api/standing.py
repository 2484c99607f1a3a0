"""Seats on every ride of a series over HTTP."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from rides import commands, standing
from rides.api.base import KEY, Newest, PersonView, Scope, context_of, key_of, me, sent
from rides.api.problems import answered
from rides.errors import NotFound
from rides.models import StandingBooking
from rides.serializers.bookings import WordIn
from rides.serializers.standing import StandingIn, StandingOut


def mine(person: User) -> QuerySet[StandingBooking]:
    """The standing bookings that this person rides or drives."""
    found = StandingBooking.objects.filter(Q(rider=person) | Q(series__driver=person))
    return found.select_related("series__driver", "rider", "origin", "destination").prefetch_related("bookings")


def pages_of(rows: QuerySet[StandingBooking], request: Request, view: Any) -> Response:
    """A page of them."""
    pages = Newest()
    page = pages.paginate_queryset(rows, request, view=view)
    return pages.get_paginated_response(StandingOut(page, many=True, context=context_of(request)).data)


class StandingList(PersonView):
    """My standing bookings, as rider and as driver."""

    @extend_schema(responses=StandingOut(many=True), operation_id="standing_list")
    def get(self, request: Request) -> Response:
        return pages_of(mine(me(request)), request, self)


class SeriesStanding(PersonView):
    """My standing bookings on one series (its driver's: all of them); ask for one.

    Each ride is booked right after, and each later one as it is made; the driver's yes counts for all of them.
    """

    scope = Scope.RIDE

    @extend_schema(responses=StandingOut(many=True), operation_id="series_standing_list")
    def get(self, request: Request, series_id: int) -> Response:
        standing.visible(series_id, me(request))
        return pages_of(mine(me(request)).filter(series=series_id), request, self)

    @extend_schema(request=StandingIn, responses={201: StandingOut}, parameters=[KEY])
    def post(self, request: Request, series_id: int) -> Response:
        body = sent(StandingIn, request)
        return answered(commands.take_standing(me(request), series_id, body, key_of(request)))


class StandingDetail(PersonView):
    """One of my standing bookings."""

    @extend_schema(responses=StandingOut)
    def get(self, request: Request, standing_id: int) -> Response:
        found = mine(me(request)).filter(pk=standing_id).first()
        if found is None:
            raise NotFound
        return Response(StandingOut(found, context=context_of(request)).data, headers={"ETag": f'"{found.version}"'})


class StandingAccept(PersonView):
    """The driver's yes: to what is asked now, and to every ride to come."""

    scope = Scope.DRIVE

    @extend_schema(request=None, responses=StandingOut, parameters=[KEY])
    def post(self, request: Request, standing_id: int) -> Response:
        return answered(commands.accept_standing(me(request), standing_id, key_of(request)))


class StandingEnd(PersonView):
    """The rider needs it no more, or the driver says no; bookings on rides to come end with it."""

    scope = (Scope.RIDE, Scope.DRIVE)

    @extend_schema(request=WordIn, responses=StandingOut, parameters=[KEY])
    def post(self, request: Request, standing_id: int) -> Response:
        body = sent(WordIn, request)
        return answered(commands.end_standing(me(request), standing_id, key_of(request), note=body["note"]))
