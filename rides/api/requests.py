"""Requests over HTTP, and the cards on which I am asked."""

from django.db.models import QuerySet
from rest_framework.request import Request

from accounts.models import User
from rides import commands
from rides.api.base import Creating, Detail, Listing, PersonView, Scope, Step, StepWithWord, me
from rides.bookings.answers import AlreadySettled
from rides.bookings.booking import AlreadyAsked, NotLive
from rides.bookings.diary import AlreadyDriving, AlreadyRiding
from rides.bookings.doors import LongerDetour
from rides.bookings.seats import SeatsTaken
from rides.driving.offers import InThePast
from rides.errors import NotFound
from rides.models import Asking, RideRequest
from rides.planner import NoWay
from rides.requests.cards import NoLater
from rides.requests.journeys import HasWayBack
from rides.requests.ride_requests import NotYet
from rides.serializers.bookings import BookingOut, YesIn
from rides.serializers.requests import AskingOut, RequestIn, RequestOut
from rides.streets import OutsideRegion


class RequestList(Listing, Creating, PersonView):
    """My requests; post one, and drivers it suits will hear of it."""

    scope = Scope.RIDE
    out = RequestOut
    body = RequestIn
    command = staticmethod(commands.post_request)
    refusals = (NotYet, InThePast, OutsideRegion, NotFound, AlreadySettled, HasWayBack)

    def rows(self, request: Request) -> QuerySet[RideRequest]:
        return mine(me(request))


class RequestDetail(Detail, PersonView):
    """One of my requests."""

    out = RequestOut
    guard = RideRequest

    def row(self, person: User, request_id: int) -> RideRequest:
        found = mine(person).filter(pk=request_id).first()
        if found is None:
            raise NotFound
        return found


class RequestCancel(Step):
    """I need nothing any more."""

    scope = Scope.RIDE
    detail = RequestDetail
    command = staticmethod(commands.cancel_request)
    refusals = (AlreadySettled,)


class AskingList(Listing, PersonView):
    """The requests I am asked to take along."""

    out = AskingOut

    def rows(self, request: Request) -> QuerySet[Asking]:
        return asked(me(request))


class AskingDetail(Detail, PersonView):
    """A request I am asked to take along."""

    out = AskingOut
    guard = RideRequest

    def row(self, person: User, asking_id: int) -> Asking:
        found = asked(person).filter(pk=asking_id).first()
        if found is None:
            raise NotFound
        return found


class AskingAccept(StepWithWord):
    """The driver takes the request along; the answer is the booking."""

    scope = Scope.DRIVE
    body = YesIn
    detail = AskingDetail
    out = BookingOut
    command = staticmethod(commands.accept_asking)
    refusals = (
        AlreadySettled, AlreadyAsked, NotLive, SeatsTaken, NoWay, AlreadyRiding, AlreadyDriving, OutsideRegion,
        LongerDetour,
    )  # fmt: skip


class AskingDecline(Step):
    """Not this time; the rider is not told by whom."""

    scope = Scope.DRIVE
    detail = AskingDetail
    command = staticmethod(commands.decline_asking)
    refusals = (AlreadySettled,)


class AskingLater(Step):
    """Not now: the card comes back at `later_at`, twice at most, and its deadline moves on while that helps the rider.

    Others are asked meanwhile.
    """

    scope = Scope.DRIVE
    detail = AskingDetail
    command = staticmethod(commands.put_off_asking)
    refusals = (AlreadySettled, NoLater)


def mine(person: User) -> QuerySet[RideRequest]:
    """What this person asks for."""
    found = RideRequest.objects.filter(rider=person).select_related("rider", "origin", "destination", "way_back")
    return found.prefetch_related("askings", "bookings")


def asked(person: User) -> QuerySet[Asking]:
    """The cards put to this driver."""
    return Asking.objects.filter(offer__driver=person).select_related(
        "request__rider", "request__origin", "request__destination", "offer"
    )
