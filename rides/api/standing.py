"""Seats on every ride of a series over HTTP."""

from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.request import Request

from accounts.models import User
from rides import commands
from rides.api.base import Creating, Detail, Listing, PersonView, Scope, Step, StepWithWord, me, sent
from rides.bookings.answers import AlreadySettled
from rides.bookings.booking import OwnRide
from rides.errors import NotFound
from rides.models import StandingBooking
from rides.serializers.standing import StandingIn, StandingOut
from rides.streets import OutsideRegion
from rides.weekly import standing


def mine(person: User) -> QuerySet[StandingBooking]:
    """The standing bookings that this person rides or drives."""
    found = StandingBooking.objects.filter(Q(rider=person) | Q(series__driver=person))
    return found.select_related("series__driver", "rider", "origin", "destination").prefetch_related("bookings")


class StandingList(Listing, PersonView):
    """My standing bookings, as rider and as driver."""

    out = StandingOut

    def rows(self, request: Request) -> QuerySet[StandingBooking]:
        return mine(me(request))


class SeriesStanding(Listing, Creating, PersonView):
    """My standing bookings on one series (its driver's: all of them); ask for one.

    Each ride is booked right after, and each later one as it is made; the driver's yes counts for all of them.
    """

    scope = Scope.RIDE
    out = StandingOut
    body = StandingIn
    command = staticmethod(commands.take_standing)
    refusals = (OwnRide, standing.AlreadyStanding, OutsideRegion)

    def rows(self, request: Request, series_id: int) -> QuerySet[StandingBooking]:
        return mine(me(request)).filter(series=standing.visible(series_id, me(request)))

    def content(self, request: Request, series_id: int) -> dict[str, Any]:
        return sent(StandingIn, request) | {"series": series_id}


class StandingDetail(Detail, PersonView):
    """One of my standing bookings."""

    out = StandingOut
    guard = User  # the locks of its rider and its driver

    def row(self, person: User, standing_id: int) -> StandingBooking:
        found = mine(person).filter(pk=standing_id).first()
        if found is None:
            raise NotFound
        return found


class StandingAccept(Step):
    """The driver's yes: to what is asked now, and to every ride to come."""

    scope = Scope.DRIVE
    detail = StandingDetail
    command = staticmethod(commands.accept_standing)
    refusals = (AlreadySettled,)


class StandingEnd(StepWithWord):
    """The rider needs it no more, or the driver says no; bookings on rides to come end with it."""

    scope = (Scope.RIDE, Scope.DRIVE)
    detail = StandingDetail
    command = staticmethod(commands.end_standing)
    refusals = (AlreadySettled,)
