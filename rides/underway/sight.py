"""What the people of one booking see of the car that comes, and who may watch for it. Reads only."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from realtime.topics import ride_topic
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


def may_watch(person: User | None, topic: str) -> bool:
    """The driver of a ride under way, and its riders as long as they come along."""
    offer_id = topic.partition(".")[2]
    if person is None or not (offer_id.isdecimal() and len(offer_id) < 19):
        return False
    offer = RideOffer.objects.filter(pk=int(offer_id), state=RideOffer.State.DEPARTED).first()
    if offer is None:
        return False
    riding = offer.bookings.filter(rider=person, state=Booking.State.CONFIRMED, left_at=None)
    return offer.driver_id == person.pk or riding.exists()


def versions(topics: list[str]) -> dict[str, int]:
    """What each of these rides is at."""
    ids = [int(topic.partition(".")[2]) for topic in topics]
    found = Sharing.objects.filter(pk__in=ids).values_list("pk", "version")
    return {ride_topic(pk): version for pk, version in found}
