"""The minutes around the pickup, and the word after the ride, over HTTP."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from rides import commands, no_shows
from rides.api.base import KEY, PersonView, Scope, context_of, key_of, me, sent
from rides.api.bookings import mine
from rides.api.problems import answered
from rides.errors import NotFound
from rides.models import RideRequest
from rides.serializers.bookings import BookingOut, WordIn
from rides.serializers.kerb import SignalIn, SignalWithPointOut
from rides.serializers.offers import FoundOut
from rides.serializers.requests import RequestOut


class KerbView(PersonView):
    """For the two of a booking."""

    scope = (Scope.RIDE, Scope.DRIVE)


class BookingSignals(KerbView):
    """What the two have said to each other; say something."""

    @extend_schema(responses=SignalWithPointOut(many=True), operation_id="bookings_signals_list")
    def get(self, request: Request, booking_id: int) -> Response:
        booking = mine(me(request)).filter(pk=booking_id).first()
        if booking is None:
            raise NotFound
        return Response(SignalWithPointOut(booking.signals.all(), many=True, context=context_of(request)).data)

    @extend_schema(request=SignalIn, responses=BookingOut, parameters=[KEY], operation_id="bookings_signals_say")
    def post(self, request: Request, booking_id: int) -> Response:
        return answered(commands.say_at_kerb(me(request), booking_id, sent(SignalIn, request), key_of(request)))


class BookingAboard(KerbView):
    """The rider got on, as either of the two says."""

    @extend_schema(request=None, responses=BookingOut, parameters=[KEY])
    def post(self, request: Request, booking_id: int) -> Response:
        return answered(commands.aboard(me(request), booking_id, key_of(request)))


class BookingGotOff(KerbView):
    """The rider got off."""

    @extend_schema(request=None, responses=BookingOut, parameters=[KEY])
    def post(self, request: Request, booking_id: int) -> Response:
        return answered(commands.got_off(me(request), booking_id, key_of(request)))


class BookingNoShow(KerbView):
    """Nobody came: the other side did not, whichever I am."""

    @extend_schema(request=WordIn, responses=BookingOut, parameters=[KEY])
    def post(self, request: Request, booking_id: int) -> Response:
        return answered(commands.no_show(me(request), booking_id, key_of(request), **sent(WordIn, request)))


class BookingContradict(KerbView):
    """It is not so that nobody came; within a day."""

    @extend_schema(request=WordIn, responses=BookingOut, parameters=[KEY])
    def post(self, request: Request, booking_id: int) -> Response:
        return answered(commands.contradict(me(request), booking_id, key_of(request), **sent(WordIn, request)))


class BookingTookPlace(KerbView):
    """The ride took place; the rider's word counts."""

    @extend_schema(request=None, responses=BookingOut, parameters=[KEY])
    def post(self, request: Request, booking_id: int) -> Response:
        return answered(commands.took_place(me(request), booking_id, key_of(request)))


class BookingDidNotHappen(KerbView):
    """There was no ride, as either of the two says."""

    @extend_schema(request=WordIn, responses=BookingOut, parameters=[KEY])
    def post(self, request: Request, booking_id: int) -> Response:
        return answered(commands.did_not_happen(me(request), booking_id, key_of(request), **sent(WordIn, request)))


class RequestLookOn(PersonView):
    """A journey of mine that ended without a ride is wanted after all."""

    scope = Scope.RIDE

    @extend_schema(request=None, responses=RequestOut, parameters=[KEY])
    def post(self, request: Request, request_id: int) -> Response:
        return answered(commands.look_on(me(request), request_id, key_of(request)))


class RequestRides(PersonView):
    """The best live rides for a journey of mine; if a driver left me behind, from where I stand."""

    limit = "search"

    @extend_schema(responses=FoundOut(many=True), operation_id="requests_rides_list")
    def get(self, request: Request, request_id: int) -> Response:
        journeys = RideRequest.objects.select_related("rider", "origin", "destination")
        journey = journeys.filter(pk=request_id, rider=me(request)).first()
        if journey is None:
            raise NotFound
        found = no_shows.rides_for(journey, timezone.now())
        return Response(FoundOut(found, many=True, context=context_of(request)).data)
