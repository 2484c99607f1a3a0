"""Publish, start, finish or call off an offer; its stops and legs are laid here for the first time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Place, User, Vehicle
from rides import jobs, news, planner, stops
from rides.booking import recount, touched
from rides.errors import Invalid, NotFound, PlanChanged, RideError
from rides.locks import lock_offer, lock_people
from rides.models import Asking, Booking, RideOffer
from routing import plan

STATES_UNDER_WAY = (RideOffer.State.PUBLISHED, RideOffer.State.DEPARTED)


class InThePast(RideError):
    """A ride leaves in the future."""

    code = "in_the_past"
    status = 400
    sentence = _("Please choose a time that is still to come.")


class WrongState(RideError):
    """The offer is not in the state this step starts from."""

    code = "wrong_state"
    sentence = _("This ride is not at that point.")


@dataclass(frozen=True, slots=True)
class Draft:
    """An offer as its driver describes it, with the roads looked up; places are rows already."""

    origin: plan.Place
    destination: plan.Place
    departs_at: datetime
    flexibility_s: int
    max_detour_s: int
    max_detour_m: int
    cents_per_km: int
    automatic: bool
    note: str
    audience: str = RideOffer.Audience.PUBLIC


def publish(*, driver: User, vehicle: Vehicle, draft: Draft, seats: int | None, now: datetime) -> RideOffer:
    """Make the offer, its stops and legs. `seats` may offer fewer than the car has. Raises Invalid, InThePast."""
    lock_people(driver.pk)
    if vehicle.owner_id != driver.pk:
        raise NotFound
    if draft.departs_at <= now:
        raise InThePast
    origin, destination = planner.keep_place(draft.origin), planner.keep_place(draft.destination)
    [(duration_s, distance_m)] = planner.legs_through([planner.public(origin), planner.public(destination)])
    offer = begin(
        driver=driver,
        vehicle=vehicle,
        configurations=offered(vehicle, seats),
        places=[origin, destination],
        roads=[(duration_s, distance_m)],
        departs_at=draft.departs_at,
        empty=(duration_s, distance_m),
        flexibility_s=draft.flexibility_s,
        max_detour_s=draft.max_detour_s,
        max_detour_m=draft.max_detour_m,
        cents_per_km=draft.cents_per_km,
        automatic=draft.automatic,
        note=draft.note,
        audience=draft.audience,
    )
    jobs.match_offer(offer.pk)
    news.of_offer(offer)
    return offer


def begin(
    *,
    places: list[Place],
    roads: list[tuple[int, int]],
    departs_at: datetime,
    empty: tuple[int, int],
    dwell_s: int = 0,
    **fields: Any,
) -> RideOffer:
    """The rows of a new offer that visits `places`; `roads` are seconds and metres between them.

    At each place between the first and the last the car stands for `dwell_s`.
    """
    offer = RideOffer.objects.create(
        departs_at=departs_at,
        time_zone=planner.the_region().manifest.time_zone,
        empty_s=empty[0],
        empty_m=empty[1],
        **fields,
    )
    at_s, line = planner.epoch_s(departs_at), []
    for i, (place, (duration_s, _m)) in enumerate(zip(places, [*roads, (0, 0)], strict=True)):
        stands_s = dwell_s if 0 < i < len(roads) else 0
        line.append(plan.PlannedStop(planner.public(place), at_s, stands_s))
        at_s += stands_s + duration_s
    laid = plan.VehiclePlan(
        offer_id=offer.pk,
        stops=tuple(line),
        legs=tuple(plan.PlannedLeg(*road) for road in roads),
        configurations=planner.configurations(offer),
        empty_s=offer.empty_s,
        empty_m=offer.empty_m,
        max_detour_s=offer.max_detour_s,
        max_detour_m=offer.max_detour_m,
    )
    stops.begin(offer, laid, places)
    return offer


def offered(vehicle: Vehicle, seats: int | None) -> list[dict[str, Any]]:
    """The vehicle's configurations with at most `seats` for others; raises Invalid for a car without any."""
    ways = planner.configurations_of(vehicle)
    if not ways:
        raise Invalid(_("This vehicle has no seats yet."))
    if seats is None:
        return ways
    if not 1 <= seats <= max(way["seats"] for way in ways):
        raise Invalid(_("This vehicle does not have that many seats."))
    return [way | {"seats": min(way["seats"], seats)} for way in ways]


def cancel(*, offer_id: int, driver: User) -> RideOffer:
    """Call the ride off: every booking ends, every rider hears of it."""
    offer = _lock_with_riders(offer_id, driver)
    if offer.state not in STATES_UNDER_WAY:
        raise WrongState(state=offer.state)
    offer.state = RideOffer.State.CANCELLED
    for booking in offer.bookings.filter(state__in=Booking.HOLDS):
        booking.state, booking.reason = Booking.State.CANCELLED, Booking.Reason.OFFER_CANCELLED
        booking.pickup = booking.dropoff = booking.deadline_at = None
        _save(booking)
    offer.askings.filter(state=Asking.State.ASKED).update(state=Asking.State.CLOSED)
    recount(offer)
    touched(offer)
    return offer


def depart(*, offer_id: int, driver: User, now: datetime) -> RideOffer:
    """The driver starts; whoever was not accepted by now is told that the car has left."""
    offer = _lock_with_riders(offer_id, driver)
    if offer.state != RideOffer.State.PUBLISHED:
        raise WrongState(state=offer.state)
    offer.state = RideOffer.State.DEPARTED
    for booking in offer.bookings.filter(state=Booking.State.WAITING):
        booking.state, booking.reason = Booking.State.CANCELLED, Booking.Reason.NO_ANSWER
        booking.pickup = booking.dropoff = booking.deadline_at = None
        _save(booking)
    recount(offer)
    for booking in offer.bookings.filter(state=Booking.State.CONFIRMED):
        news.of_booking(booking)
    touched(offer)
    return offer


def complete(*, offer_id: int, driver: User) -> RideOffer:
    """Everybody has arrived; confirmed bookings wait for both sides to say that they took place."""
    offer = _lock_with_riders(offer_id, driver)
    if offer.state != RideOffer.State.DEPARTED:
        raise WrongState(state=offer.state)
    offer.state = RideOffer.State.COMPLETED
    for booking in offer.bookings.filter(state=Booking.State.CONFIRMED):
        booking.state = Booking.State.COMPLETED
        _save(booking)
    recount(offer)
    touched(offer)
    return offer


def _lock_with_riders(offer_id: int, driver: User) -> RideOffer:
    """The driver, everybody who has a place, and the offer, in the one order."""
    riders = _riders(offer_id)
    lock_people(driver.pk, *riders)
    offer = lock_offer(offer_id)
    if offer.driver_id != driver.pk:
        raise NotFound
    if _riders(offer_id) - riders:  # somebody booked between the look and the lock
        raise PlanChanged
    return offer


def _riders(offer_id: int) -> set[int]:
    holding = Booking.objects.filter(offer_id=offer_id, state__in=Booking.HOLDS)
    return set(holding.values_list("rider_id", flat=True))


def _save(booking: Booking) -> None:
    booking.version += 1
    booking.save(update_fields=["state", "reason", "deadline_at", "pickup", "dropoff", "version"])
    news.of_booking(booking)
