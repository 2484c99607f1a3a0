"""Fills the demo: sixty neighbours, their cars, rides of the next two days, wishes, bookings, Saturday's outing.

Deterministic for a seed, and relative to now. All that moves goes through the commands that people use.
"""

from collections import Counter
from datetime import datetime, timedelta
from itertools import cycle, islice

from accounts.models import User
from demo import doings, guard, outings, people, trips
from demo.neighbourhood import Neighbourhood
from rides import commands
from rides.models import Booking
from routing.distance import metres_between

OFFERS, WITHIN_THE_HOUR = 60, 8
REQUESTS, BOOKINGS = 10, 16
TRIES = 6
ANSWERED = 0.8
FOR_THE_DRIVER = timedelta(minutes=70)


def fill(now: datetime, *, seed: int = 1) -> dict[str, int]:
    """Seed an empty demo database and say how many of each were made. Raises NotADemo."""
    guard.require_demo()
    made = Counter(people=len(people.settle()))
    hood = Neighbourhood.here(seed)
    everybody = list(people.simulated().order_by("email"))
    drivers = [person for person in everybody if person.vehicles.exists()]
    riders = [person for person in everybody if person not in drivers]
    for number, driver in enumerate(islice(cycle(drivers), OFFERS - 1)):
        made["offers"] += _publish(hood, driver, now, soon=number < WITHIN_THE_HOUR)
    made["offers"] += publish_for_the_driver(hood, people.played_by("driver"), now)
    for rider in islice(cycle(riders), BOOKINGS):
        made["bookings"] += _book(hood, rider, now)
    for rider in islice(cycle(reversed(riders)), REQUESTS):
        made["requests"] += _post(hood, rider, now)
    outings.plan_saturday(hood, people.played_by("organiser"), now)
    made["outings"] += 1
    return dict(made)


def publish_for_the_driver(hood: Neighbourhood, driver: User, now: datetime) -> bool:
    """The ride that the visitor who plays the driver finds: across the map, soon, with time for a detour."""
    home, haunts = hood.home_of(driver), hood.town.haunts
    what = max(haunts, key=lambda one: metres_between(home, haunts[one]))
    at = (now + FOR_THE_DRIVER).replace(second=0, microsecond=0)
    trip = trips.Trip(home, haunts[what], what)
    return doings.publish_trip(driver, trip, at, max_detour_s=1500, max_detour_m=25_000)


def _publish(hood: Neighbourhood, driver: User, now: datetime, *, soon: bool) -> bool:
    """A ride at an hour at which this neighbour does not drive already."""
    return any(doings.publish(hood, driver, _departure(hood, now, soon=soon)) for _ in range(TRIES))


def _departure(hood: Neighbourhood, now: datetime, *, soon: bool) -> datetime:
    if soon:
        return now + timedelta(minutes=hood.rng.randrange(10, 58))
    return trips.by_day(now, hood.time_zone, hood.rng)


def _post(hood: Neighbourhood, rider: User, now: datetime) -> bool:
    return any(doings.post(hood, rider, trips.departure(now, hood.time_zone, hood.rng), now) for _ in range(TRIES))


def _book(hood: Neighbourhood, rider: User, now: datetime) -> bool:
    """A seat for one neighbour; most are answered at once, as if it had been long ago."""
    for _ in range(TRIES):
        answer = doings.book(hood, rider, trips.departure(now, hood.time_zone, hood.rng), now)
        if answer and answer.ok:
            booking = Booking.objects.select_related("offer__driver").get(pk=answer.data["id"])
            if booking.state == Booking.State.WAITING and hood.rng.random() < ANSWERED:
                commands.accept_booking(booking.offer.driver, booking.pk)
            return True
    return False
