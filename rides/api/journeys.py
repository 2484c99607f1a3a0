"""What a rider does with a request while drivers are asked, and when she is home, over HTTP."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from rides import commands
from rides.api.base import PersonView, Scope, Step, context_of, me
from rides.api.requests import RequestDetail
from rides.bookings.answers import AlreadySettled
from rides.bookings.diary import AlreadyRiding
from rides.driving.offers import InThePast
from rides.requests import options
from rides.serializers.options import OptionsOut
from rides.serializers.requests import WindowIn


class RequestOptions(PersonView):
    """What I can do while nobody has said yes: rides now and at other hours, more people, a person who helps."""

    limit = "search"

    @extend_schema(responses=OptionsOut)
    def get(self, request: Request, request_id: int) -> Response:
        wish = RequestDetail().row(me(request), request_id=request_id)
        return Response(OptionsOut(options.for_request(wish, timezone.now()), context=context_of(request)).data)


class RequestStep(Step):
    """One thing to do with a request of mine."""

    scope = Scope.RIDE
    detail = RequestDetail


class RequestHurry(RequestStep):
    """Ask more people at once, without waiting any longer."""

    command = staticmethod(commands.hurry_request)
    refusals = (AlreadySettled,)


class RequestMove(RequestStep):
    """Other hours: drivers are asked anew."""

    body = WindowIn
    command = staticmethod(commands.move_request)
    refusals = (AlreadySettled, InThePast)


class RequestOneIsEnough(RequestStep):
    """Both or none no longer: the half to which a driver has said yes is confirmed at once."""

    command = staticmethod(commands.one_is_enough)
    refusals = (AlreadySettled, AlreadyRiding)


class RequestHome(RequestStep):
    """I am home."""

    command = staticmethod(commands.say_home)
