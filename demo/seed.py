"""Fills the demo: sixty neighbours, their cars, rides of the next two days, wishes, bookings, Saturday's outing.

Deterministic for a seed, and relative to now. All that moves goes through the commands that people use.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from demo import guard, outings, people, sending, trips
from demo.neighbourhood import Neighbourhood
from rides import commands, planner, search
from rides.models import RideOffer
from routing.meeting import metres_between
from routing.plan import TripRequest

OFFERS, WITHIN_THE_HOUR = 60, 8
REQUESTS, BOOKINGS = 10, 16
FOR_THE_DRIVER = timedelta(minutes=70)


def fill(now: datetime, *, seed: int = 1) -> dict[str, int]:
    """Seed an empty demo database and say how many of each were made. Raises NotADemo."""
    guard.require_demo()
    everybody = people.settle()
    hood = Neighbourhood.here(seed)
    made = Counter(people=len(everybody))
    roles = people.ROLES.values()
    drivers = [person for person in everybody[len(roles) :] if person.vehicles.exists()]
    for number in range(OFFERS - 1):
        made["offers"] += publish(hood, drivers[number % len(drivers)], now, soon=number < WITHIN_THE_HOUR)
    made["offers"] += publish_for_the_driver(hood, people.played_by("driver"), now)
    riders = [person for person in everybody[len(roles) :] if person not in drivers]
    for number in range(BOOKINGS):
        made["bookings"] += book(hood, riders[number % len(riders)], now)
    for number in range(REQUESTS):
        made["requests"] += post(hood, riders[-1 - number % len(riders)], now)
    outings.plan_saturday(hood, people.played_by("organiser"), now)
    made["outings"] += 1
    return dict(made)


def publish(hood: Neighbourhood, driver: User, now: datetime, *, soon: bool = False) -> bool:
    """A ride of one neighbour; whether it was published."""
    rng = hood.rng
    trip = trips.draw(hood.town, hood.home_of(driver), rng)
    at = now + timedelta(minutes=rng.randrange(10, 58)) if soon else trips.by_day(now, hood.time_zone, rng)
    return _published(driver, trip, at, trips.note(trip, driver.language, rng), automatic=rng.random() < 0.25)


def publish_for_the_driver(hood: Neighbourhood, driver: User, now: datetime) -> bool:
    """The ride that the visitor who plays the driver finds: across the map, soon, with time for a detour."""
    home = hood.home_of(driver)
    what = max(hood.town.haunts, key=lambda one: metres_between(home, hood.town.haunts[one]))
    trip = trips.Trip(home, hood.town.haunts[what], what)
    at = (now + FOR_THE_DRIVER).replace(second=0, microsecond=0)
    return _published(driver, trip, at, "", automatic=False, max_detour_s=1500, max_detour_m=25_000)


def post(hood: Neighbourhood, rider: User, now: datetime) -> bool:
    """A wish of one neighbour; whether it was posted."""
    trip = trips.draw(hood.town, hood.home_of(rider), hood.rng)
    at = trips.departure(now, hood.time_zone, hood.rng)
    fields = trips.wish(trip, rider.language, hood.rng)
    window = {"earliest_at": at, "latest_at": at + timedelta(minutes=90)}
    return sending.request(rider, trip.origin, trip.destination, **window, **fields).ok


def book(hood: Neighbourhood, rider: User, now: datetime, tries: int = 6) -> bool:
    """A seat for one neighbour in the car of another; most are answered at once, as if it had been long ago."""
    for _ in range(tries):
        trip = trips.draw(hood.town, hood.home_of(rider), hood.rng)
        found = find_simulated(rider, trip, trips.departure(now, hood.time_zone, hood.rng), now)
        if found is None:
            continue
        answer = sending.booking(rider, found, trip.origin, trip.destination)
        if answer.ok:
            if hood.rng.random() < 0.8:
                commands.accept_booking(found.driver, answer.data["id"])
            return True
    return False


def find_simulated(rider: User, trip: trips.Trip, at: datetime, now: datetime) -> RideOffer | None:
    """The best ride around that time that no visitor drives."""
    window = (at - timedelta(hours=2), at + timedelta(hours=3))
    request = TripRequest(trip.origin, trip.destination, *(planner.epoch_s(edge) for edge in window))
    offers = [found.offer for found in search.find_offers(trip=request, person=rider, now=now, k=5)]
    simulated = set(
        people.simulated().filter(pk__in={offer.driver_id for offer in offers}).values_list("pk", flat=True)
    )
    return next((offer for offer in offers if offer.driver_id in simulated), None)


def _published(driver: User, trip: trips.Trip, at: datetime, note: str, **fields: Any) -> bool:
    detour = {"max_detour_s": 900, "max_detour_m": 15_000, "flexibility_s": 900}
    return sending.offer(driver, trip.origin, trip.destination, departs_at=at, note=note, **(detour | fields)).ok
