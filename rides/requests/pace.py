"""How many requests reach one driver in an hour, over all her rides; whoever comes too late goes to the next driver."""

from collections.abc import Collection
from datetime import datetime, timedelta

from rides.models import Asking

HOUR = timedelta(hours=1)
A_FEW = 4
"""So many cards in any hour, so that nobody's evening is full of them."""


def lately(driver_ids: Collection[int], now: datetime) -> dict[int, list[datetime]]:
    """When each of these drivers was asked within the last hour, the latest first; exact while she is locked."""
    asked: dict[int, list[datetime]] = {driver_id: [] for driver_id in driver_ids}
    cards = Asking.objects.filter(offer__driver__in=driver_ids, created_at__gt=now - HOUR)
    for driver_id, at in cards.order_by("-created_at").values_list("offer__driver", "created_at"):
        asked[driver_id].append(at)
    return asked


def full(driver_ids: Collection[int], now: datetime) -> set[int]:
    """Those whose hour is full."""
    return {driver_id for driver_id, asked in lately(driver_ids, now).items() if is_full(asked)}


def is_full(asked: list[datetime]) -> bool:
    """Whether nobody may be put to a driver who was `asked` (`lately`) so often."""
    return len(asked) >= A_FEW


def room_at(asked: list[datetime]) -> datetime | None:
    """When a driver who was `asked` (`lately`) so often can be asked again; None for at once."""
    return asked[A_FEW - 1] + HOUR if is_full(asked) else None
