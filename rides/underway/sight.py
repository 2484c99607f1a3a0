"""What the people of one booking see of the car that comes, and who may watch for it. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from accounts.models import User
from realtime.topics import ids_of, ride_topic
from rides import access
from rides.models import Booking, RideOffer, Sharing, Sight
from rides.underway.arrival import whole_minutes


@dataclass(frozen=True, slots=True)
class Car:
    """The car of a ride as one rider may see it; all of it is empty while nothing is shared.

    `comes_to` is the rider's next stop, `planned_at` when it was to be there, `arrives_at` when it will be.
    """

    is_shared: bool = False
    version: int = 0
    lat: float | None = None
    lon: float | None = None
    seen_at: datetime | None = None
    is_hidden: bool = False
    comes_to: str = ""
    planned_at: datetime | None = None
    arrives_at: datetime | None = None


def of(booking: Booking, person: User, now: datetime) -> Car:
    """For rider and driver while the ride is under way and the driver shares where she is."""
    if not access.sees_car(person, booking):
        return Car()
    sharing = Sharing.objects.filter(pk=booking.offer_id, is_on=True).first()
    sight = Sight.objects.filter(pk=booking.pk).first()
    if sharing is None or sight is None:
        return Car()
    is_aboard = booking.boarded_at is not None
    arrives_at = None
    if sight.arrives_at and sight.was_aboard == is_aboard:  # else she has got on since: the next fix tells
        arrives_at = whole_minutes(max(sight.arrives_at, now))
    return Car(
        is_shared=True,
        version=sharing.version,
        lat=sight.lat,
        lon=sight.lon,
        seen_at=sight.seen_at,
        is_hidden=sight.is_hidden,
        comes_to="dropoff" if is_aboard else "pickup",
        planned_at=booking.dropoff_at if is_aboard else booking.pickup_at,
        arrives_at=arrives_at,
    )


def may_watch(person: User | None, topics: list[str]) -> list[str]:
    """Of rides under way those she drives, and those in which she comes along."""
    if person is None:
        return []
    wanted = ids_of(topics)
    riding = Q(bookings__rider=person, bookings__state=Booking.State.CONFIRMED, bookings__left_at=None)
    under_way = RideOffer.objects.filter(pk__in=wanted, state=RideOffer.State.DEPARTED)
    mine = under_way.filter(Q(driver=person) | riding)
    return [wanted[offer_id] for offer_id in set(mine.values_list("pk", flat=True))]


def versions(topics: list[str]) -> dict[str, int]:
    """What each of these rides is at."""
    ids = [int(topic.partition(".")[2]) for topic in topics]
    found = Sharing.objects.filter(pk__in=ids).values_list("pk", "version")
    return {ride_topic(pk): version for pk, version in found}
