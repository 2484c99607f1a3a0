"""Requests and the cards put to drivers, as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rides.models import Asking, Booking, RideRequest
from rides.serializers.bookings import TripIn
from rides.serializers.carried import FIELDS as CARRIED
from rides.serializers.places import PlaceOut, shown


class RequestIn(TripIn):
    """A wish that drivers nearby will hear of."""

    kind = serializers.ChoiceField(choices=RideRequest.Kind.choices, default=RideRequest.Kind.RIDE)
    note = serializers.CharField(max_length=300, allow_blank=True, default="")


class RequestOut(serializers.ModelSerializer[RideRequest]):
    """A request as its rider reads it."""

    kind_label = serializers.CharField(source="get_kind_display", read_only=True)
    state_label = serializers.CharField(source="get_state_display", read_only=True)
    stage_label = serializers.CharField(source="get_stage_display", read_only=True)
    origin = serializers.SerializerMethodField()
    destination = serializers.SerializerMethodField()
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
        return request.askings.filter(state=Asking.State.ASKED).count()

    def get_booking(self, request: RideRequest) -> int | None:
        return request.bookings.exclude(state=Booking.State.CANCELLED).values_list("pk", flat=True).last()


class AskingOut(serializers.ModelSerializer[Asking]):
    """A request as the driver who is asked reads it: first name, public points, what it costs her."""

    state_label = serializers.CharField(source="get_state_display", read_only=True)
    kind = serializers.CharField(source="request.kind", read_only=True)
    kind_label = serializers.CharField(source="request.get_kind_display", read_only=True)
    rider = serializers.CharField(source="request.rider.display_name", read_only=True)
    origin = serializers.SerializerMethodField()
    destination = serializers.SerializerMethodField()
    earliest_at = serializers.DateTimeField(source="request.earliest_at", read_only=True)
    latest_at = serializers.DateTimeField(source="request.latest_at", read_only=True)
    seats = serializers.IntegerField(source="request.seats", read_only=True)
    child_seats = serializers.IntegerField(source="request.child_seats", read_only=True)
    wheelchairs = serializers.IntegerField(source="request.wheelchairs", read_only=True)
    litres = serializers.IntegerField(source="request.litres", read_only=True)
    roof_kg = serializers.IntegerField(source="request.roof_kg", read_only=True)
    length_cm = serializers.IntegerField(source="request.length_cm", read_only=True)
    note = serializers.CharField(source="request.note", read_only=True)
    added_min = serializers.SerializerMethodField(help_text="minutes this costs the driver, rounded up")

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
        )
        read_only_fields = fields

    @extend_schema_field(PlaceOut)
    def get_origin(self, asking: Asking) -> dict[str, Any]:
        return shown(asking.request.origin, exact=False)

    @extend_schema_field(PlaceOut)
    def get_destination(self, asking: Asking) -> dict[str, Any]:
        return shown(asking.request.destination, exact=False)

    def get_added_min(self, asking: Asking) -> int:
        return max(0, -(-asking.added_s // 60))
