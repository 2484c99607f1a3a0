"""Whom a request is put to first, and how long before the next are asked too: circles around its rider.

People she rode with → members of her communities → everyone → earlier and later hours too → a coordinator. Each circle
holds those before it. How long one has is measured on the time that is left until the last useful departure, so that a
request for next week is patient and one for this afternoon is not (`lasts`).
"""

from datetime import datetime, timedelta

from django.db.models import Q

from accounts import communities
from accounts.models import User
from rides.models import Booking, RideRequest

Stage = RideRequest.Stage
ORDER = (Stage.KNOWN, Stage.COMMUNITIES, Stage.EVERYONE, Stage.LATER, Stage.COORDINATOR)
NARROW = (Stage.KNOWN, Stage.COMMUNITIES)
"""In these only some drivers are asked; where none of them goes that way, there is nothing to wait for."""

EVERYONE_WITHIN = timedelta(hours=2)
"""With less time than that before the wished hour, everyone is asked at once."""
KNOWN_AT_MOST = timedelta(minutes=20)
COMMUNITIES_AT_MOST = timedelta(hours=1)
CHOSEN_AT_MOST = timedelta(hours=2)
IN_TIME = timedelta(hours=2)
"""So long before the last useful departure, if there was as much, whoever has no driver yet reads what she can do."""
AT_LEAST = timedelta(minutes=5)
"""Nobody answers faster."""
RODE = (Booking.State.COMPLETED, Booking.State.VALIDATED)


def first(rider: User, earliest_at: datetime, now: datetime) -> Stage:
    """The innermost circle with anybody in it; everyone, when there is no time for circles."""
    if earliest_at - now < EVERYONE_WITHIN:
        return Stage.EVERYONE
    if known_to(rider):
        return Stage.KNOWN
    if communities.neighbours_of(rider).exclude(pk=rider.pk).exists():
        return Stage.COMMUNITIES
    return Stage.EVERYONE


def following(stage: str) -> Stage:
    """The next circle; the last one stays."""
    return ORDER[min(ORDER.index(Stage(stage)) + 1, len(ORDER) - 1)]


def widens_at(stage: str, latest_at: datetime, now: datetime) -> datetime | None:
    """When the next circle is asked too; after the coordinator there is none."""
    return None if stage == Stage.COORDINATOR else now + lasts(stage, latest_at - now)


def lasts(stage: str, left: timedelta) -> timedelta:
    """How long a circle has when so much time is left.

    People she knows an eighth of it, twenty minutes at most; communities an eighth, an hour at most; everyone a half,
    but no longer than until two hours before the end; other hours a half. So with three hours or more she reads "no
    one yet" with at least a third of the time left, and two hours.
    """
    if stage == Stage.KNOWN:
        span = min(KNOWN_AT_MOST, left / 8)
    elif stage == Stage.COMMUNITIES:
        span = min(COMMUNITIES_AT_MOST, left / 8)
    elif stage == Stage.EVERYONE:
        span = max(left / 8, min(left / 2, left - IN_TIME))
    else:
        span = left / 2
    return max(span, AT_LEAST)


def chosen_last(left: timedelta) -> timedelta:
    """How long the drivers whom a rider chose herself have before others are asked beside them."""
    return max(min(CHOSEN_AT_MOST, left / 4), AT_LEAST)


def known_to(person: User) -> set[int]:
    """Ids of the people with whom this person was in a car: at the wheel, or aboard."""
    took_place = Booking.objects.filter(state__in=RODE)
    mine = took_place.filter(rider=person)
    rode = took_place.filter(Q(offer__in=mine.values("offer")) | Q(offer__driver=person))
    pairs = rode.values_list("rider_id", "offer__driver_id")
    return {one for pair in pairs for one in pair} - {person.pk}


def drivers(rider: User, stage: str) -> set[int] | None:
    """Ids of the drivers who are asked in that circle; None for everybody."""
    if stage not in NARROW:
        return None
    known = known_to(rider)
    if stage == Stage.KNOWN:
        return known
    return known | set(communities.neighbours_of(rider).values_list("pk", flat=True))


def open_to(driver: User) -> Q:
    """Which requests a driver may be asked for as they stand: those in whose circle she is."""
    known = Q(rider__in=known_to(driver))
    neighbours = Q(rider__in=communities.neighbours_of(driver))
    return (known & Q(stage=Stage.KNOWN)) | ((known | neighbours) & Q(stage=Stage.COMMUNITIES)) | ~Q(stage__in=NARROW)
