"""What becomes of a wish to travel while drivers say yes and no: the only writer of a request's state.

Whoever calls holds the request's lock and its rider's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Place
from rides import jobs, news
from rides.locks import require_transaction
from rides.models import Asking, Booking, RideRequest
from routing import plan

State = RideRequest.State
LOOKING = (State.CHOSEN, State.OPEN)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A journey as its rider describes it; `seats` are people on seats, `load` is all else."""

    kind: str
    origin: plan.Place
    destination: plan.Place
    earliest_at: datetime
    latest_at: datetime
    seats: int
    load: plan.Load
    max_walk_m: int
    note: str = ""


def write(
    *,
    rider_id: int,
    wanted: Wanted,
    ends: tuple[Place, Place],
    state: str,
    now: datetime,
    return_of: RideRequest | None = None,
    both_or_none: bool = False,
) -> RideRequest:
    """Keep the journey; `ends` are the rows of its two places, not saved yet."""
    require_transaction()
    origin, destination = Place.objects.bulk_create(ends)
    load = wanted.load
    return RideRequest.objects.create(
        rider_id=rider_id,
        kind=wanted.kind,
        state=state,
        origin=origin,
        destination=destination,
        earliest_at=max(wanted.earliest_at, now),
        latest_at=max(wanted.latest_at, now),
        seats=wanted.seats,
        child_seats=load.child_seats,
        wheelchairs=load.wheelchairs,
        litres=load.litres,
        roof_kg=load.roof_kg,
        length_cm=load.length_cm,
        max_walk_m=wanted.max_walk_m,
        note=wanted.note,
        return_of=return_of,
        both_or_none=both_or_none,
    )


def has_a_car(request: RideRequest) -> None:
    """A driver said yes and the ride is confirmed; the others who are asked see it taken."""
    _move(request, State.MATCHED, Asking.State.TAKEN)


def not_wanted(request: RideRequest) -> None:
    """Its rider needs nothing any more, or has another ride at that time."""
    if request.state in (*LOOKING, State.MATCHED):
        _move(request, State.CANCELLED, Asking.State.CLOSED)


def is_over(request: RideRequest) -> None:
    """Its time has passed."""
    _move(request, State.EXPIRED, Asking.State.CLOSED)


def lost_a_driver(request: RideRequest, now: datetime) -> None:
    """A driver said no, did not answer, or called off: unless others are still asked, the request looks on by itself."""
    if request.state not in (*LOOKING, State.MATCHED) or request.bookings.filter(state__in=Booking.HOLDS).exists():
        return
    if request.latest_at <= now:
        is_over(request)
        return
    look_on(request, now)


def look_on(request: RideRequest, now: datetime) -> None:
    """Ask drivers again, from the innermost circle; `rides.widening` takes it from there."""
    request.stage = RideRequest.Stage.KNOWN
    request.widens_at = now
    request.told_nobody_at = None
    request.save(update_fields=["stage", "widens_at", "told_nobody_at"])
    _move(request, State.OPEN, None)
    jobs.match_request(request.pk)


def other_half(request: RideRequest) -> RideRequest | None:
    """The way back of a way out, or the other way round."""
    if request.return_of_id is not None:
        return request.return_of
    return RideRequest.objects.filter(return_of=request).first()


def waits_for_other_half(request: RideRequest | None) -> RideRequest | None:
    """Both or none: the half that has no car yet, and without which this one is not confirmed."""
    half = other_half(request) if request is not None else None
    if half is None or request is None or not (request.both_or_none or half.both_or_none):
        return None
    return half if half.state in LOOKING else None


def accepted_half(half: RideRequest) -> Booking | None:
    """The booking of the other half to which a driver has already said yes."""
    waiting = half.bookings.filter(state=Booking.State.WAITING, accepted_at__isnull=False)
    return waiting.select_related("offer").order_by("accepted_at").first()


def close_cards(cards: Iterable[Asking], rest: str) -> None:
    """Askings that nobody needs to answer any more; their drivers see so at once."""
    for card in cards:
        card.state = rest
        card.save(update_fields=["state"])
        news.of_asking(card)


def _move(request: RideRequest, state: str, rest: str | None) -> None:
    request.state = state
    request.version += 1
    request.save(update_fields=["state", "version"])
    if rest is not None:
        close_cards(request.askings.filter(state=Asking.State.ASKED).select_related("offer"), rest)
    news.of_request(request)
