"""Add a car."""

from typing import Any

from accounts import vehicles
from accounts.models import User, Vehicle
from rides.commands.execute import Answer, execute
from rides.serializers.account import VehicleIO


def add_vehicle(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """A car of mine (`VehicleIO`)."""

    def change() -> Vehicle:
        described = {name: value for name, value in sent.items() if name != "configurations"}
        return vehicles.add_configured(owner=person, ways=sent["configurations"], **described)

    return execute(
        person=person, name="add_vehicle", body=sent, key=key, change=change,
        render=lambda car: dict(VehicleIO(car).data), status=201,
    )  # fmt: skip
