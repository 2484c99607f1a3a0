"""Cards that came to nothing for their driver, because another one was first: she reads so where the card was."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import blocks
from accounts.models import User
from rides.bookings.answers import AlreadySettled
from rides.models import Asking, Booking

STANDS = timedelta(hours=6)
"""So long after it was put to her the card says what became of it; by then she would have had to answer."""
A_FEW = 4

_HERS = Booking.objects.filter(state__in=Booking.HOLDS, offer__driver=OuterRef("offer__driver"))
HELD_BY_HER = Exists(_HERS.filter(request=OuterRef("request")))


class AnotherWasFirst(AlreadySettled):
    """The rider goes with another driver, or with a ride of their own choice."""

    sentence = _("Another driver was first.")


def by_another(driver: User, now: datetime) -> QuerySet[Asking]:
    """Her latest cards that somebody else has taken, as long as that is news; a search."""
    taken = Asking.objects.filter(offer__driver=driver, state=Asking.State.TAKEN, created_at__gt=now - STANDS)
    seen = taken.exclude(HELD_BY_HER).exclude(request__rider__in=blocks.unseen_by(driver))
    return seen.order_by("-created_at", "-pk")[:A_FEW]


def refusal(asking: Asking) -> AlreadySettled:
    """What to raise when her answer to a card comes too late."""
    taken = Asking.objects.filter(pk=asking.pk, state=Asking.State.TAKEN).exclude(HELD_BY_HER)
    return (AnotherWasFirst if taken.exists() else AlreadySettled)(state=asking.state)
