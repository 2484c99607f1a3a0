"""Seats on every ride of a series, as JSON."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rides.models import Booking, StandingBooking
from rides.serializers.carried import FIELDS as CARRIED
from rides.serializers.carried import CarriedIn
from rides.serializers.places import PlaceIn, PlaceOut, shown
from rides.serializers.series import Weekdays


class StandingIn(CarriedIn):
    """A seat on every ride of a series."""

    origin = PlaceIn()
    destination = PlaceIn()
    weekdays = Weekdays(default=list)
    starts_on = serializers.DateField(required=False, help_text="the first day; today without")
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="the last day; open without")
    way_back = serializers.BooleanField(default=False, help_text="on the linked way back instead")
    companions = serializers.ListField(child=serializers.CharField(max_length=40), max_length=7, default=list)
    max_walk_m = serializers.IntegerField(min_value=0, max_value=5000, default=800)


class StandingRideOut(serializers.ModelSerializer[Booking]):
    """The booking of one ride."""

    booking = serializers.IntegerField(source="pk")

    class Meta:
        model = Booking
        fields = ("booking", "offer", "state", "reason", "pickup_at", "dropoff_at", "price_cents")
        read_only_fields: Any = fields


class StandingOut(serializers.ModelSerializer[StandingBooking]):
    """A standing booking as its rider or its driver reads it."""

    role = serializers.SerializerMethodField()
    rider = serializers.CharField(source="rider.display_name", read_only=True)
    driver = serializers.CharField(source="series.driver.display_name", read_only=True)
    origin = serializers.SerializerMethodField()
    destination = serializers.SerializerMethodField()
    bookings = serializers.SerializerMethodField(help_text="of the rides to come")

    class Meta:
        model = StandingBooking
        fields = (
            "id",
            "series",
            "role",
            "state",
            "rider",
            "driver",
            "origin",
            "destination",
            "weekdays",
            "starts_on",
            "ends_on",
            "way_back",
            *CARRIED,
            "companions",
            "accepted_at",
            "bookings",
            "version",
        )
        read_only_fields: Any = fields

    def get_role(self, one: StandingBooking) -> str:
        return "rider" if self._is_rider(one) else "driver"

    @extend_schema_field(PlaceOut)
    def get_origin(self, one: StandingBooking) -> dict[str, Any]:
        return shown(one.origin, exact=self._is_rider(one))

    @extend_schema_field(PlaceOut)
    def get_destination(self, one: StandingBooking) -> dict[str, Any]:
        return shown(one.destination, exact=self._is_rider(one))

    @extend_schema_field(StandingRideOut(many=True))
    def get_bookings(self, one: StandingBooking) -> Any:
        to_come = [booking for booking in one.bookings.all() if booking.pickup_at > timezone.now()]
        return StandingRideOut(sorted(to_come, key=lambda booking: booking.pickup_at), many=True).data

    def _is_rider(self, one: StandingBooking) -> bool:
        return bool(self.context["person"].pk == one.rider_id)
