"""Places as JSON: what somebody sends, and what somebody may read."""

from typing import Any

from rest_framework import serializers

from accounts.models import Place
from rides import streets
from routing import plan


class PlaceIn(serializers.Serializer[Any]):
    """A place from the list, or a tap on the map; degrees, WGS 84."""

    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)
    label = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")  # type: ignore[assignment]
    osm_key = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    kind = serializers.CharField(required=False, allow_blank=True, help_text="not asked for, but a place")
    site_key = serializers.CharField(required=False, allow_blank=True, help_text="may be sent as it was read")
    exact = serializers.BooleanField(required=False, help_text="from a list or an answer")

    def to_internal_value(self, data: Any) -> plan.Place:
        return streets.place_from(super().to_internal_value(data))


class PlaceOut(serializers.Serializer[Any]):
    """A place as one person may see it; `exact` says whether it is the place itself or its public point."""

    label = serializers.CharField()  # type: ignore[assignment]
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    exact = serializers.BooleanField()


class LineOut(serializers.Serializer[Any]):
    """A line on the map, as GeoJSON."""

    type = serializers.ChoiceField(choices=["LineString"])
    coordinates = serializers.ListField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2), help_text="lon, lat"
    )


class FoundPlaceOut(serializers.Serializer[Any]):
    """A named place of the region."""

    label = serializers.CharField()  # type: ignore[assignment]
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    kind = serializers.CharField()
    osm_key = serializers.CharField()
    site_key = serializers.CharField()


class FoundPlacesOut(serializers.Serializer[Any]):
    """Places by name, the best first."""

    results = FoundPlaceOut(many=True)


def shown(place: Place, *, exact: bool) -> dict[str, Any]:
    """A row as PlaceOut says; coordinates rounded to a metre."""
    if exact or not place.private:
        return {"label": place.label, "lat": round(place.lat, 5), "lon": round(place.lon, 5), "exact": True}
    return {
        "label": place.public_label,
        "lat": round(place.public_lat, 5),
        "lon": round(place.public_lon, 5),
        "exact": False,
    }
