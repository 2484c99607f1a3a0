"""Who may see what exactly, and until when (decision 0004, I13, I14). Asked at read time, never stored."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from accounts.models import User
from rides.models import Booking, KerbSignal, Outing, RideOffer

AFTER_THE_RIDE = timedelta(hours=2)
"""So long after a ride an exact place stays open to those of the booking."""

AGREED = (Booking.State.CONFIRMED, Booking.State.COMPLETED, Booking.State.VALIDATED)


def bookings_of(person: User) -> QuerySet[Booking]:
    """The bookings this person rides or drives; an open form is its rider's alone."""
    driven = Q(offer__driver=person) & ~Q(state=Booking.State.HELD)
    return Booking.objects.filter(Q(rider=person) | driven)


def is_party(person: User, booking: Booking) -> bool:
    """As `bookings_of`, of one booking."""
    driven = person.pk == booking.offer.driver_id and booking.state != Booking.State.HELD
    return person.pk == booking.rider_id or driven


def sees_exact_places(person: User, booking: Booking, now: datetime) -> bool:
    """The rider sees her own pickup and dropoff; the driver once he has accepted, until two hours after the ride."""
    if person.pk == booking.rider_id:
        return True
    return person.pk == booking.offer.driver_id and is_open(booking, now)


def sees_contact(person: User, booking: Booking, now: datetime) -> bool:
    """Phone and number plate: the two of an accepted booking, for as long."""
    return person.pk in (booking.rider_id, booking.offer.driver_id) and is_open(booking, now)


def sees_point(person: User, signal: KerbSignal, now: datetime) -> bool:
    """Where one of the two stands instead is for the other alone, as long as they may call each other."""
    hers = signal.by == KerbSignal.By.RIDER
    is_other = person.pk == (signal.booking.offer.driver_id if hers else signal.booking.rider_id)
    return signal.lat is not None and is_other and sees_contact(person, signal.booking, now)


def sees_car(person: User, booking: Booking) -> bool:
    """Where the car is: the two of a confirmed booking, while the ride is under way and the rider still in it."""
    is_one_of_them = person.pk in (booking.rider_id, booking.offer.driver_id)
    is_coming_along = booking.state == Booking.State.CONFIRMED and booking.left_at is None
    return is_one_of_them and is_coming_along and booking.offer.state == RideOffer.State.DEPARTED


def is_open(booking: Booking, now: datetime) -> bool:
    return booking.state in AGREED and now < booking.dropoff_at + AFTER_THE_RIDE


def takes_part(person: User | None, outing: Outing) -> bool:
    """The organiser, and everybody who joined."""
    if person is None:
        return False
    return outing.organiser_id == person.pk or outing.participants.filter(person=person).exists()
