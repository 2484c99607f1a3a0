"""Where a car is, as JSON: what the driver's phone sends, and what her riders see."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rides import streets
from rides.serializers.kerb import PointOut
from rides.underway.position import Fix
from rides.underway.sight import Car
from routing import plan


class FixIn(serializers.Serializer[Any]):
    """What the phone knows of itself; degrees, WGS 84."""

    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)
    accuracy_m = serializers.FloatField(min_value=0, max_value=1_000_000, default=0)
    at = serializers.DateTimeField(required=False, help_text="when it was there; now, where this is left out")


class FixOut(serializers.Serializer[Any]):
    """What became of it; it is not told back."""

    offer = serializers.IntegerField()
    kept = serializers.BooleanField(help_text="false: too soon after the last one, too old, or too vague")
    again_in_s = serializers.IntegerField(help_text="when to send the next")


class LinkIn(serializers.Serializer[Any]):
    """Whether the rider wants a link."""

    wanted = serializers.BooleanField(default=True)


class LinkOut(serializers.Serializer[Any]):
    """What is behind `/r/` in the address; empty when there is none."""

    booking = serializers.IntegerField()
    token = serializers.CharField(allow_blank=True)


class ComingCarOut(serializers.Serializer[Any]):
    """The car as the people of one booking see it; while nothing is shared, all else is empty."""

    is_shared = serializers.BooleanField()
    version = serializers.IntegerField()
    point = serializers.SerializerMethodField(help_text="where it was at `seen_at`")
    near = serializers.SerializerMethodField(help_text="what is near that point, in words")
    seen_at = serializers.DateTimeField(allow_null=True)
    is_hidden = serializers.BooleanField(help_text="it is near somebody's home now, so where it is stays untold")
    comes_to = serializers.ChoiceField(choices=["", "pickup", "dropoff"], help_text="the rider's next stop")
    planned_at = serializers.DateTimeField(allow_null=True)
    arrives_at = serializers.DateTimeField(allow_null=True, help_text="by the roads from where it is, to the minute")

    @extend_schema_field(PointOut(allow_null=True))
    def get_point(self, car: Car) -> dict[str, Any] | None:
        return None if car.lat is None else {"lat": car.lat, "lon": car.lon}

    def get_near(self, car: Car) -> str:
        if car.lat is None or car.lon is None:
            return ""
        return streets.the_region().places.nearest(car.lat, car.lon).label


def fix_from(sent: dict[str, Any]) -> Fix:
    """`FixIn`, validated, as the domain wants it."""
    return Fix(plan.Place(sent["lat"], sent["lon"]), sent["accuracy_m"], sent.get("at") or timezone.now())
