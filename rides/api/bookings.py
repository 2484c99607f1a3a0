"""Bookings over HTTP: mine as rider and as driver."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from rides import access, commands
from rides.api.base import KEY, Newest, PersonView, Scope, context_of, key_of, me, sent
from rides.api.problems import answered
from rides.errors import NotFound
from rides.models import Booking
from rides.serializers.bookings import BookingIn, BookingOut, SmallerIn


def mine(person: User) -> QuerySet[Booking]:
    """The bookings this person rides or drives."""
    return (
        access.bookings_of(person)
        .select_related("offer__driver", "offer__vehicle", "rider", "pickup_place", "dropoff_place")
        .prefetch_related("signals")
    )


class BookingList(PersonView):
    """My bookings; book a seat."""

    scope = Scope.RIDE

    @extend_schema(responses=BookingOut(many=True), operation_id="bookings_list")
    def get(self, request: Request) -> Response:
        pages = Newest()
        rows = pages.paginate_queryset(mine(me(request)), request, view=self)
        return pages.get_paginated_response(BookingOut(rows, many=True, context=context_of(request)).data)

    @extend_schema(request=BookingIn, responses={201: BookingOut}, parameters=[KEY])
    def post(self, request: Request) -> Response:
        return answered(commands.book(me(request), sent(BookingIn, request), key_of(request)))


class BookingDetail(PersonView):
    """One of my bookings."""

    @extend_schema(responses=BookingOut)
    def get(self, request: Request, booking_id: int) -> Response:
        booking = mine(me(request)).filter(pk=booking_id).first()
        if booking is None:
            raise NotFound
        return Response(BookingOut(booking, context=context_of(request)).data, headers={"ETag": f'"{booking.version}"'})


class BookingReduce(PersonView):
    """Fewer people, or less to carry: what remains of a booking."""

    scope = Scope.RIDE

    @extend_schema(request=SmallerIn, responses=BookingOut, parameters=[KEY])
    def post(self, request: Request, booking_id: int) -> Response:
        smaller = sent(SmallerIn, request)
        return answered(commands.reduce_booking(me(request), booking_id, smaller, key_of(request)))


class BookingStep(PersonView):
    """The driver's accept and decline; either side's cancel."""

    scope = (Scope.RIDE, Scope.DRIVE)

    @extend_schema(request=None, responses=BookingOut, parameters=[KEY], operation_id="bookings_step")
    def post(self, request: Request, booking_id: int, step: str) -> Response:
        steps = {
            "accept": commands.accept_booking,
            "decline": commands.decline_booking,
            "cancel": commands.cancel_booking,
        }
        if step not in steps:
            raise NotFound
        return answered(steps[step](me(request), booking_id, key_of(request)))
