"""A seat while the form is open, and a place in line when there is none."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from accounts.models import User
from rides import commands
from rides.api.base import Creating, Detail, Listing, PersonView, Scope, Step, me
from rides.api.bookings import BUSY
from rides.bookings.booking import AlreadyAsked, NotLive, OwnRide
from rides.bookings.seats import SeatsTaken
from rides.bookings.waiting import AlreadyWaiting, ListFull
from rides.errors import NotFound
from rides.models import RideOffer, WaitingEntry
from rides.planner import NoWay
from rides.serializers.bookings import BookingOut, SeatIn
from rides.serializers.waiting import WaitingOut
from rides.streets import OutsideRegion


class OfferSeat(Creating, PersonView):
    """For who would like a seat on the ride of the address."""

    scope = Scope.RIDE
    body = SeatIn

    def content(self, request: Request, offer_id: int) -> dict[str, Any]:
        return super().content(request) | {"offer": offer_id}


class OfferHold(OfferSeat):
    """Keep room on a ride for five minutes, while a form is filled in; booking the ride uses it up."""

    out = BookingOut
    command = staticmethod(commands.hold)
    refusals = (NotLive, OwnRide, SeatsTaken, NoWay, OutsideRegion, *BUSY)


class OfferWaiting(OfferSeat):
    """Join the waiting list of a full ride."""

    out = WaitingOut
    command = staticmethod(commands.join_waiting_list)
    refusals = (NotLive, OwnRide, AlreadyAsked, AlreadyWaiting, ListFull, OutsideRegion)


class WaitingList(Listing, PersonView):
    """The waiting lists I am on."""

    out = WaitingOut

    def rows(self, request: Request) -> QuerySet[WaitingEntry]:
        return mine(me(request))


class WaitingDetail(Detail, PersonView):
    """My place in one waiting list."""

    out = WaitingOut
    guard = RideOffer

    def row(self, person: User, entry_id: int) -> WaitingEntry:
        found = mine(person).filter(pk=entry_id).first()
        if found is None:
            raise NotFound
        return found


class WaitingLeave(Step):
    """Wait no more."""

    scope = Scope.RIDE
    detail = WaitingDetail
    command = staticmethod(commands.leave_waiting_list)


def mine(person: User) -> QuerySet[WaitingEntry]:
    """My places in line."""
    return WaitingEntry.objects.with_place().filter(request__rider=person)
