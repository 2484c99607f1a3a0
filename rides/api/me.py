"""My account over HTTP: who I am, my cars, my token."""

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import LoadConfiguration, User, Vehicle
from accounts.vehicles import add_configured
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
        described = sent(VehicleIO, request)
        ways = described.pop("configurations")
        return Response(VehicleIO(add_configured(owner=me(request), ways=ways, **described)).data, status=201)


class TokenView(PersonView):
    """A token for programs that act for me; asking again gives a new one and ends the old."""

    @extend_schema(request=None, responses={201: dict})
    def post(self, request: Request) -> Response:
        with transaction.atomic():
            Token.objects.filter(user=me(request)).delete()
            token = Token.objects.create(user=me(request))
        return Response({"token": token.key}, status=201)
