"""Bookings over HTTP: mine as rider and as driver."""

from django.db.models import QuerySet
from rest_framework.request import Request

from accounts.models import User
from rides import access, commands
from rides.api.base import Creating, Detail, Listing, PersonView, Scope, Step, StepWithWord, me
from rides.bookings.answers import AlreadyAboard, AlreadySettled
from rides.bookings.booking import AlreadyAsked, NotLive, OwnRide, TooManyAsked
from rides.bookings.diary import AlreadyDriving, AlreadyRiding
from rides.bookings.doors import LongerDetour
from rides.bookings.seats import SeatsTaken
from rides.errors import NotFound
from rides.models import Booking, RideOffer
from rides.planner import NoWay
from rides.requests.journeys import HasWayBack
from rides.serializers.bookings import BookingIn, BookingOut, SmallerIn, YesIn
from rides.streets import OutsideRegion

BOOK = (NotFound, NotLive, OwnRide, SeatsTaken, NoWay, OutsideRegion)
BUSY = (AlreadyRiding, AlreadyDriving)


def mine(person: User) -> QuerySet[Booking]:
    """The bookings this person rides or drives."""
    return (
        access.bookings_of(person)
        .select_related("offer__driver", "offer__vehicle", "rider", "pickup_place", "dropoff_place")
        .prefetch_related("signals")
    )


class BookingList(Listing, Creating, PersonView):
    """My bookings; book a seat. When it has just gone, the problem names the `next_best` rides."""

    scope = Scope.RIDE
    out = BookingOut
    body = BookingIn
    command = staticmethod(commands.book)
    refusals = (*BOOK, *BUSY, TooManyAsked, AlreadyAsked, HasWayBack)

    def rows(self, request: Request) -> QuerySet[Booking]:
        return mine(me(request))


class BookingDetail(Detail, PersonView):
    """One of my bookings."""

    out = BookingOut
    guard = RideOffer

    def row(self, person: User, booking_id: int) -> Booking:
        booking = mine(person).filter(pk=booking_id).first()
        if booking is None:
            raise NotFound
        return booking


class BookingReduce(Step):
    """Fewer people, or less to carry: what remains of a booking."""

    scope = Scope.RIDE
    detail = BookingDetail
    body = SmallerIn
    command = staticmethod(commands.reduce_booking)
    refusals = (AlreadySettled,)


class BookingAccept(StepWithWord):
    """The driver says yes."""

    scope = Scope.DRIVE
    body = YesIn
    detail = BookingDetail
    command = staticmethod(commands.accept_booking)
    refusals = (AlreadySettled, NotLive, LongerDetour, *BUSY)


class BookingDecline(StepWithWord):
    """The driver says no, and the seat is free again."""

    scope = Scope.DRIVE
    detail = BookingDetail
    command = staticmethod(commands.decline_booking)
    refusals = (AlreadySettled,)


class BookingCancel(StepWithWord):
    """Rider or driver calls off."""

    scope = (Scope.RIDE, Scope.DRIVE)
    detail = BookingDetail
    command = staticmethod(commands.cancel_booking)
    refusals = (AlreadySettled, AlreadyAboard)
