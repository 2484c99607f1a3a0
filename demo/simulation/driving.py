"""Simulated drivers leave when it is time, and arrive."""

from datetime import datetime

from django.db.models import Max

from demo import people
from demo.neighbourhood import Neighbourhood
from rides import commands
from rides.models import RideOffer

AT_ONCE = 10


def drive(hood: Neighbourhood, now: datetime) -> None:
    """Start what is due, finish what has got to its last stop."""
    rides = RideOffer.objects.filter(driver__in=people.simulated()).select_related("driver").order_by("departs_at")
    for offer in rides.filter(state=RideOffer.State.PUBLISHED, departs_at__lte=now)[:AT_ONCE]:
        commands.depart_offer(offer.driver, offer.pk)
    under_way = rides.filter(state=RideOffer.State.DEPARTED).annotate(arrives_at=Max("stops__planned_at"))
    for offer in under_way.filter(arrives_at__lte=now)[:AT_ONCE]:
        commands.complete_offer(offer.driver, offer.pk)
