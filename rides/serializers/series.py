"""Weekly rides as JSON."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rides import search
from rides.models import OfferSeries, RideOffer
from rides.serializers.offers import OfferChangeIn, OfferIn
from rides.serializers.places import PlaceOut, shown
from rides.weekly import series_pattern
from rides.weekly.series_changes import Scope


class Weekdays(serializers.ListField):
    """Days of the week, 0 is Monday."""

    def __init__(self, **kwargs: Any) -> None:
        day = serializers.IntegerField(min_value=0, max_value=6)
        super().__init__(child=day, max_length=7, help_text="0 is Monday", **kwargs)


class SeriesIn(OfferIn):
    """A weekly ride: local times on the clock of the region, also across the changes to and from summer time."""

    departs_at = return_at = return_open = draft = None  # type: ignore[assignment]  # DRF's way to leave a field out
    weekdays = Weekdays(allow_empty=False)
    leaves_at = serializers.TimeField(help_text="wall time")
    returns_at = serializers.TimeField(
        required=False, allow_null=True, help_text="makes the linked way back too, on the same day"
    )
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="the last day; open without")


class SeriesEditIn(OfferChangeIn):
    """What is to be otherwise; what is left out stays."""

    departs_at = None  # type: ignore[assignment]
    weekdays = Weekdays(required=False, allow_empty=False)
    leaves_at = serializers.TimeField(required=False)
    returns_at = serializers.TimeField(required=False, allow_null=True, help_text="null: no way back any more")
    ends_on = serializers.DateField(required=False, allow_null=True)


class MeantIn(serializers.Serializer[Any]):
    """How much of a series is meant."""

    scope = serializers.ChoiceField(choices=[(scope.value, scope.value) for scope in Scope])
    date = serializers.DateField(required=False, help_text="the day that is meant, or from which on; not for all")


class SeriesChangeIn(MeantIn):
    """A change of one ride, that and the following ones, or all."""

    changes = SeriesEditIn()


class SeriesCancelIn(MeantIn):
    """Calling off one ride, that and the following ones, or all."""

    note = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="a word of why")


class SkipIn(serializers.Serializer[Any]):
    """A day without a ride."""

    date = serializers.DateField()
    note = serializers.CharField(max_length=200, allow_blank=True, default="", help_text="a word of why")


class SeriesRideOut(serializers.ModelSerializer[RideOffer]):
    """One ride of a series; `apart` was changed by itself."""

    date = serializers.DateField(source="local_date")
    offer = serializers.IntegerField(source="pk")
    way_back = serializers.SerializerMethodField()

    class Meta:
        model = RideOffer
        fields = ("date", "offer", "way_back", "departs_at", "state", "apart")
        read_only_fields: Any = fields

    def get_way_back(self, ride: RideOffer) -> int | None:
        back = getattr(ride, "way_back", None)
        return back.pk if back else None


class PatternOut(serializers.ModelSerializer[OfferSeries]):
    """The pattern of a weekly ride as anybody who may see its rides reads it: ends at their public points."""

    driver = serializers.CharField(source="driver.display_name", read_only=True)
    vehicle = serializers.CharField(source="vehicle.name", read_only=True)
    origin = serializers.SerializerMethodField()
    destination = serializers.SerializerMethodField()
    cents_per_km = serializers.SerializerMethodField()
    automatic = serializers.SerializerMethodField()
    note = serializers.SerializerMethodField()
    exceptions = serializers.SerializerMethodField(help_text="days without a ride")
    mine = serializers.SerializerMethodField()

    class Meta:
        model = OfferSeries
        fields: Any = (
            "id",
            "state",
            "driver",
            "vehicle",
            "origin",
            "destination",
            "weekdays",
            "leaves_at",
            "returns_at",
            "time_zone",
            "starts_on",
            "ends_on",
            "cents_per_km",
            "automatic",
            "note",
            "exceptions",
            "version",
            "mine",
        )
        read_only_fields: Any = fields

    @extend_schema_field(PlaceOut)
    def get_origin(self, one: OfferSeries) -> dict[str, Any]:
        return shown(one.origin, exact=self.get_mine(one))

    @extend_schema_field(PlaceOut)
    def get_destination(self, one: OfferSeries) -> dict[str, Any]:
        return shown(one.destination, exact=self.get_mine(one))

    def get_cents_per_km(self, one: OfferSeries) -> int:
        return int(one.terms["cents_per_km"])

    def get_automatic(self, one: OfferSeries) -> bool:
        return bool(one.terms.get("automatic"))

    def get_note(self, one: OfferSeries) -> str:
        return str(one.terms.get("note", ""))

    def get_exceptions(self, one: OfferSeries) -> list[date]:
        return sorted(exception.date for exception in one.exceptions.all())

    def get_mine(self, one: OfferSeries) -> bool:
        return bool(self.context["person"].pk == one.driver_id)


class SeriesOut(PatternOut):
    """A weekly ride with the rides that are made already."""

    left_out = serializers.SerializerMethodField(
        help_text="days on which the driver drives elsewhere, or the car has no seats"
    )
    rides = serializers.SerializerMethodField(help_text="those to come, as far as they can be booked")

    class Meta(PatternOut.Meta):
        fields: Any = (*PatternOut.Meta.fields, "left_out", "rides")
        read_only_fields: Any = fields

    def get_left_out(self, one: OfferSeries) -> list[date]:
        return series_pattern.left_out(one, timezone.now()) if self.get_mine(one) else []

    @extend_schema_field(SeriesRideOut(many=True))
    def get_rides(self, one: OfferSeries) -> Any:
        rides = series_pattern.upcoming(one, timezone.now()).select_related("way_back")
        if not self.get_mine(one):
            person = self.context["person"]
            rides = rides.filter(Q(pk__in=search.visible_offers(person)) | Q(bookings__rider=person)).distinct()
        return SeriesRideOut(rides, many=True).data
