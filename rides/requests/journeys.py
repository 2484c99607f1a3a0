"""What becomes of a wish to travel while drivers say yes and no: the only writer of a request's state.

Whoever calls holds the request's lock and its rider's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.models import Place
from rides import jobs, news, streets
from rides.errors import RideError
from rides.locks import require_transaction
from rides.models import Asking, Booking, RideRequest, WaitingEntry
from rides.requests import circles, way_home
from routing import plan
from routing.distance import metres_between

State = RideRequest.State
LOOKING = (State.CHOSEN, State.OPEN)
SAME_WITHIN_M = 50


class HasWayBack(RideError):
    """A way out has one way back."""

    code = "has_way_back"
    sentence = _("You already look for a way back from there. Cancel it first, or go on with it.")


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
    """Keep the journey; `ends` are the rows of its places, not saved yet. A way out is locked. Raises HasWayBack."""
    require_transaction()
    if return_of:
        _unlink_way_back(return_of)
        news.of_request(return_of)
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


def the_same(
    requests: Iterable[RideRequest], wanted: Wanted, *, return_of: int | None, both_or_none: bool
) -> RideRequest | None:
    """The journey among these (of one rider, at these hours) that she describes once more, to ask another driver."""
    described = (wanted.seats, wanted.load, return_of, both_or_none)
    for one in requests:
        ends = (one.origin, wanted.origin), (one.destination, wanted.destination)
        alike = (one.seats, one.load, one.return_of_id, one.both_or_none) == described
        near = all(metres_between(streets.exact(row), place) < SAME_WITHIN_M for row, place in ends)
        if one.state in LOOKING and alike and near:
            return one
    return None


def has_a_car(request: RideRequest) -> None:
    """A driver said yes and the ride is confirmed; the others who are asked see it taken."""
    _move(request, State.MATCHED, Asking.State.TAKEN)


def not_wanted(request: RideRequest) -> None:
    """Its rider needs nothing any more, or has another ride at that time."""
    if request.state in (*LOOKING, State.MATCHED):
        _move(request, State.CANCELLED, Asking.State.CLOSED)
        if waits_for_other_half(request):
            jobs.half_is_off(request.pk)


def is_over(request: RideRequest) -> None:
    """Its time has passed."""
    _move(request, State.EXPIRED, Asking.State.CLOSED)
    if waits_for_other_half(request):
        jobs.half_is_off(request.pk)


def lost_a_driver(request: RideRequest, now: datetime) -> None:
    """A driver said no, did not answer, or called off: unless others are still asked, the request looks on by itself.

    A way back whose way out has begun calls everyone who can help; before that, its rider need not go out at all.
    """
    if request.state not in (*LOOKING, State.MATCHED) or is_asked(request):
        return
    if way_home.is_lost(request, now):
        call_for_help(request, now)
        return
    if request.return_of_id is not None:
        jobs.free_way_out(request.return_of_id)
    if request.latest_at <= now:
        is_over(request)
    elif request.state == State.OPEN:  # others are asked already, and go on being asked
        _move(request, State.OPEN, None)
        jobs.match_request(request.pk)
    else:
        look_on(request, now)


def is_asked(request: RideRequest) -> bool:
    """Whether there is a car in which a seat is kept for it."""
    return request.bookings.filter(state__in=Booking.HOLDS).exists()


def look_on(request: RideRequest, now: datetime, stage: str = "") -> None:
    """Ask drivers, from the innermost circle with anybody in it, or from `stage` on; `widening` goes on."""
    request.stage = stage or circles.first(request.rider, request.earliest_at, now)
    request.widens_at = circles.widens_at(request.stage, request.latest_at, now)
    request.told_nobody_at = None
    _move(request, State.OPEN, None, "stage", "told_nobody_at")
    jobs.match_request(request.pk)
    jobs.match_request(request.pk, request.widens_at)


def widened(request: RideRequest) -> None:
    """More drivers are asked, and its rider reads so."""
    _move(request, State.OPEN, None)


def call_for_help(request: RideRequest, now: datetime) -> None:
    """Its rider is out there, and has no way home."""
    way_home.call(request, now)
    _move(request, State.OPEN, None)
    jobs.match_request(request.pk)


def await_answers(request: RideRequest, until: datetime, now: datetime) -> None:
    """Its rider asks a driver of her own choice; without an answer others are asked too, well before `until`."""
    if request.state == State.CHOSEN and request.widens_at is None:
        request.widens_at = now + circles.chosen_last(until - now)
        request.save(update_fields=["widens_at"])
        jobs.match_request(request.pk, request.widens_at)


def other_half(request: RideRequest) -> RideRequest | None:
    """The way back of a way out, or the other way round."""
    if request.return_of_id is not None:
        return request.return_of
    return RideRequest.objects.filter(return_of=request).first()


def waits_for_other_half(request: RideRequest | None) -> bool:
    """Both or none: whether the other half has no car yet, or was not even asked for, so that this one has to wait."""
    if request is None:
        return False
    half = other_half(request)
    if not (request.both_or_none or (half and half.both_or_none)):
        return False
    return half is None or half.state != State.MATCHED


def accepted_half(half: RideRequest) -> Booking | None:
    """The booking of the other half to which a driver has already said yes."""
    waiting = half.bookings.filter(state=Booking.State.WAITING, accepted_at__isnull=False)
    return waiting.select_related("offer").order_by("accepted_at").first()


def is_half_accepted(request: RideRequest) -> bool:
    """Whether one of the two has said yes, and only the other is missing."""
    return request.bookings.filter(state=Booking.State.WAITING, accepted_at__isnull=False).exists()


def close_cards(cards: Iterable[Asking], rest: str) -> None:
    """Askings that nobody needs to answer any more; their drivers see so at once."""
    for card in cards:
        card.state = rest
        card.save(update_fields=["state"])
        news.of_asking(card)


def _unlink_way_back(way_out: RideRequest) -> None:
    """A way back that came to nothing makes room for another."""
    former = RideRequest.objects.filter(return_of=way_out).first()
    if former is None:
        return
    if former.state in (*LOOKING, State.MATCHED):
        raise HasWayBack(request=former.pk)
    former.return_of = None
    former.save(update_fields=["return_of"])


def _move(request: RideRequest, state: str, rest: str | None, *fields: str) -> None:
    """`fields` have changed, too, and are written in the same statement."""
    request.state = state
    request.version += 1
    if state != State.OPEN:
        request.widens_at = None
    request.save(update_fields=["state", "widens_at", "version", *fields])
    if state not in LOOKING:
        request.waiting_for.filter(state=WaitingEntry.State.WAITING).update(state=WaitingEntry.State.LEFT)
    if rest is not None:
        close_cards(request.askings.filter(state=Asking.State.ASKED).select_related("offer"), rest)
    news.of_request(request)
