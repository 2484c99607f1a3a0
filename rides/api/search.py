"""Search for rides, and for places by name."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from rides import search, streets
from rides.api.base import PublicView, context_of, person_of
from rides.api.problems import problems
from rides.api.reading import queried
from rides.commands.bookings import trip_from
from rides.errors import Invalid
from rides.serializers.carried import CarriedIn
from rides.serializers.offers import FoundPage
from rides.serializers.places import FoundPlacesOut
from rides.streets import OutsideRegion
from routing.plan import Place


@extend_schema_field(str)
class PointField(serializers.Field[Place, str, str, Any]):
    """`lat,lon` in degrees."""

    def to_internal_value(self, data: str) -> Place:
        lat, _comma, lon = data.partition(",")
        return streets.place_from({"lat": lat, "lon": lon})


class SearchIn(CarriedIn):
    """A trip in a query string; `from` and `to` are `lat,lon`."""

    to = PointField()
    earliest_at = serializers.DateTimeField(required=False, help_text="leave then, or later")
    latest_at = serializers.DateTimeField(required=False, help_text="leave by then")
    arrive_earliest_at = serializers.DateTimeField(required=False, help_text="be there then, or later")
    arrive_latest_at = serializers.DateTimeField(required=False, help_text="be there by then, on foot where need be")
    max_walk_m = serializers.IntegerField(min_value=0, max_value=5000, default=800)

    def get_fields(self) -> dict[str, Any]:
        """`from` too, which no attribute of a Python class can be called."""
        return {"from": PointField(), **super().get_fields()}


class Search(PublicView):
    """The best live rides for a trip; when none fits, those at nearby times.

    Say when to leave, when to be there, or both; without either it is now.
    """

    limit = "search"

    @problems(OutsideRegion)
    @extend_schema(parameters=[SearchIn], responses=FoundPage)
    def get(self, request: Request) -> Response:
        asked = queried(SearchIn, request)
        trip = trip_from({**asked, "origin": asked["from"], "destination": asked["to"]})
        person, now = person_of(request), timezone.now()
        found = search.find_offers(trip=trip, person=person, now=now)
        other_times = [] if found else search.nearby_times(trip=trip, person=person, now=now)
        return Response(FoundPage({"found": found, "other_times": other_times}, context=context_of(request)).data)


class Places(PublicView):
    """Places of the region by name; without `q`, the place nearest to `near`."""

    limit = "places"

    @problems(OutsideRegion)
    @extend_schema(
        parameters=[OpenApiParameter("q", str), OpenApiParameter("near", str, description="lat,lon")],
        responses=FoundPlacesOut,
    )
    def get(self, request: Request) -> Response:
        text = request.query_params.get("q", "").strip()[:100]
        near = request.query_params.get("near")
        point = PointField().to_internal_value(near) if near else None
        places = streets.the_region().places
        if text:
            found = places.search(text, near=point)
        elif point:
            found = [places.nearest(point.lat, point.lon)]
        else:
            raise Invalid("Say what to look for: q, or near as lat,lon.")
        return Response(FoundPlacesOut({"results": found}).data)
