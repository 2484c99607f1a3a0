"""What a simulated neighbour does of his own accord: publish a ride, ask for one, book a seat."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from demo import people, sending, trips
from demo.neighbourhood import Neighbourhood
from demo.trips import Trip
from rides import commands, planner, search
from rides.models import RideOffer
from rides.requests.widening import ASK_AT_MOST
from routing.plan import TripRequest

PATIENCE = {"max_detour_s": 900, "max_detour_m": 15_000, "flexibility_s": 900}
"""What most drivers allow."""


def publish(hood: Neighbourhood, driver: User, at: datetime) -> bool:
    """A ride that leaves then; whether it was published."""
    trip = trips.draw(hood.town, hood.home_of(driver), hood.rng)
    note = trips.note(trip, driver.language, hood.rng)
    return publish_trip(driver, trip, at, note=note, automatic=hood.rng.random() < 0.25)


def publish_trip(driver: User, trip: Trip, at: datetime, **fields: Any) -> bool:
    """This very ride; whether it was published."""
    return sending.offer(driver, trip.origin, trip.destination, departs_at=at, **(PATIENCE | fields)).ok


def post(hood: Neighbourhood, rider: User, at: datetime, now: datetime) -> bool:
    """A wish to leave then or up to an hour and a half later; whether it was posted.

    One that would be put to a visitor is not: visitors who drive are asked by `demo.simulation.visitors`, in turn.
    """
    trip = trips.draw(hood.town, hood.home_of(rider), hood.rng)
    until = at + timedelta(minutes=90)
    wish = TripRequest(trip.origin, trip.destination, planner.epoch_s(at), planner.epoch_s(until))
    found = search.find_offers(trip=wish, person=rider, now=now, k=ASK_AT_MOST)
    if not all(is_simulated(one.offer) for one in found):
        return False
    fields = trips.wish(trip, rider.language, hood.rng)
    return sending.request(rider, trip.origin, trip.destination, earliest_at=at, latest_at=until, **fields).ok


def book(hood: Neighbourhood, rider: User, at: datetime, now: datetime) -> commands.Answer | None:
    """A seat in the car of another simulated neighbour around that time; None when nobody goes there."""
    trip = trips.draw(hood.town, hood.home_of(rider), hood.rng)
    around = planner.epoch_s(at - timedelta(hours=2)), planner.epoch_s(at + timedelta(hours=3))
    request = TripRequest(trip.origin, trip.destination, *around)
    offers = [found.offer for found in search.find_offers(trip=request, person=rider, now=now, k=5)]
    offer = next((offer for offer in offers if is_simulated(offer)), None)
    return sending.booking(rider, offer, trip.origin, trip.destination) if offer else None


def is_simulated(offer: RideOffer) -> bool:
    """Whether no visitor drives it."""
    return people.simulated().filter(pk=offer.driver_id).exists()
