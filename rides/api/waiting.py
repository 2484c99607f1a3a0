"""A seat while the form is open, and a place in line when there is none."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from rides import commands
from rides.api.base import KEY, Newest, PersonView, Scope, context_of, key_of, me, sent
from rides.api.problems import answered
from rides.models import WaitingEntry
from rides.serializers.bookings import BookingOut, SeatIn
from rides.serializers.waiting import WaitingOut


class OfferHold(PersonView):
    """Keep room on a ride for five minutes, while a form is filled in; booking the ride uses it up."""

    scope = Scope.RIDE

    @extend_schema(request=SeatIn, responses={201: BookingOut}, parameters=[KEY])
    def post(self, request: Request, offer_id: int) -> Response:
        return answered(commands.hold(me(request), sent(SeatIn, request) | {"offer": offer_id}, key_of(request)))


class OfferWaiting(PersonView):
    """Join the waiting list of a full ride."""

    scope = Scope.RIDE

    @extend_schema(request=SeatIn, responses={201: WaitingOut}, parameters=[KEY])
    def post(self, request: Request, offer_id: int) -> Response:
        wanted = sent(SeatIn, request) | {"offer": offer_id}
        return answered(commands.join_waiting_list(me(request), wanted, key_of(request)))


class WaitingList(PersonView):
    """The waiting lists I am on."""

    @extend_schema(responses=WaitingOut(many=True), operation_id="waiting_list")
    def get(self, request: Request) -> Response:
        pages = Newest()
        rows = pages.paginate_queryset(mine(me(request)), request, view=self)
        return pages.get_paginated_response(WaitingOut(rows, many=True, context=context_of(request)).data)


class WaitingLeave(PersonView):
    """Wait no more."""

    scope = Scope.RIDE

    @extend_schema(request=None, responses=WaitingOut, parameters=[KEY])
    def post(self, request: Request, entry_id: int) -> Response:
        return answered(commands.leave_waiting_list(me(request), entry_id, key_of(request)))


def mine(person: User) -> QuerySet[WaitingEntry]:
    """My places in line."""
    return WaitingEntry.objects.filter(request__rider=person)
