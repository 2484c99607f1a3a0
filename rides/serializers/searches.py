"""Saved searches and what they found, as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rides.models import FoundRide, SavedSearch
from rides.serializers.bookings import TripIn
from rides.serializers.carried import FIELDS as CARRIED
from rides.serializers.places import PlaceOut, shown
from rides.serializers.series import Weekdays


class SavedSearchIn(TripIn):
    """What to tell me of: a departure between two instants; on some days of the week only, or at some hours."""

    latest_at = serializers.DateTimeField(help_text="then it is over")
    weekdays = Weekdays(default=list, allow_empty=True)
    first = serializers.TimeField(required=False, help_text="wall time; with `last`")
    last = serializers.TimeField(required=False, help_text="wall time, later than `first`")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if "earliest_at" in attrs and attrs["latest_at"] < attrs["earliest_at"]:
            raise serializers.ValidationError({"latest_at": ["The window ends before it begins."]})
        if ("first" in attrs) != ("last" in attrs):
            raise serializers.ValidationError({"last": ["From which hour to which?"]})
        if "first" in attrs and attrs["last"] < attrs["first"]:
            raise serializers.ValidationError({"last": ["The last hour is before the first."]})
        return attrs


class FoundRideOut(serializers.ModelSerializer[FoundRide]):
    """A ride that suits one of my searches, and when it would pick me up."""

    class Meta:
        model = FoundRide
        fields = ("id", "search", "offer", "pickup_at", "dropoff_at", "found_at")
        read_only_fields = fields


class SavedSearchOut(serializers.ModelSerializer[SavedSearch]):
    """What I look for; `found` are the rides that I can still take."""

    origin = serializers.SerializerMethodField()
    destination = serializers.SerializerMethodField()
    found = serializers.SerializerMethodField()

    class Meta:
        model = SavedSearch
        fields = (
            "id",
            "origin",
            "destination",
            "earliest_at",
            "latest_at",
            "weekdays",
            "first",
            "last",
            *CARRIED,
            "max_walk_m",
            "created_at",
            "found",
        )
        read_only_fields = fields

    @extend_schema_field(PlaceOut)
    def get_origin(self, search: SavedSearch) -> dict[str, Any]:
        return shown(search.origin, exact=True)

    @extend_schema_field(PlaceOut)
    def get_destination(self, search: SavedSearch) -> dict[str, Any]:
        return shown(search.destination, exact=True)

    @extend_schema_field(FoundRideOut(many=True))
    def get_found(self, search: SavedSearch) -> list[dict[str, Any]]:
        return [dict(FoundRideOut(one).data) for one in getattr(search, "still_there", ())]
