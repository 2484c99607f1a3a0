"""The minutes around the pickup, and the word after the ride, over HTTP."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from rides import commands
from rides.api.base import PersonView, Scope, Step, StepWithWord, context_of, me
from rides.api.bookings import BookingDetail
from rides.api.problems import problems
from rides.api.requests import RequestDetail
from rides.bookings.answers import AlreadyAboard, AlreadySettled
from rides.serializers.kerb import AboardIn, CodeIn, SignalIn, SignalWithPointOut
from rides.serializers.offers import FoundOut
from rides.streets import OutsideRegion
from rides.underway import no_shows
from rides.underway.completion import NotOver
from rides.underway.hand_over import TriedTooOften, WrongCode
from rides.underway.kerb import NotHere, NotNow, StillWaiting, TooMuchSaid
from rides.underway.no_shows import TooLate

EITHER = (Scope.RIDE, Scope.DRIVE)
NO_SHOW = (AlreadySettled, AlreadyAboard, NotNow, NotHere, StillWaiting)


class BookingSignals(Step):
    """Say to the other side: I am here, I am late, I stand somewhere else, nobody came."""

    scope = EITHER
    detail = BookingDetail
    body = SignalIn
    command = staticmethod(commands.say_at_kerb)
    refusals = (*NO_SHOW, TooMuchSaid, OutsideRegion)

    @extend_schema(responses=SignalWithPointOut(many=True), operation_id="bookings_signals_list")
    def get(self, request: Request, booking_id: int) -> Response:
        """What the two have said to each other, the oldest first."""
        booking = BookingDetail().row(me(request), booking_id)
        return Response(SignalWithPointOut(booking.signals.all(), many=True, context=context_of(request)).data)


class BookingAboard(StepWithWord):
    """The rider got on, as either of the two says; where she has a code, the driver sends it along."""

    scope = EITHER
    detail = BookingDetail
    body = AboardIn
    command = staticmethod(commands.aboard)
    refusals = (AlreadySettled, NotNow, WrongCode, TriedTooOften)


class BookingCode(StepWithWord):
    """I want to show a code to who fetches me, or not any more; the code is in my booking."""

    scope = Scope.RIDE
    detail = BookingDetail
    body = CodeIn
    command = staticmethod(commands.want_code)
    refusals = (AlreadySettled, AlreadyAboard)


class BookingGotOff(Step):
    """The rider got off, as either of the two says."""

    scope = EITHER
    detail = BookingDetail
    command = staticmethod(commands.got_off)
    refusals = (AlreadySettled, NotNow, WrongCode)


class BookingNoShow(StepWithWord):
    """Nobody came: whichever of the two I am, the other did not."""

    scope = EITHER
    detail = BookingDetail
    command = staticmethod(commands.no_show)
    refusals = NO_SHOW


class BookingContradict(StepWithWord):
    """It is not so that nobody came; within a day."""

    scope = EITHER
    detail = BookingDetail
    command = staticmethod(commands.contradict)
    refusals = (AlreadySettled, TooLate)


class BookingTookPlace(Step):
    """The ride took place; the rider's word counts."""

    scope = EITHER
    detail = BookingDetail
    command = staticmethod(commands.took_place)
    refusals = (AlreadySettled, NotOver)


class BookingDidNotHappen(StepWithWord):
    """There was no ride, as either of the two says."""

    scope = EITHER
    detail = BookingDetail
    command = staticmethod(commands.did_not_happen)
    refusals = (AlreadySettled, NotOver)


class RequestLookOn(Step):
    """A journey of mine that ended without a ride is wanted after all."""

    scope = Scope.RIDE
    detail = RequestDetail
    command = staticmethod(commands.look_on)
    refusals = (AlreadySettled, TooLate)


class RequestRides(PersonView):
    """The best live rides for a journey of mine; if a driver left me behind, from where I stand."""

    limit = "search"

    @problems(OutsideRegion)
    @extend_schema(responses=FoundOut(many=True), operation_id="requests_rides_list")
    def get(self, request: Request, request_id: int) -> Response:
        journey = RequestDetail().row(me(request), request_id)
        found = no_shows.rides_for(journey, timezone.now())
        return Response(FoundOut(found, many=True, context=context_of(request)).data)
