"""The three people a visitor can be, and what each finds when they arrive."""

from datetime import datetime, timedelta

from django.urls import reverse

from accounts.models import User
from demo import outings, people, seed
from demo.neighbourhood import Neighbourhood
from rides.models import Outing, RideOffer

WORTH_WAITING_FOR = timedelta(minutes=20)
"""A driver's ride that leaves sooner is no use to somebody who has just come."""


def arrive(role: str, now: datetime) -> tuple[User, str]:
    """The person behind the role, and the address of the page to begin on.

    After hours of a running demo the driver's ride has left, or the outing is over: then there is a new one.
    Raises KeyError for no such role, User.DoesNotExist before the seed.
    """
    person = people.played_by(role)
    if role == "driver":
        return person, _driver_begins_at(person, now)
    if role == "organiser":
        return person, reverse("outing", args=[_upcoming_outing(person, now).slug])
    return person, reverse("home")


def _driver_begins_at(driver: User, now: datetime) -> str:
    coming = RideOffer.objects.filter(driver=driver, state=RideOffer.State.PUBLISHED)
    if not coming.filter(departs_at__gt=now + WORTH_WAITING_FOR).exists():
        seed.publish_for_the_driver(Neighbourhood.here(now.minute), driver, now)
    return reverse("inbox")


def _upcoming_outing(organiser: User, now: datetime) -> Outing:
    coming = Outing.objects.filter(organiser=organiser, earliest_at__gt=now).exclude(state=Outing.State.CANCELLED)
    return coming.order_by("earliest_at").first() or outings.plan_saturday(
        Neighbourhood.here(now.minute), organiser, now
    )
