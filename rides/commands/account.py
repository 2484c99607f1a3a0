"""Change who I am; add a car."""

from typing import Any

from accounts import vehicles
from accounts.models import User, Vehicle
from rides.commands.execute import Answer, execute
from rides.locks import lock_people
from rides.serializers.account import MeOut, VehicleIO


def change_me(person: User, person_id: int, sent: dict[str, Any], key: str = "") -> Answer:
    """My name, phone, language (`MeIn`)."""

    def change() -> User:
        mine = lock_people(person_id)[person_id]
        for name, value in sent.items():
            setattr(mine, name, value)
        mine.save(update_fields=sent)
        return mine

    return execute(
        person=person, name="change_me", body=sent, key=key, change=change, render=lambda mine: dict(MeOut(mine).data)
    )


def add_vehicle(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """A car of mine (`VehicleIO`)."""

    def change() -> Vehicle:
        described = {name: value for name, value in sent.items() if name != "configurations"}
        return vehicles.add_configured(owner=person, ways=sent["configurations"], **described)

    return execute(
        person=person, name="add_vehicle", body=sent, key=key, change=change,
        render=lambda car: dict(VehicleIO(car).data), status=201,
    )  # fmt: skip
