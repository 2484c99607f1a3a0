"""Bookings as JSON: what a rider sends, and what rider and driver may each read."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rides import access
from rides.models import Booking
from rides.serializers.carried import FIELDS as CARRIED
from rides.serializers.carried import CarriedIn
from rides.serializers.kept import KeptFields
from rides.serializers.kerb import SignalOut
from rides.serializers.places import PlaceIn, PlaceOut, shown


class TripIn(CarriedIn):
    """From where to where, when, with how many and how much."""

    origin = PlaceIn()
    destination = PlaceIn()
    earliest_at = serializers.DateTimeField(required=False)
    latest_at = serializers.DateTimeField(required=False)
    max_walk_m = serializers.IntegerField(min_value=0, max_value=5000, default=800)


class SeatIn(TripIn):
    """Seats on a ride; `request` names a journey of mine that is there already."""

    companions = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=7,
        default=list,
        help_text="first names of who comes along",
    )
    note = serializers.CharField(max_length=300, allow_blank=True, default="")
    request = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False)
    return_of = serializers.IntegerField(
        min_value=1,
        max_value=2**63 - 1,
        required=False,
        help_text="the request of my way out, for the way back",
    )
    both_or_none = serializers.BooleanField(
        default=False, help_text="way out and way back are confirmed together, or neither is"
    )


class BookingIn(SeatIn):
    """Seats on one offer."""

    offer = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class SmallerIn(CarriedIn):
    """What remains of a booking: "one of the two of us"."""

    companions = serializers.ListField(child=serializers.CharField(max_length=40), max_length=7, default=list)


class YesIn(serializers.Serializer[Any]):
    """The driver's yes."""

    anyway = serializers.BooleanField(
        default=False, help_text="also when the way to the door is a longer detour than the offer allows"
    )


class WordIn(serializers.Serializer[Any]):
    """A word of why."""

    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class BookingOut(KeptFields):
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
    walk_to_m = serializers.SerializerMethodField(help_text="for the rider alone")
    walk_from_m = serializers.SerializerMethodField(help_text="for the rider alone")
    has_code = serializers.SerializerMethodField(help_text="aboard needs the code that the rider shows")
    hand_over_code = serializers.SerializerMethodField(help_text="for the rider alone")
    signals = serializers.SerializerMethodField(help_text="what the two have said at the kerb")

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
            *CARRIED,
            "companions",
            "request",
            "added_s",
            "price_cents",
            "held_until",
            "deadline_at",
            "accepted_at",
            "may_leave_freely",
            "reason_note",
            "boarded_at",
            "left_at",
            "has_code",
            "hand_over_code",
            "signals",
            "version",
        )
        read_only_fields = fields

    def _sees_contact(self, booking: Booking) -> bool:
        return access.sees_contact(self.context["person"], booking, timezone.now())

    def get_role(self, booking: Booking) -> str:
        return "rider" if booking.rider_id == self.context["person"].pk else "driver"

    def get_walk_to_m(self, booking: Booking) -> int | None:
        """How far somebody lives from a corner draws a circle around a home."""
        return booking.walk_to_m if self.get_role(booking) == "rider" else None

    def get_walk_from_m(self, booking: Booking) -> int | None:
        return booking.walk_from_m if self.get_role(booking) == "rider" else None

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

    def get_has_code(self, booking: Booking) -> bool:
        return bool(booking.code)

    def get_hand_over_code(self, booking: Booking) -> str:
        return booking.code if self.get_role(booking) == "rider" else ""

    @extend_schema_field(SignalOut(many=True))
    def get_signals(self, booking: Booking) -> Any:
        """Before the driver's yes there is nothing to say, and nothing to look for."""
        said = () if booking.state in Booking.UNSURE else booking.signals.all()
        return SignalOut(said, many=True).data

    def _sees_exact(self, booking: Booking) -> bool:
        return access.sees_exact_places(self.context["person"], booking, timezone.now())
