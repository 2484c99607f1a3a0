"""Bookings as JSON: what a rider sends, and what rider and driver may each read."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rides import access
from rides.models import Booking
from rides.serializers.places import PlaceIn, PlaceOut, shown


class TripIn(serializers.Serializer[Any]):
    """From where to where, when, with how many and how much."""

    origin = PlaceIn()
    destination = PlaceIn()
    earliest_at = serializers.DateTimeField(required=False)
    latest_at = serializers.DateTimeField(required=False)
    seats = serializers.IntegerField(min_value=0, max_value=8, default=1)
    litres = serializers.IntegerField(min_value=0, max_value=20_000, default=0)
    length_cm = serializers.IntegerField(min_value=0, max_value=600, default=0)
    max_walk_m = serializers.IntegerField(min_value=0, max_value=5000, default=800)


class BookingIn(TripIn):
    """Seats on one offer."""

    offer = serializers.IntegerField()


class BookingOut(serializers.ModelSerializer[Booking]):
    """A booking as `context["person"]`, its rider or its driver, may read it now."""

    role = serializers.SerializerMethodField()
    state_label = serializers.CharField(source="get_state_display", read_only=True)
    reason_label = serializers.CharField(source="get_reason_display", read_only=True)
    rider = serializers.CharField(source="rider.display_name", read_only=True)
    driver = serializers.CharField(source="offer.driver.display_name", read_only=True)
    vehicle = serializers.CharField(source="offer.vehicle.name", read_only=True)
    vehicle_colour = serializers.CharField(source="offer.vehicle.colour", read_only=True)
    plate = serializers.SerializerMethodField()
    phone = serializers.SerializerMethodField()
    pickup = serializers.SerializerMethodField()
    dropoff = serializers.SerializerMethodField()

    class Meta:
        model = Booking
        fields = (
            "id",
            "offer",
            "role",
            "state",
            "state_label",
            "reason",
            "reason_label",
            "rider",
            "driver",
            "vehicle",
            "vehicle_colour",
            "plate",
            "phone",
            "pickup",
            "dropoff",
            "pickup_at",
            "dropoff_at",
            "walk_to_m",
            "walk_from_m",
            "seats",
            "litres",
            "length_cm",
            "added_s",
            "price_cents",
            "deadline_at",
            "version",
        )
        read_only_fields = fields

    def _sees_contact(self, booking: Booking) -> bool:
        return access.sees_contact(self.context["person"], booking, timezone.now())

    def get_role(self, booking: Booking) -> str:
        return "rider" if booking.rider_id == self.context["person"].pk else "driver"

    def get_plate(self, booking: Booking) -> str:
        return booking.offer.vehicle.plate if self._sees_contact(booking) else ""

    def get_phone(self, booking: Booking) -> str:
        """The other side's phone."""
        if not self._sees_contact(booking):
            return ""
        return booking.offer.driver.phone if self.get_role(booking) == "rider" else booking.rider.phone

    @extend_schema_field(PlaceOut)
    def get_pickup(self, booking: Booking) -> dict[str, Any]:
        return shown(booking.pickup_place, exact=self._sees_exact(booking))

    @extend_schema_field(PlaceOut)
    def get_dropoff(self, booking: Booking) -> dict[str, Any]:
        return shown(booking.dropoff_place, exact=self._sees_exact(booking))

    def _sees_exact(self, booking: Booking) -> bool:
        return access.sees_exact_places(self.context["person"], booking, timezone.now())
