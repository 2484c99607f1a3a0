"""My account over HTTP: who I am, my cars, my token."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import LoadConfiguration, User, Vehicle
from rides.api.base import PersonView, me, sent


class ConfigurationIO(serializers.ModelSerializer[LoadConfiguration]):
    """One way a car can be set up."""

    class Meta:
        model = LoadConfiguration
        fields = ("name", "seats", "litres", "length_cm")


class VehicleIO(serializers.ModelSerializer[Vehicle]):
    """A car of mine with its load configurations."""

    configurations = ConfigurationIO(many=True, allow_empty=False)

    class Meta:
        model = Vehicle
        fields = ("id", "name", "colour", "plate", "configurations")


class MeOut(serializers.ModelSerializer[User]):
    """What the site knows of me."""

    vehicles = VehicleIO(many=True, read_only=True)

    class Meta:
        model = User
        fields = ("id", "email", "first_name", "last_name", "phone", "language", "vehicles")
        read_only_fields = ("id", "email")


class Me(PersonView):
    """My account."""

    @extend_schema(responses=MeOut)
    def get(self, request: Request) -> Response:
        return Response(MeOut(me(request)).data)

    @extend_schema(request=MeOut, responses=MeOut)
    def patch(self, request: Request) -> Response:
        form = MeOut(me(request), data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        form.save()
        return Response(form.data)


class Vehicles(PersonView):
    """Add a car."""

    @extend_schema(request=VehicleIO, responses={201: VehicleIO})
    def post(self, request: Request) -> Response:
        return Response(VehicleIO(add_vehicle(me(request), sent(VehicleIO, request))).data, status=201)


class TokenView(PersonView):
    """A token for programs that act for me; asking again gives a new one and ends the old."""

    @extend_schema(request=None, responses={201: dict})
    def post(self, request: Request) -> Response:
        with transaction.atomic():
            Token.objects.filter(user=me(request)).delete()
            token = Token.objects.create(user=me(request))
        return Response({"token": token.key}, status=201)


def add_vehicle(owner: User, described: dict[str, Any]) -> Vehicle:
    """A car with its configurations, as `VehicleIO` describes it."""
    ways = described.pop("configurations")
    with transaction.atomic():
        vehicle = Vehicle.objects.create(owner=owner, **described)
        LoadConfiguration.objects.bulk_create(LoadConfiguration(vehicle=vehicle, **way) for way in ways)
    return vehicle
