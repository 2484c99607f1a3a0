"""Weekly rides over HTTP."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from rides import commands, standing
from rides.api.base import KEY, Newest, PersonView, Scope, context_of, key_of, me, sent
from rides.api.problems import answered
from rides.models import OfferSeries
from rides.serializers.series import PatternOut, SeriesCancelIn, SeriesChangeIn, SeriesIn, SeriesOut, SkipIn


class SeriesList(PersonView):
    """The weekly rides I drive; offer one."""

    scope = Scope.DRIVE

    @extend_schema(responses=PatternOut(many=True), operation_id="series_list")
    def get(self, request: Request) -> Response:
        mine = OfferSeries.objects.filter(driver=me(request))
        rows = mine.select_related("driver", "vehicle", "origin", "destination").prefetch_related("exceptions")
        pages = Newest()
        page = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(PatternOut(page, many=True, context=context_of(request)).data)

    @extend_schema(request=SeriesIn, responses={201: SeriesOut}, parameters=[KEY])
    def post(self, request: Request) -> Response:
        return answered(commands.begin_series(me(request), sent(SeriesIn, request), key_of(request)))


class SeriesDetail(PersonView):
    """One weekly ride, for its driver and for whoever may see its rides."""

    @extend_schema(responses=SeriesOut)
    def get(self, request: Request, series_id: int) -> Response:
        found = standing.visible(series_id, me(request))
        return Response(SeriesOut(found, context=context_of(request)).data, headers={"ETag": f'"{found.version}"'})


class SeriesChange(PersonView):
    """Change one ride, that and the following ones, or all.

    The answer is the series that has the changed rides: for "following" a new one, which goes on from that day.
    """

    scope = Scope.DRIVE

    @extend_schema(request=SeriesChangeIn, responses=SeriesOut, parameters=[KEY])
    def post(self, request: Request, series_id: int) -> Response:
        body = sent(SeriesChangeIn, request)
        return answered(commands.change_series(me(request), series_id, body, key_of(request)))


class SeriesCancel(PersonView):
    """Call off one ride, that and the following ones, or all."""

    scope = Scope.DRIVE

    @extend_schema(request=SeriesCancelIn, responses=SeriesOut, parameters=[KEY])
    def post(self, request: Request, series_id: int) -> Response:
        body = sent(SeriesCancelIn, request)
        return answered(commands.cancel_series(me(request), series_id, body, key_of(request)))


class SeriesSkip(PersonView):
    """No ride on one day, whether it is made already or not."""

    scope = Scope.DRIVE

    @extend_schema(request=SkipIn, responses=SeriesOut, parameters=[KEY])
    def post(self, request: Request, series_id: int) -> Response:
        body = sent(SkipIn, request)
        answer = commands.skip_day(me(request), series_id, body["date"], key_of(request), note=body["note"])
        return answered(answer)
