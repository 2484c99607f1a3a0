"""Publish, start, finish or call off an offer; its stops and legs are laid here for the first time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Place, User, Vehicle
from accounts.vehicle_costs import cost_cents_per_km
from rides import jobs, news, planner, streets
from rides.bookings import diary
from rides.bookings.endings import end, settled, touched
from rides.bookings.seats import recount
from rides.driving import stops
from rides.errors import Invalid, NotFound, PlanChanged, RideError
from rides.locks import lock_offers, lock_people, lock_requests
from rides.models import Asking, Booking, RideOffer, RideRequest, WaitingEntry
from rides.requests import at_the_wheel, journeys
from routing import plan

State = RideOffer.State


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
    """An offer as its driver describes it. `seats` may be fewer than the car has; `already_aboard` sit in it anyway."""

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
    seats: int | None = None
    already_aboard: int = 0
    purpose: str = RideOffer.Purpose.OWN
    tolls_cents: int = 0
    draft: bool = False


def publish(
    *,
    driver: User,
    vehicle: Vehicle,
    draft: Draft,
    now: datetime,
    return_of: RideOffer | None = None,
    open_ended: bool = False,
) -> RideOffer:
    """Make the offer, its stops and legs; a draft is seen by nobody else yet, and reserves nothing of the driver's day.

    Raises Invalid, InThePast, AlreadyDriving, AlreadyRiding, OutsideRegion.
    """
    lock_people(driver.pk)
    if vehicle.owner_id != driver.pk:
        raise NotFound
    if draft.departs_at <= now:
        raise InThePast
    origin, destination = streets.keep_place(draft.origin), streets.keep_place(draft.destination)
    ends = [streets.public(origin), streets.public(destination)]
    [(duration_s, distance_m)] = planner.legs_through(ends, draft.departs_at)
    offer = begin(
        driver=driver,
        vehicle=vehicle,
        configurations=offered(vehicle, draft.seats, draft.already_aboard),
        places=[origin, destination],
        roads=[(duration_s, distance_m)],
        departs_at=draft.departs_at,
        empty=(duration_s, distance_m),
        state=State.DRAFT if draft.draft else State.PUBLISHED,
        flexibility_s=draft.flexibility_s,
        max_detour_s=draft.max_detour_s,
        max_detour_m=draft.max_detour_m,
        cents_per_km=draft.cents_per_km,
        tolls_cents=draft.tolls_cents,
        already_aboard=draft.already_aboard,
        purpose=draft.purpose,
        automatic=draft.automatic,
        note=draft.note,
        audience=draft.audience,
        return_of=return_of,
        open_ended=open_ended,
    )
    if not draft.draft:
        announce(offer)
    return offer


def publish_draft(*, offer_id: int, driver: User, now: datetime) -> RideOffer:
    """Show a draft to everybody it is for; raises as `publish`."""
    offer = lock_with_riders(offer_id, driver)[offer_id]
    if offer.state != State.DRAFT:
        raise WrongState(state=offer.state)
    if offer.departs_at <= now:
        raise InThePast
    offer.state = State.PUBLISHED
    announce(offer)
    touched(offer)
    return offer


def announce(offer: RideOffer) -> None:
    """The driver's day has room for it: whoever waits for such a ride hears of it, and every open map shows it."""
    last = offer.stops.order_by("sequence").last()
    assert last is not None
    diary.require_free(offer.driver_id, offer.departs_at, last.planned_at, but_offers=(offer.pk,))
    jobs.match_offer(offer.pk)
    news.of_offer(offer)


def begin(
    *,
    places: list[Place],
    roads: list[tuple[int, int]],
    departs_at: datetime,
    empty: tuple[int, int],
    vehicle: Vehicle,
    dwell_s: int = 0,
    **fields: Any,
) -> RideOffer:
    """The rows of a new offer that visits `places`; `roads` are seconds and metres between them.

    At each place between the first and the last the car stands for `dwell_s`.
    """
    offer = RideOffer.objects.create(
        departs_at=departs_at,
        time_zone=streets.the_region().manifest.time_zone,
        empty_s=empty[0],
        empty_m=empty[1],
        vehicle=vehicle,
        cost_cents_per_km=cost_cents_per_km(vehicle.energy, vehicle.consumption),
        **fields,
    )
    at_s, line = planner.epoch_s(departs_at), []
    for i, (place, (duration_s, _m)) in enumerate(zip(places, [*roads, (0, 0)], strict=True)):
        stands_s = dwell_s if 0 < i < len(roads) else 0
        line.append(plan.PlannedStop(streets.public(place), at_s, stands_s))
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


def offered(vehicle: Vehicle, seats: int | None, already_aboard: int = 0) -> list[dict[str, Any]]:
    """The vehicle's configurations with at most `seats` for others, less those who sit there already.

    A configuration without enough seats for them is none. Raises Invalid for a car without room for others.
    """
    ways = [
        way | {"seats": way["seats"] - already_aboard}
        for way in planner.configurations_of(vehicle)
        if way["seats"] >= already_aboard
    ]
    if not ways:
        raise Invalid(
            _("This vehicle has no seats yet.") if not already_aboard else _("The car is full without riders.")
        )
    if seats is None:
        return ways
    if not 1 <= seats <= max(way["seats"] for way in ways):
        raise Invalid(_("This vehicle does not have that many seats."))
    return [way | {"seats": min(way["seats"], seats)} for way in ways]


def cancel(*, offer_id: int, driver: User, now: datetime, note: str = "") -> RideOffer:
    """Call the ride off, and the linked way back with it: every rider hears of it, and every journey looks on."""
    way_back = RideOffer.objects.filter(return_of=offer_id, driver=driver, state__in=(State.DRAFT, State.PUBLISHED))
    offers = lock_with_riders(offer_id, driver, *way_back.values_list("pk", flat=True))
    if offers[offer_id].state not in (State.DRAFT, *RideOffer.UNDER_WAY):
        raise WrongState(state=offers[offer_id].state)
    drove = offers[offer_id].state == State.DEPARTED
    for offer in offers.values():
        if offer.state in (State.DRAFT, *RideOffer.UNDER_WAY):
            call_off(offer, now, note)
    if drove:
        at_the_wheel.on_arrival(driver.pk)
    return offers[offer_id]


def call_off(offer: RideOffer, now: datetime, note: str) -> None:
    """As `cancel`, for callers who hold the offer and everybody aboard (`lock_with_riders`)."""
    offer.state = State.CANCELLED
    ended = list(offer.bookings.filter(state__in=Booking.HOLDS).select_related("request"))
    end(offer, ended, Booking.Reason.OFFER_CANCELLED, now=now, note=note)
    let_nobody_on(offer, ended, now)


def depart(*, offer_id: int, driver: User, now: datetime) -> RideOffer:
    """The driver starts; whoever was not accepted by now is told that the car has left."""
    offer = lock_with_riders(offer_id, driver)[offer_id]
    if offer.state != State.PUBLISHED:
        raise WrongState(state=offer.state)
    offer.state = State.DEPARTED
    unanswered = (Booking.State.WAITING, Booking.State.HELD)
    left = list(offer.bookings.filter(state__in=unanswered).select_related("request"))
    end(offer, left, Booking.Reason.NO_ANSWER, now=now)
    for booking in offer.bookings.filter(state=Booking.State.CONFIRMED):
        news.of_booking(booking)
    let_nobody_on(offer, left, now)
    return offer


def complete(*, offer_id: int, driver: User) -> RideOffer:
    """Everybody has arrived; confirmed bookings wait for both sides to say that they took place."""
    offer = lock_with_riders(offer_id, driver)[offer_id]
    if offer.state != State.DEPARTED:
        raise WrongState(state=offer.state)
    offer.state = State.COMPLETED
    for booking in offer.bookings.filter(state=Booking.State.CONFIRMED):
        booking.state = Booking.State.COMPLETED
        settled(booking)
    recount(offer)
    touched(offer)
    at_the_wheel.on_arrival(driver.pk)
    return offer


def lock_with_riders(offer_id: int, driver: User, *more: int) -> dict[int, RideOffer]:
    """The driver, everybody who has a place or waits for one, their requests, and the offers, in the one order."""
    ids = {offer_id, *more}
    riders, requests = _riders(ids)
    lock_people(driver.pk, *riders)
    lock_requests(*requests)
    offers = lock_offers(*ids)
    if any(offer.driver_id != driver.pk for offer in offers.values()):
        raise NotFound
    riders_now, requests_now = _riders(ids)
    if riders_now - riders or requests_now - requests:  # somebody booked between the look and the lock
        raise PlanChanged
    return offers


def _riders(offer_ids: Iterable[int]) -> tuple[set[int], set[int]]:
    holding = Booking.objects.filter(offer_id__in=offer_ids, state__in=Booking.HOLDS)
    waiting = WaitingEntry.objects.filter(offer_id__in=offer_ids, state=WaitingEntry.State.WAITING)
    pairs = [*holding.values_list("rider_id", "request_id"), *waiting.values_list("request__rider_id", "request_id")]
    return {rider for rider, _request in pairs}, {request for _rider, request in pairs if request is not None}


def let_nobody_on(offer: RideOffer, ended: Iterable[Booking], now: datetime) -> None:
    """It has left, or goes nowhere: nobody is asked for a seat in it or waits for one; all these journeys look on."""
    journeys.close_cards(offer.askings.filter(state=Asking.State.ASKED).select_related("offer"), Asking.State.CLOSED)
    wished = {booking.request_id for booking in ended if booking.request_id}
    for entry in offer.waiting_list.filter(state=WaitingEntry.State.WAITING).select_related("request"):
        entry.state = WaitingEntry.State.OVER
        entry.save(update_fields=["state"])
        news.of_request(entry.request)
        wished.add(entry.request_id)
    for request in RideRequest.objects.filter(pk__in=wished).order_by("pk"):
        journeys.lost_a_driver(request, now)
