"""Requests and the cards put to drivers, as JSON."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rides import planner
from rides.models import Asking, Booking, RideRequest
from rides.requests import cards
from rides.serializers.bookings import TripIn
from rides.serializers.carried import FIELDS as CARRIED
from rides.serializers.places import PlaceOut, shown

STAGES = (RideRequest.Stage.KNOWN, RideRequest.Stage.COMMUNITIES, RideRequest.Stage.EVERYONE)
"""What a rider may begin with."""


class RequestIn(TripIn):
    """A wish that drivers nearby will hear of."""

    kind = serializers.ChoiceField(
        choices=[*RideRequest.Kind.choices, *RideRequest.NotYet.choices],
        default=RideRequest.Kind.RIDE,
        help_text=f"refused for now: {', '.join(RideRequest.NotYet.values)}",
    )
    note = serializers.CharField(max_length=300, allow_blank=True, default="")
    return_earliest_at = serializers.DateTimeField(
        required=False, help_text="then the way back is asked for too, as a request of its own"
    )
    return_latest_at = serializers.DateTimeField(required=False)
    return_of = serializers.IntegerField(
        min_value=1, max_value=2**63 - 1, required=False, help_text="my request for the way out; this is the way back"
    )
    both_or_none = serializers.BooleanField(
        default=False, help_text="way out and way back are confirmed together, or neither is"
    )
    ask_first = serializers.ChoiceField(
        choices=[(stage.value, stage.label) for stage in STAGES],
        required=False,
        help_text="the first stage; without, people as near to me as there is time for",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        for first, last in (("earliest_at", "latest_at"), ("return_earliest_at", "return_latest_at")):
            if first in attrs and last in attrs and attrs[last] < attrs[first]:
                raise serializers.ValidationError({last: ["The window ends before it begins."]})
        if "return_latest_at" in attrs and "return_earliest_at" not in attrs:
            raise serializers.ValidationError({"return_earliest_at": ["From which hour on?"]})
        if "return_earliest_at" in attrs and "return_of" in attrs:
            raise serializers.ValidationError({"return_of": ["A way back has no way back of its own."]})
        return attrs


class WindowIn(serializers.Serializer[Any]):
    """Other hours for a request of mine."""

    earliest_at = serializers.DateTimeField()
    latest_at = serializers.DateTimeField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["latest_at"] < attrs["earliest_at"]:
            raise serializers.ValidationError({"latest_at": ["The window ends before it begins."]})
        return attrs


class RequestOut(serializers.ModelSerializer[RideRequest]):
    """A request as its rider reads it."""

    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    state_label = serializers.CharField(source="get_state_display", read_only=True)
    stage_label = serializers.CharField(source="get_stage_display", read_only=True)
    origin = serializers.SerializerMethodField()
    destination = serializers.SerializerMethodField()
    way_back = serializers.IntegerField(source="way_back.pk", default=None, read_only=True)
    asked = serializers.SerializerMethodField(help_text="how many drivers are being asked")
    booking = serializers.SerializerMethodField(help_text="the booking, once a driver said yes")

    class Meta:
        model = RideRequest
        fields = (
            "id",
            "kind",
            "kind_label",
            "state",
            "state_label",
            "origin",
            "destination",
            "earliest_at",
            "latest_at",
            *CARRIED,
            "note",
            "stage",
            "stage_label",
            "told_nobody_at",
            "return_of",
            "way_back",
            "both_or_none",
            "home_at",
            "asked",
            "booking",
            "version",
        )
        read_only_fields = fields

    @extend_schema_field(PlaceOut)
    def get_origin(self, request: RideRequest) -> dict[str, Any]:
        return shown(request.origin, exact=True)

    @extend_schema_field(PlaceOut)
    def get_destination(self, request: RideRequest) -> dict[str, Any]:
        return shown(request.destination, exact=True)

    def get_asked(self, request: RideRequest) -> int:
        return sum(one.state == Asking.State.ASKED for one in request.askings.all())

    def get_booking(self, request: RideRequest) -> int | None:
        stand = (one.pk for one in request.bookings.all() if one.state != Booking.State.CANCELLED)
        return max(stand, default=None)


class AskingOut(serializers.ModelSerializer[Asking]):
    """A request as the driver who is asked reads it: first name, public points, what it costs her."""

    state_label = serializers.CharField(source="get_state_display", read_only=True)
    kind = serializers.CharField(source="request.kind", read_only=True)
    kind_label = serializers.CharField(source="request.get_kind_display", read_only=True)
    rider = serializers.CharField(source="request.rider.display_name", read_only=True)
    origin = serializers.SerializerMethodField()
    destination = serializers.SerializerMethodField()
    earliest_at = serializers.SerializerMethodField(help_text="other hours too, once nobody came at the wished ones")
    latest_at = serializers.SerializerMethodField()
    seats = serializers.IntegerField(source="request.seats", read_only=True)
    child_seats = serializers.IntegerField(source="request.child_seats", read_only=True)
    wheelchairs = serializers.IntegerField(source="request.wheelchairs", read_only=True)
    litres = serializers.IntegerField(source="request.litres", read_only=True)
    roof_kg = serializers.IntegerField(source="request.roof_kg", read_only=True)
    length_cm = serializers.IntegerField(source="request.length_cm", read_only=True)
    note = serializers.CharField(source="request.note", read_only=True)
    added_min = serializers.SerializerMethodField(help_text="minutes this costs the driver, rounded up")
    may_put_off = serializers.SerializerMethodField(help_text="whether `later` is still an answer")

    class Meta:
        model = Asking
        fields = (
            "id",
            "offer",
            "state",
            "state_label",
            "kind",
            "kind_label",
            "rider",
            "origin",
            "destination",
            "earliest_at",
            "latest_at",
            *CARRIED,
            "note",
            "added_min",
            "deadline_at",
            "later_at",
            "may_put_off",
        )
        read_only_fields = fields

    @extend_schema_field(PlaceOut)
    def get_origin(self, asking: Asking) -> dict[str, Any]:
        return shown(asking.request.origin, exact=False)

    @extend_schema_field(PlaceOut)
    def get_destination(self, asking: Asking) -> dict[str, Any]:
        return shown(asking.request.destination, exact=False)

    def get_earliest_at(self, asking: Asking) -> datetime:
        return planner.window_of(asking.request)[0]

    def get_latest_at(self, asking: Asking) -> datetime:
        return planner.window_of(asking.request)[1]

    def get_added_min(self, asking: Asking) -> int:
        return max(0, -(-asking.added_s // 60))

    def get_may_put_off(self, asking: Asking) -> bool:
        return cards.may_put_off(asking, timezone.now())
