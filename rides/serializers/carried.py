"""What somebody brings, as JSON: the same names everywhere."""

from typing import Any

from rest_framework import serializers

FIELDS = ("seats", "child_seats", "wheelchairs", "litres", "roof_kg", "length_cm")


class CarriedIn(serializers.Serializer[Any]):
    """People on seats, and all else that takes room."""

    seats = serializers.IntegerField(min_value=0, max_value=8, default=1)
    child_seats = serializers.IntegerField(
        min_value=0, max_value=4, default=0, help_text="of the car's own, for so many of the seats"
    )
    wheelchairs = serializers.IntegerField(
        min_value=0, max_value=2, default=0, help_text="people who ride in their wheelchair; they take no seat"
    )
    litres = serializers.IntegerField(min_value=0, max_value=20_000, default=0)
    roof_kg = serializers.IntegerField(min_value=0, max_value=200, default=0)
    length_cm = serializers.IntegerField(min_value=0, max_value=600, default=0, help_text="the longest thing")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not any(attrs.get(kind) for kind in FIELDS):
            raise serializers.ValidationError({"seats": ["Somebody or something has to ride."]})
        if attrs.get("child_seats", 0) > attrs.get("seats", 0):
            raise serializers.ValidationError({"child_seats": ["A child in a child seat takes a seat too."]})
        return attrs
