"""Where the car of a ride under way is, over HTTP."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from rides import commands
from rides.api.base import Creating, PersonView, Scope, StepWithWord, me
from rides.api.bookings import BookingDetail
from rides.api.problems import answered, problems
from rides.bookings.answers import AlreadySettled
from rides.commands.execute import Busy
from rides.driving.offers import WrongState
from rides.serializers.positions import ComingCarOut, FixIn, FixOut, LinkIn, LinkOut
from rides.underway import sight


class OfferPosition(Creating, PersonView):
    """Where I am with my car, while the ride is under way; its riders see it until they get off."""

    scope = Scope.DRIVE
    body = FixIn
    out = FixOut
    status = 200
    refusals = (WrongState,)
    command = staticmethod(commands.share_position)

    def post(self, request: Request, offer_id: int) -> Response:
        return self.run(request, self.command, offer_id, self.content(request))

    @problems(Busy)
    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request, offer_id: int) -> Response:
        """Nobody sees the car any more, nor where it was."""
        done = commands.stop_sharing(me(request), offer_id)
        return Response(status=204) if done.ok else answered(done)


class BookingLink(StepWithWord):
    """A link by which somebody whom I choose sees how my ride goes, until it ends; or none any more."""

    scope = Scope.RIDE
    detail = BookingDetail
    body = LinkIn
    out = LinkOut
    command = staticmethod(commands.want_link)
    refusals = (AlreadySettled,)


class BookingCar(PersonView):
    """The car that comes, as far as the rider of this booking may see it; and when it comes."""

    @extend_schema(responses=ComingCarOut, operation_id="bookings_car")
    def get(self, request: Request, booking_id: int) -> Response:
        booking = BookingDetail().row(me(request), booking_id)
        return Response(ComingCarOut(sight.of(booking, me(request), timezone.now())).data)
