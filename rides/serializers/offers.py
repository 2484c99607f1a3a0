"""Offers and search results as JSON."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rides.driving.offer_view import seats_held
from rides.models import RideOffer
from rides.models.offers import MAX_CENTS_PER_KM
from rides.search import Found, seats_left
from rides.serializers.places import PlaceIn, PlaceOut, shown


class OfferIn(serializers.Serializer[Any]):
    """A ride to publish; what is left out has a sensible default."""

    origin = PlaceIn()
    destination = PlaceIn()
    departs_at = serializers.DateTimeField()
    vehicle = serializers.IntegerField(help_text="id of one of my vehicles", required=False)
    seats = serializers.IntegerField(min_value=1, max_value=8, required=False, allow_null=True, default=None)
    already_aboard = serializers.IntegerField(
        min_value=0, max_value=8, default=0, help_text="people who are with me anyway"
    )
    return_at = serializers.DateTimeField(required=False, help_text="makes the linked way back too")
    return_open = serializers.BooleanField(
        default=False, help_text="the way back leaves when we are done: return_at is a guess"
    )
    flexibility_s = serializers.IntegerField(min_value=0, max_value=7200, default=600)
    max_detour_s = serializers.IntegerField(min_value=0, max_value=7200, default=600)
    max_detour_m = serializers.IntegerField(min_value=0, max_value=100_000, default=10_000)
    cents_per_km = serializers.IntegerField(min_value=0, max_value=MAX_CENTS_PER_KM, default=8)
    tolls_cents = serializers.IntegerField(min_value=0, max_value=50_000, default=0)
    purpose = serializers.ChoiceField(choices=RideOffer.Purpose.choices, default=RideOffer.Purpose.OWN)
    automatic = serializers.BooleanField(default=False)
    audience = serializers.ChoiceField(choices=RideOffer.Audience.choices, default=RideOffer.Audience.PUBLIC)
    note = serializers.CharField(max_length=300, allow_blank=True, default="")
    draft = serializers.BooleanField(default=False, help_text="nobody else sees it yet")


class OfferChangeIn(serializers.Serializer[Any]):
    """What is to be otherwise; what is left out stays."""

    departs_at = serializers.DateTimeField(required=False)
    origin = PlaceIn(required=False)
    destination = PlaceIn(required=False)
    flexibility_s = serializers.IntegerField(min_value=0, max_value=7200, required=False)
    max_detour_s = serializers.IntegerField(min_value=0, max_value=7200, required=False)
    max_detour_m = serializers.IntegerField(min_value=0, max_value=100_000, required=False)
    seats = serializers.IntegerField(min_value=1, max_value=8, required=False)
    already_aboard = serializers.IntegerField(min_value=0, max_value=8, required=False)
    cents_per_km = serializers.IntegerField(min_value=0, max_value=MAX_CENTS_PER_KM, required=False)
    tolls_cents = serializers.IntegerField(min_value=0, max_value=50_000, required=False)
    automatic = serializers.BooleanField(required=False)
    note = serializers.CharField(max_length=300, allow_blank=True, required=False)
    audience = serializers.ChoiceField(choices=RideOffer.Audience.choices, required=False)


class OfferOut(serializers.ModelSerializer[RideOffer]):
    """An offer as anybody who may see it reads it: ends at their public points."""

    driver = serializers.CharField(source="driver.display_name", read_only=True)
    vehicle = serializers.CharField(source="vehicle.name", read_only=True)
    vehicle_colour = serializers.CharField(source="vehicle.colour", read_only=True)
    origin = serializers.SerializerMethodField()
    destination = serializers.SerializerMethodField()
    arrives_at = serializers.SerializerMethodField()
    seats_left = serializers.SerializerMethodField()
    seats_total = serializers.SerializerMethodField()
    seats_held = serializers.SerializerMethodField(help_text="in forms that are open now, or asked for: may come free")
    way_back = serializers.SerializerMethodField(help_text="the linked way back")
    mine = serializers.SerializerMethodField()

    class Meta:
        model = RideOffer
        fields = (
            "id",
            "state",
            "driver",
            "vehicle",
            "vehicle_colour",
            "origin",
            "destination",
            "departs_at",
            "arrives_at",
            "time_zone",
            "flexibility_s",
            "max_detour_s",
            "seats_left",
            "seats_total",
            "seats_held",
            "already_aboard",
            "purpose",
            "cents_per_km",
            "tolls_cents",
            "automatic",
            "series",
            "return_of",
            "way_back",
            "open_ended",
            "note",
            "version",
            "mine",
        )
        read_only_fields = fields

    @extend_schema_field(PlaceOut)
    def get_origin(self, offer: RideOffer) -> dict[str, Any]:
        return shown(_stops(offer)[0].place, exact=self.get_mine(offer))

    @extend_schema_field(PlaceOut)
    def get_destination(self, offer: RideOffer) -> dict[str, Any]:
        return shown(_stops(offer)[-1].place, exact=self.get_mine(offer))

    @extend_schema_field(serializers.DateTimeField)
    def get_arrives_at(self, offer: RideOffer) -> Any:
        return _stops(offer)[-1].planned_at

    def get_seats_left(self, offer: RideOffer) -> int:
        return seats_left(offer)

    def get_seats_total(self, offer: RideOffer) -> int:
        return int(max(way["seats"] for way in offer.configurations))

    def get_seats_held(self, offer: RideOffer) -> int:
        return seats_held(offer.bookings.all())

    def get_way_back(self, offer: RideOffer) -> int | None:
        back = getattr(offer, "way_back", None)
        if back is None or (back.state == RideOffer.State.DRAFT and not self.get_mine(offer)):
            return None
        return int(back.pk)

    def get_mine(self, offer: RideOffer) -> bool:
        person = self.context.get("person")
        return bool(person and person.pk == offer.driver_id)


class FoundOut(serializers.Serializer[Any]):
    """An offer that takes this trip along."""

    offer = OfferOut()
    pickup = serializers.SerializerMethodField()
    dropoff = serializers.SerializerMethodField()
    pickup_at = serializers.DateTimeField()
    dropoff_at = serializers.DateTimeField()
    walk_to_m = serializers.IntegerField()
    walk_from_m = serializers.IntegerField()
    ride_m = serializers.IntegerField(source="insertion.ride_m")
    price_cents = serializers.IntegerField(help_text="for all seats, without anybody's detour")
    seats_left = serializers.IntegerField()

    @extend_schema_field(PlaceOut)
    def get_pickup(self, found: Found) -> dict[str, Any]:
        return _point(found.insertion.pickup)

    @extend_schema_field(PlaceOut)
    def get_dropoff(self, found: Found) -> dict[str, Any]:
        return _point(found.insertion.dropoff)


class FoundPage(serializers.Serializer[Any]):
    """The rides that take a trip along, the best first; `other_times` when there is none at the wished hour."""

    found = FoundOut(many=True)
    other_times = FoundOut(many=True)


def _point(place: Any) -> dict[str, Any]:
    return {"label": place.label, "lat": round(place.lat, 5), "lon": round(place.lon, 5), "exact": True}


def _stops(offer: RideOffer) -> list[Any]:
    return sorted(offer.stops.all(), key=lambda stop: stop.sequence)
