"""The neighbourhood has an eye for its visitors: somebody asks the driver, somebody comes by for the rider."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from accounts.models import User
from demo import doings, people, sending, trips
from demo.neighbourhood import Neighbourhood
from rides import commands, planner, search, streets
from rides.models import Asking, Booking, RideOffer, RideRequest
from rides.requests.widening import ASK_AT_MOST
from routing.matching import ranking as matching
from routing.plan import Place, TripRequest

BETWEEN_CARDS = timedelta(seconds=40)
"""From an answered card to the next one."""
UNTIL_MATCHED = timedelta(seconds=20)
TOO_SOON = timedelta(minutes=2)
CANDIDATES = 24
BEFORE_SOMEBODY_COMES = timedelta(seconds=6)


class VisitingDrivers:
    """Sees to it that a visitor who drives has a fitting request: one card at a time, the next after a while.

    A ride that a visitor publishes may suit many open wishes: then all but the first card are withdrawn.
    """

    def __init__(self) -> None:
        self._next_at: dict[int, datetime] = {}

    def __call__(self, hood: Neighbourhood, now: datetime) -> None:
        for driver_id, offers in _visiting_drivers(now).items():
            if _has_open_card(driver_id):
                _withdraw_more_than_one(driver_id)
                self._next_at[driver_id] = now + BETWEEN_CARDS
            elif now >= self._next_at.get(driver_id, now):
                self._next_at[driver_id] = now + UNTIL_MATCHED
                any(ask_along(hood, offer, now) for offer in offers)


def ask_along(hood: Neighbourhood, offer: RideOffer, now: datetime) -> bool:
    """A neighbour along the road of this very offer asks for a ride, so that matching puts it to its driver."""
    ends_at = max(stop.planned_at for stop in offer.stops.all())
    earliest_at = max(now, offer.departs_at - timedelta(minutes=5))
    window = planner.epoch_s(earliest_at), planner.epoch_s(ends_at)
    candidates = list(_along(hood, offer, earliest_at, ends_at))
    trips_seen = [
        TripRequest(_as_strangers_see(origin), _as_strangers_see(destination), *window)
        for _rider, origin, destination in candidates
    ]
    for number, _found in matching.rank_requests(planner.plan_of(offer), trips_seen, streets.the_region(), CANDIDATES):
        rider, origin, destination = candidates[number]
        asked = search.ways_for(trips_seen[number], person=rider, now=now, k=ASK_AT_MOST)
        if offer.pk in (insertion.offer_id for _offer, insertion in asked):
            return sending.request(rider, origin, destination, earliest_at=earliest_at, latest_at=ends_at).ok
    return False


def come_by(hood: Neighbourhood, now: datetime) -> None:
    """When nobody goes where a visitor wants to, somebody publishes a ride that does."""
    lonely = RideRequest.objects.filter(
        people.of_a_visitor("rider"),
        state=RideRequest.State.OPEN,
        created_at__lte=now - BEFORE_SOMEBODY_COMES,
        latest_at__gt=now + TOO_SOON,
        askings__isnull=True,
    )
    for request in lonely.select_related("origin", "destination")[:3]:
        fitting = people.simulated().filter(
            vehicles__configurations__seats__gte=request.seats,
            vehicles__configurations__litres__gte=request.litres,
            vehicles__configurations__length_cm__gte=request.length_cm,
        )
        drivers = list(fitting.distinct().order_by("email"))
        at = max(request.earliest_at, now) + min(TOO_SOON, (request.latest_at - now) / 2)
        if drivers:
            trip = trips.Trip(streets.public(request.origin), streets.public(request.destination), "")
            doings.publish_trip(hood.rng.choice(drivers), trip, at)


def _visiting_drivers(now: datetime) -> dict[int, list[RideOffer]]:
    """Visitors who have signed in and will drive, each with the offers, the next one first."""
    offers = search.with_riders(
        RideOffer.objects.filter(
            people.of_a_visitor("driver"),
            driver__last_login__isnull=False,
            state=RideOffer.State.PUBLISHED,
            audience=RideOffer.Audience.PUBLIC,
            departs_at__gt=now + TOO_SOON,
        )
    )
    of: dict[int, list[RideOffer]] = {}
    for offer in offers.order_by("departs_at"):
        if search.seats_left(offer) > 0:
            of.setdefault(offer.driver_id, []).append(offer)
    return of


def _has_open_card(driver_id: int) -> bool:
    cards = Asking.objects.filter(offer__driver=driver_id, state=Asking.State.ASKED)
    return cards.exists() or Booking.objects.filter(offer__driver=driver_id, state=Booking.State.WAITING).exists()


def _withdraw_more_than_one(driver_id: int) -> None:
    cards = Asking.objects.filter(offer__driver=driver_id, state=Asking.State.ASKED).order_by("pk")
    for card in cards.select_related("request__rider")[1:]:
        if people.simulated().filter(pk=card.request.rider_id).exists():
            commands.cancel_request(card.request.rider, card.request_id)


def _along(
    hood: Neighbourhood, offer: RideOffer, earliest_at: datetime, latest_at: datetime
) -> Iterator[tuple[User, Place, Place]]:
    """Riders with time, from their door to where the driver goes, or from where she starts to their door."""
    margin = timedelta(hours=1)
    busy = Booking.objects.filter(
        state__in=Booking.HOLDS, pickup_at__lt=latest_at + margin, dropoff_at__gt=earliest_at - margin
    )
    free = people.simulated().exclude(bookings__in=busy).exclude(requests__state=RideRequest.State.OPEN)
    riders = list(free.distinct().order_by("email"))
    stops = [stop.place for stop in offer.stops.all()]
    for rider in hood.rng.sample(riders, min(CANDIDATES, len(riders))):
        home = hood.home_of(rider)
        if not stops[-1].private:
            yield rider, home, streets.exact(stops[-1])
        elif not stops[0].private:
            yield rider, streets.exact(stops[0]), home
        else:
            yield rider, home, hood.rng.choice(list(hood.town.haunts.values()))


def _as_strangers_see(place: Place) -> Place:
    return streets.the_region().public_point(place.lat, place.lon) if place.kind == "address" else place
