"""Weekly rides over HTTP."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from rides import commands
from rides.api.base import Creating, Detail, Listing, PersonView, Scope, Step, me
from rides.bookings.diary import AlreadyDriving, AlreadyRiding
from rides.commands.offers import NoVehicle
from rides.driving.offer_changes import SeatsInUse
from rides.driving.offers import InThePast, WrongState
from rides.models import OfferSeries
from rides.serializers.series import PatternOut, SeriesCancelIn, SeriesChangeIn, SeriesIn, SeriesOut, SkipIn
from rides.streets import OutsideRegion
from rides.weekly import standing


class SeriesList(Listing, Creating, PersonView):
    """The weekly rides I drive; offer one, and its rides of the next weeks are there with the answer."""

    scope = Scope.DRIVE
    out = PatternOut
    body = SeriesIn
    command = staticmethod(commands.begin_series)
    refusals = (NoVehicle, OutsideRegion)

    @extend_schema(responses={201: SeriesOut})
    def post(self, request: Request) -> Response:
        return super().post(request)

    def rows(self, request: Request) -> QuerySet[OfferSeries]:
        mine = OfferSeries.objects.filter(driver=me(request))
        return mine.select_related("driver", "vehicle", "origin", "destination").prefetch_related("exceptions")


class SeriesDetail(Detail, PersonView):
    """One weekly ride, for its driver and for whoever may see its rides."""

    out = SeriesOut
    guard = User  # its driver's lock

    def row(self, person: User, series_id: int) -> OfferSeries:
        return standing.visible(series_id, person)


class SeriesChange(Step):
    """Change one ride, that and the following ones, or all.

    The answer is the series that has the changed rides: for "following" a new one, which goes on from that day.
    """

    scope = Scope.DRIVE
    detail = SeriesDetail
    body = SeriesChangeIn
    command = staticmethod(commands.change_series)
    refusals = (WrongState, OutsideRegion, SeatsInUse, InThePast, AlreadyDriving, AlreadyRiding)


class SeriesCancel(Step):
    """Call off one ride, that and the following ones, or all."""

    scope = Scope.DRIVE
    detail = SeriesDetail
    body = SeriesCancelIn
    command = staticmethod(commands.cancel_series)


class SeriesSkip(Step):
    """No ride on one day, whether it is made already or not."""

    scope = Scope.DRIVE
    detail = SeriesDetail
    body = SkipIn
    command = staticmethod(commands.skip_day)
