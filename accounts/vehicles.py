"""Cars people own, and the two ways nearly every car can be loaded."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import LoadConfiguration, User, Vehicle

BOOT_LITRES, BOOT_LENGTH_CM = 300, 100
FOLDED_LITRES, FOLDED_LENGTH_CM = 900, 200
SEATS_FOLDED_AWAY = 2


def add(*, owner: User, name: str, seats: int) -> Vehicle:
    """A car with `seats` for passengers, and fewer when its rear seats are folded."""
    ways = [{"name": _("all seats up"), "seats": seats, "litres": BOOT_LITRES, "length_cm": BOOT_LENGTH_CM}]
    if seats > SEATS_FOLDED_AWAY:
        left = seats - SEATS_FOLDED_AWAY
        ways.append({"name": _("rear folded"), "seats": left, "litres": FOLDED_LITRES, "length_cm": FOLDED_LENGTH_CM})
    return add_configured(owner=owner, ways=ways, name=name)


def add_configured(*, owner: User, ways: Iterable[Mapping[str, Any]], **fields: str) -> Vehicle:
    """A car that can be set up in these `ways` (name, seats, litres, length_cm)."""
    with transaction.atomic():
        vehicle = Vehicle.objects.create(owner=owner, **fields)
        LoadConfiguration.objects.bulk_create(LoadConfiguration(vehicle=vehicle, **way) for way in ways)
    return vehicle
