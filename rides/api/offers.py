"""Offers over HTTP."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from rides import commands, search
from rides.api.base import Changing, Creating, Listing, PublicView, Scope, Step, StepWithWord, person_of
from rides.bookings.diary import AlreadyDriving, AlreadyRiding
from rides.commands.offers import NoVehicle
from rides.driving.line import line_of
from rides.driving.offer_changes import SeatsInUse
from rides.driving.offers import InThePast, WrongState
from rides.errors import Invalid
from rides.models import RideOffer, Stop
from rides.serializers.offers import OfferChangeIn, OfferIn, OfferOut
from rides.serializers.places import LineOut
from rides.streets import OutsideRegion

BBOX = OpenApiParameter("bbox", str, description="west,south,east,north in degrees: rides that start or end in it")
BUSY = (AlreadyDriving, AlreadyRiding)


class OfferList(Listing, Creating, PublicView):
    """Rides that leave in the future; publish one."""

    scope = Scope.DRIVE
    out = OfferOut
    body = OfferIn
    command = staticmethod(commands.publish_offer)
    refusals = (NoVehicle, InThePast, OutsideRegion, *BUSY)

    @extend_schema(parameters=[BBOX])
    def get(self, request: Request) -> Response:
        return super().get(request)

    def rows(self, request: Request) -> QuerySet[RideOffer]:
        offers = search.visible_offers(person_of(request)).filter(
            state=RideOffer.State.PUBLISHED, departs_at__gte=timezone.now()
        )
        if "bbox" in request.query_params:
            offers = _touching(offers, request.query_params["bbox"])
        return search.with_riders(offers).select_related("way_back")


class OfferDetail(Changing, PublicView):
    """One ride; its driver may change it, and whoever has booked is told."""

    scope = Scope.DRIVE
    out = OfferOut
    guard = RideOffer
    body = OfferChangeIn
    command = staticmethod(commands.change_offer)
    refusals = (WrongState, SeatsInUse, InThePast, OutsideRegion, *BUSY)

    def row(self, person: User | None, offer_id: int) -> RideOffer:
        return search.offer_for(person, offer_id)


class OfferLine(PublicView):
    """The road a ride takes, for drawing: trimmed at both ends where they are private."""

    @extend_schema(responses=LineOut)
    def get(self, request: Request, offer_id: int) -> Response:
        offer = search.offer_for(person_of(request), offer_id)
        return Response({"type": "LineString", "coordinates": line_of(offer)})


class OfferPublish(Step):
    """A draft becomes a ride that others see."""

    scope = Scope.DRIVE
    detail = OfferDetail
    command = staticmethod(commands.publish_draft)
    refusals = (WrongState, InThePast, *BUSY)


class OfferDepart(Step):
    """The driver starts."""

    scope = Scope.DRIVE
    detail = OfferDetail
    command = staticmethod(commands.depart_offer)
    refusals = (WrongState,)


class OfferComplete(Step):
    """Everybody has arrived."""

    scope = Scope.DRIVE
    detail = OfferDetail
    command = staticmethod(commands.complete_offer)
    refusals = (WrongState,)


class OfferCancel(StepWithWord):
    """The ride is called off, and everybody aboard is told."""

    scope = Scope.DRIVE
    detail = OfferDetail
    command = staticmethod(commands.cancel_offer)
    refusals = (WrongState,)


def _touching(offers: QuerySet[RideOffer], bbox: str) -> QuerySet[RideOffer]:
    try:
        west, south, east, north = (float(part) for part in bbox.split(","))
    except ValueError as error:
        raise Invalid(_("bbox is west,south,east,north in degrees.")) from error
    inside = Stop.objects.filter(place__public_lat__range=(south, north), place__public_lon__range=(west, east))
    return offers.filter(pk__in=inside.values("offer"))
