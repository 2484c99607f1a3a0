"""Changing an offer that people may have booked: they are told, and may leave freely when it moved too far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import Place
from rides import jobs, news, planner, streets
from rides.bookings import diary, shares
from rides.bookings.diary import MAY_BE_LATER
from rides.bookings.endings import keep_for_waiting, settled
from rides.bookings.seats import fits_after_all
from rides.driving import stops
from rides.driving.offers import InThePast, WrongState, offered
from rides.errors import PlanChanged, RideError
from rides.models import Booking, Leg, RideOffer, Stop
from routing import plan
from routing.distance import metres_between

MAY_MOVE_M = 200
"""A meeting point that moves farther than this is another one."""


class SeatsInUse(RideError):
    """Somebody has booked what would be taken away."""

    code = "seats_in_use"
    sentence = _("People have booked these seats. Call off their bookings first.")


@dataclass(frozen=True, slots=True)
class Changes:
    """What the driver wants to be otherwise; None is as it was. `seats` counts those offered to others."""

    departs_at: datetime | None = None
    origin: plan.Place | None = None
    destination: plan.Place | None = None
    flexibility_s: int | None = None
    max_detour_s: int | None = None
    max_detour_m: int | None = None
    seats: int | None = None
    already_aboard: int | None = None
    cents_per_km: int | None = None
    tolls_cents: int | None = None
    automatic: bool | None = None
    note: str | None = None
    audience: str | None = None

    @property
    def moves(self) -> bool:
        """Whether the car goes elsewhere."""
        return self.origin is not None or self.destination is not None


LIMITS = ("flexibility_s", "max_detour_s", "max_detour_m")
"""What an insertion was worked out for."""
PLAIN = (
    *LIMITS,
    "cents_per_km",
    "tolls_cents",
    "automatic",
    "note",
    "audience",
)


@dataclass(frozen=True, slots=True)
class Relaid:
    """The roads of the plan `plan_version` between its new ends; the rows of new ends are not saved yet."""

    plan_version: int
    origin: Place | None
    destination: Place | None
    roads: Sequence[tuple[int, int]]
    empty: tuple[int, int]


def prepare(offer: RideOffer, changes: Changes) -> Relaid | None:
    """Outside of any lock: the roads, when the ride goes elsewhere. Raises OutsideRegion."""
    if not changes.moves:
        return None
    origin = streets.place_row(changes.origin) if changes.origin else None
    destination = streets.place_row(changes.destination) if changes.destination else None
    places = [stop.place for stop in offer.stops.select_related("place").order_by("sequence")]
    line = [origin or places[0], *places[1:-1], destination or places[-1]]
    through = [streets.public(place) for place in line]
    departs_at = changes.departs_at or offer.departs_at
    [empty] = planner.legs_through([through[0], through[-1]], departs_at)
    return Relaid(offer.plan_version, origin, destination, planner.legs_through(through, departs_at), empty)


def change(offer: RideOffer, *, changes: Changes, relaid: Relaid | None, now: datetime) -> None:
    """Write the changes; the offer and everybody aboard are locked (`offers.lock_with_riders`).

    Raises WrongState, InThePast, SeatsInUse, AlreadyDriving, AlreadyRiding, PlanChanged, Invalid.
    """
    if offer.state not in (RideOffer.State.DRAFT, RideOffer.State.PUBLISHED):
        raise WrongState(state=offer.state)
    if changes.departs_at and changes.departs_at <= now:
        raise InThePast
    other_limits = any(getattr(changes, name) not in (None, getattr(offer, name)) for name in LIMITS)
    for name in PLAIN:
        if (wanted := getattr(changes, name)) is not None:
            setattr(offer, name, wanted)
    if changes.seats is not None or changes.already_aboard is not None:
        _offer_seats(offer, changes)
    moved = changes.moves or (changes.departs_at not in (None, offer.departs_at))
    if moved:
        _move(offer, changes.departs_at or offer.departs_at, relaid)
    if moved or other_limits:
        offer.plan_version += 1
    if offer.state == RideOffer.State.PUBLISHED:
        keep_for_waiting(offer, now)
    offer.version += 1
    offer.save()
    for booking in list(
        offer.bookings.filter(state__in=Booking.HOLDS).select_related("pickup__place", "dropoff__place")
    ):
        booking.offer = offer
        _tell(booking)
    stops.promise_anew(offer)
    if offer.state == RideOffer.State.PUBLISHED:
        if moved:
            _require_free_day(offer)
            jobs.match_offer(offer.pk)
        jobs.tend_offer(offer.pk)
        news.of_offer(offer)


def _offer_seats(offer: RideOffer, changes: Changes) -> None:
    if changes.already_aboard is not None:
        offer.already_aboard = changes.already_aboard
    offer.configurations = offered(offer.vehicle, changes.seats, offer.already_aboard)
    if not fits_after_all(offer):
        raise SeatsInUse
    room = {f"capacity_{kind}": amount for kind, amount in stops.envelope(offer).items()}
    Leg.objects.filter(offer=offer).update(**room)


def _move(offer: RideOffer, departs_at: datetime, relaid: Relaid | None) -> None:
    line = list(offer.stops.select_related("place").order_by("sequence"))
    if relaid is None:
        for stop in line:
            stop.planned_at += departs_at - offer.departs_at
    else:
        if offer.plan_version != relaid.plan_version:
            raise PlanChanged
        for stop, row in ((line[0], relaid.origin), (line[-1], relaid.destination)):
            if row is not None:
                row.save()
                stop.place = row
        at = departs_at
        for stop, (duration_s, distance_m) in zip(line, [*relaid.roads, (0, 0)], strict=True):
            stop.planned_at = at
            at = planner.instant(planner.epoch_s(at) + stop.dwell_s + duration_s)
            Leg.objects.filter(start=stop).update(duration_s=duration_s, distance_m=distance_m)
        offer.empty_s, offer.empty_m = relaid.empty
    offer.departs_at = departs_at
    Stop.objects.bulk_update(line, ["planned_at", "place"])


def _tell(booking: Booking) -> None:
    """The rider reads the new hour and place; beyond what was agreed to it is a new promise: she may leave freely."""
    pickup, dropoff = booking.pickup, booking.dropoff
    assert pickup is not None and dropoff is not None
    agreed_at = diary.agreed(booking)
    booking.pickup_at, booking.dropoff_at = pickup.planned_at, dropoff.planned_at
    hours = zip((booking.pickup_at, booking.dropoff_at), agreed_at, strict=True)
    too_far = any(abs(at - agreed) > MAY_BE_LATER for at, agreed in hours) and not booking.offer.open_ended
    for end, stop in (("pickup_place", pickup), ("dropoff_place", dropoff)):
        met, now_at = streets.public(getattr(booking, end)), streets.public(stop.place)
        if metres_between(met, now_at) > MAY_MOVE_M:
            row = streets.meeting_row(now_at)
            row.save()
            setattr(booking, end, row)
            too_far = True
    if too_far or booking.offer.open_ended:
        booking.latest_pickup_at = booking.pickup_at + MAY_BE_LATER
        booking.latest_dropoff_at = booking.dropoff_at + MAY_BE_LATER
    booking.may_leave_freely = booking.may_leave_freely or too_far
    booking.save(
        update_fields=[
            "pickup_at", "dropoff_at", "latest_pickup_at", "latest_dropoff_at", "pickup_place", "dropoff_place",
        ]
    )  # fmt: skip
    shares.settle(booking.offer, booking)
    settled(booking)


def _require_free_day(offer: RideOffer) -> None:
    last = offer.stops.order_by("sequence").last()
    assert last is not None
    diary.require_free(offer.driver_id, offer.departs_at, last.planned_at, but_offers=(offer.pk,))
