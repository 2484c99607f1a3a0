"""What is said at the kerb, as JSON."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from rides import access
from rides.models import KerbSignal
from rides.serializers.places import PlaceIn

SAID_AT_THE_KERB = (
    KerbSignal.Kind.HERE, KerbSignal.Kind.LATE, KerbSignal.Kind.MOVED, KerbSignal.Kind.NOBODY_CAME,
)  # fmt: skip


class SignalIn(serializers.Serializer[Any]):
    """I am here, I am late, I stand somewhere else, nobody came."""

    kind = serializers.ChoiceField(choices=[(kind.value, kind.label) for kind in SAID_AT_THE_KERB])
    minutes = serializers.IntegerField(
        min_value=1,
        max_value=60,
        required=False,
        help_text="with `late`, how late; with `here`, how long the wait lasts that it begins (10 to 30)",
    )
    at = PlaceIn(required=False, help_text="with `moved`: at most 300 m from the meeting point")
    note = serializers.CharField(max_length=200, allow_blank=True, default="")


class AboardIn(serializers.Serializer[Any]):
    """The rider is in the car."""

    code = serializers.CharField(
        max_length=4, allow_blank=True, default="", help_text="the rider's, where she has one; she need not send it"
    )


class CodeIn(serializers.Serializer[Any]):
    """Whether the rider wants a code."""

    wanted = serializers.BooleanField(default=True)


class PointOut(serializers.Serializer[Any]):
    """Degrees, WGS 84."""

    lat = serializers.FloatField()
    lon = serializers.FloatField()


class SignalOut(serializers.ModelSerializer[KerbSignal]):
    """What one of the two said, as both may read it."""

    kind_label = serializers.CharField(source="get_kind_display", read_only=True)

    class Meta:
        model = KerbSignal
        fields: Any = ("id", "by", "kind", "kind_label", "minutes", "note", "wait_until", "at")
        read_only_fields: Any = fields


class SignalWithPointOut(SignalOut):
    """As `SignalOut`, and where the other one stands. Read on demand only: no answer that is stored has the point."""

    point = serializers.SerializerMethodField(help_text="where the other one stands, while the two see each other")

    class Meta(SignalOut.Meta):
        fields = (*SignalOut.Meta.fields, "point")
        read_only_fields = fields

    @extend_schema_field(PointOut(allow_null=True))
    def get_point(self, signal: KerbSignal) -> dict[str, Any] | None:
        if not access.sees_point(self.context["person"], signal, timezone.now()):
            return None
        return {"lat": round(signal.lat or 0, 5), "lon": round(signal.lon or 0, 5)}
