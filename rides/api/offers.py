"""Offers over HTTP."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from rides import commands, search
from rides.api.base import KEY, Newest, PersonView, PublicView, Scope, context_of, key_of, me, person_of, sent
from rides.api.problems import answered
from rides.errors import Invalid, NotFound
from rides.line import line_of
from rides.models import RideOffer, Stop
from rides.serializers.offers import OfferChangeIn, OfferIn, OfferOut

BBOX = OpenApiParameter("bbox", str, description="west,south,east,north in degrees: rides that start or end in it")


class OfferList(PublicView):
    """Rides that leave in the future; publish one."""

    scope = Scope.DRIVE

    @extend_schema(parameters=[BBOX], responses=OfferOut(many=True), operation_id="offers_list")
    def get(self, request: Request) -> Response:
        offers = search.visible_offers(person_of(request)).filter(
            state=RideOffer.State.PUBLISHED, departs_at__gte=timezone.now()
        )
        if "bbox" in request.query_params:
            offers = _touching(offers, request.query_params["bbox"])
        pages = Newest()
        rows = pages.paginate_queryset(search.with_plan(offers), request, view=self)
        return pages.get_paginated_response(OfferOut(rows, many=True, context=context_of(request)).data)

    @extend_schema(request=OfferIn, responses={201: OfferOut}, parameters=[KEY])
    def post(self, request: Request) -> Response:
        return answered(commands.publish_offer(me(request), sent(OfferIn, request), key_of(request)))


class OfferDetail(PublicView):
    """One ride; its driver may change it, and whoever has booked is told."""

    scope = Scope.DRIVE

    @extend_schema(responses=OfferOut)
    def get(self, request: Request, offer_id: int) -> Response:
        offer = search.offer_for(person_of(request), offer_id)
        tag = f'"{offer.version}"'
        if request.headers.get("If-None-Match") == tag:
            return Response(status=304, headers={"ETag": tag})
        return Response(OfferOut(offer, context=context_of(request)).data, headers={"ETag": tag})

    @extend_schema(request=OfferChangeIn, responses=OfferOut, parameters=[KEY])
    def patch(self, request: Request, offer_id: int) -> Response:
        changes = sent(OfferChangeIn, request)
        return answered(commands.change_offer(me(request), offer_id, changes, key_of(request)))


class OfferLine(PublicView):
    """The road a ride takes, for drawing: trimmed at both ends where they are private."""

    @extend_schema(responses={200: dict})
    def get(self, request: Request, offer_id: int) -> Response:
        offer = search.offer_for(person_of(request), offer_id)
        return Response({"type": "LineString", "coordinates": line_of(offer)})


class OfferStep(PersonView):
    """The driver's steps: depart, complete, cancel."""

    scope = Scope.DRIVE

    @extend_schema(request=None, responses=OfferOut, parameters=[KEY], operation_id="offers_step")
    def post(self, request: Request, offer_id: int, step: str) -> Response:
        steps = {
            "publish": commands.publish_draft,
            "depart": commands.depart_offer,
            "complete": commands.complete_offer,
            "cancel": commands.cancel_offer,
        }
        if step not in steps:
            raise NotFound
        return answered(steps[step](me(request), offer_id, key_of(request)))


def _touching(offers: QuerySet[RideOffer], bbox: str) -> QuerySet[RideOffer]:
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError as error:
        raise Invalid("bbox is west,south,east,north in degrees.") from error
    inside = Stop.objects.filter(place__public_lat__range=(south, north), place__public_lon__range=(west, east))
    return offers.filter(pk__in=inside.values("offer"))
