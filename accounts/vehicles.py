"""Cars people own, and the two ways nearly every car can be loaded."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import LoadConfiguration, User, Vehicle

BOOT_LITRES, BOOT_LENGTH_CM = 300, 100
FOLDED_LITRES, FOLDED_LENGTH_CM = 900, 200
SEATS_FOLDED_AWAY = 2


def add(*, owner: User, name: str, seats: int) -> Vehicle:
    """A car with `seats` for passengers, and fewer when its rear seats are folded."""
    with transaction.atomic():
        vehicle = Vehicle.objects.create(owner=owner, name=name)
        ways = [(_("all seats up"), seats, BOOT_LITRES, BOOT_LENGTH_CM)]
        if seats > SEATS_FOLDED_AWAY:
            ways.append((_("rear folded"), seats - SEATS_FOLDED_AWAY, FOLDED_LITRES, FOLDED_LENGTH_CM))
        LoadConfiguration.objects.bulk_create(
            LoadConfiguration(vehicle=vehicle, name=way, seats=count, litres=litres, length_cm=length_cm)
            for way, count, litres, length_cm in ways
        )
    return vehicle
