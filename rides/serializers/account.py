"""A person's own account as JSON: who she is, her cars, her tokens."""

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import ApiToken, LoadConfiguration, User, Vehicle

MOST_WAYS = 10
MOST = {"seats": 8, "child_seats": 8, "wheelchairs": 4, "litres": 20_000, "length_cm": 600, "roof_kg": 300}


class ConfigurationIO(serializers.ModelSerializer[LoadConfiguration]):
    """One way a car can be set up."""

    class Meta:
        model = LoadConfiguration
        fields = ("name", "seats", "child_seats", "wheelchairs", "litres", "length_cm", "roof_kg")
        extra_kwargs: ClassVar = {name: {"max_value": most} for name, most in MOST.items()}


class VehicleIO(serializers.ModelSerializer[Vehicle]):
    """A car of mine with its load configurations."""

    configurations = ConfigurationIO(many=True, allow_empty=False)

    class Meta:
        model = Vehicle
        fields = ("id", "name", "colour", "plate", "energy", "consumption", "configurations")

    def validate_configurations(self, value: list[Any]) -> list[Any]:
        if len(value) > MOST_WAYS:
            raise serializers.ValidationError(_("Nobody sets up a car in so many ways."))
        return value


class MeOut(serializers.ModelSerializer[User]):
    """What the site knows of me."""

    vehicles = VehicleIO(many=True, read_only=True)

    class Meta:
        model = User
        fields = ("id", "email", "first_name", "last_name", "phone", "language", "vehicles")
        read_only_fields = fields


class MeIn(serializers.ModelSerializer[User]):
    """What I may change of it."""

    class Meta:
        model = User
        fields = ("first_name", "last_name", "phone", "language")
        extra_kwargs: ClassVar = {name: {"required": False} for name in fields}


class TokenIn(serializers.Serializer[Any]):
    """What a program is called and what it may do for me."""

    name = serializers.CharField(max_length=80)
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=ApiToken.Scope.choices), min_length=1, max_length=len(ApiToken.Scope)
    )
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None, help_text="never without")

    def validate_expires_at(self, value: Any) -> Any:
        if value is not None and value <= timezone.now():
            raise serializers.ValidationError(_("That time is over."))
        return value


class TokenOut(serializers.ModelSerializer[ApiToken]):
    """A token of mine; its secret is known to the program alone."""

    class Meta:
        model = ApiToken
        fields: ClassVar[tuple[str, ...]] = ("id", "name", "scopes", "created_at", "last_used_at", "expires_at")
        read_only_fields = fields


class TokenMade(TokenOut):
    """A new token with its secret, which is shown this once."""

    secret = serializers.CharField(read_only=True)

    class Meta(TokenOut.Meta):
        fields = (*TokenOut.Meta.fields, "secret")
        read_only_fields = fields
