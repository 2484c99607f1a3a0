"""Asking for a seat: a hold while the form is open, then a booking that waits for the driver or stands at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts import blocks
from accounts.models import Place
from rides import news, planner, rows, streets
from rides.bookings import diary, holds, shares
from rides.bookings.diary import MAY_BE_LATER
from rides.bookings.endings import end, settled, touched
from rides.bookings.seats import SeatsTaken, require_free, take
from rides.driving import stops
from rides.errors import NotFound, PlanChanged, RideError
from rides.locks import lock_offers, lock_people, lock_requests
from rides.models import Booking, RideOffer, RideRequest
from rides.requests import journeys

ANSWER_WITHIN = timedelta(hours=12)
ANSWER_BEFORE_DEPARTURE = timedelta(minutes=15)
HOLD_FOR = timedelta(minutes=5)
ASKED_AT_ONCE = 3
AUTOMATIC_AN_HOUR = 5
"""So many automatic yeses a person gets in an hour; each shows where somebody stops, so a driver decides on more."""


class NotLive(RideError):
    """The offer has left, is over, or is called off."""

    code = "not_live"
    sentence = _("This ride cannot be booked any more.")


class OwnRide(RideError):
    """A driver is in her own car already."""

    code = "own_ride"
    sentence = _("This is your own ride.")


class TooManyAsked(RideError):
    """Three drivers at once are enough: each of them keeps a seat free meanwhile."""

    code = "too_many_asked"
    sentence = _("You are asking three drivers already. Wait for an answer, or withdraw one.")


class AlreadyAsked(RideError):
    """The same journey has a seat in this car, or asks for one."""

    code = "already_asked"
    sentence = _("You have already asked for this ride.")


@dataclass(frozen=True, slots=True)
class Form:
    """What a rider says beside the trip itself; `request` names a journey that is there already."""

    wanted: journeys.Wanted
    ends: tuple[Place, Place]
    companions: tuple[str, ...] = ()
    request_id: int | None = None
    return_of: int | None = None
    both_or_none: bool = False


def book(*, rider_id: int, prepared: planner.Prepared, form: Form, now: datetime) -> Booking:
    """Take what the trip needs on every leg from pickup to dropoff, or on none.

    The driver answers, unless the offer accepts by itself. A hold of the rider's becomes the booking. Raises NotFound,
    NotLive, OwnRide, AlreadyRiding, AlreadyDriving, TooManyAsked, AlreadyAsked, SeatsTaken, PlanChanged.
    """
    _meet(rider_id, prepared)
    own = diary.bookings_of(rider_id)
    rivals = require_may_ask(rider_id, prepared, form.request_id, own)
    held = diary.held_among(own)
    request_id = form.request_id or _described_again(rivals, form)
    more, half_id = of_other_half(rider_id, request_id=request_id, return_of=form.return_of)
    rivals += more
    requests = lock_requests(*_ids(request_id, form.return_of, half_id, *(one.request_id for one in rivals)))
    offers = lock_offers(*_ids(prepared.offer.pk, held.offer_id if held else None, *(one.offer_id for one in rivals)))
    offer = offers[prepared.offer.pk]
    hers = held is not None and holds.covers(held, prepared)
    if held:
        holds.let_go(offers[held.offer_id], held, prepared.offer.pk, now)
    if request_id:
        request = _own(requests[request_id], rider_id)
    else:
        out = _own(requests[form.return_of], rider_id, also=RideRequest.State.MATCHED) if form.return_of else None
        request = journeys.write(
            rider_id=rider_id,
            wanted=form.wanted,
            ends=form.ends,
            state=RideRequest.State.CHOSEN,
            now=now,
            return_of=out,
            both_or_none=form.both_or_none,
        )
    booking = seat(offer, prepared=prepared, request=request, companions=form.companions, first=hers, now=now)
    if held:
        holds.leave_the_rest(offer, held, booking, now)
    return booking


def hold(*, rider_id: int, prepared: planner.Prepared, now: datetime) -> Booking:
    """Keep the room while the rider fills in the form; one hold a person, and it ends by itself. Raises as `book`."""
    _meet(rider_id, prepared)
    own = diary.bookings_of(rider_id)
    require_may_ask(rider_id, prepared, None, own)
    held = diary.held_among(own)
    offers = lock_offers(prepared.offer.pk, *([held.offer_id] if held else []))
    offer = offers[prepared.offer.pk]
    hers = held is not None and holds.covers(held, prepared)
    if held:
        holds.let_go(offers[held.offer_id], held, offer.pk, now)
    booking, line = _lay(
        offer,
        prepared=prepared,
        now=now,
        first=hers,
        rider_id=rider_id,
        state=Booking.State.HELD,
        held_until=now + HOLD_FOR,
    )
    touched(offer, line)
    if held:
        holds.leave_the_rest(offer, held, booking, now)
    return booking


def seat(
    offer: RideOffer,
    *,
    prepared: planner.Prepared,
    request: RideRequest,
    now: datetime,
    companions: tuple[str, ...] = (),
    accepted: bool = False,
    first: bool = False,
    **fields: object,
) -> Booking:
    """As `book`, for callers who hold people, request and offer already, and the offers of what else the rider asks
    at that time. `accepted` by the driver's own hand; `first` in line for what is kept for those who wait.
    """
    near = prepared.insertion.detour_s + prepared.exact_s <= offer.max_detour_s  # else the driver decides
    yes = accepted or (offer.automatic and near and not asks_too_often(request.rider_id, now))
    if yes:
        diary.require_free(request.rider_id, *span(prepared))
    booking, line = _lay(
        offer,
        prepared=prepared,
        now=now,
        first=first,
        rider_id=request.rider_id,
        request=request,
        companions=list(companions),
        state=Booking.State.WAITING,
        deadline_at=_deadline(offer, now),
        **fields,
    )
    if yes:
        say_yes(booking, now, line)
    else:
        news.of_booking(booking)
        if booking.standing_id is None:  # a seat on a weekly ride is wanted in that very car
            journeys.await_answers(request, offer.departs_at, now)
    news.of_request(request)
    if booking.state != Booking.State.CONFIRMED:  # of a yes that counts everybody has heard
        touched(offer, line)
    return booking


def say_yes(booking: Booking, now: datetime, line: stops.Line | None = None) -> None:
    """The driver's yes. Both or none: it counts once the other half has one too, and then both stand at once.

    The booking's people, both halves, their offers, and those of everything else the rider asks for in that time are
    locked (`lock_for_yes`). Without its `line` the offer's is read again. Raises AlreadyRiding, AlreadyDriving.
    """
    booking.accepted_at = now
    waits = journeys.waits_for_other_half(booking.request)
    half = journeys.other_half(booking.request) if waits and booking.request else None
    other = journeys.accepted_half(half) if half else None
    if waits and not other:
        settled(booking)
        return
    _confirm(booking, now, line)
    if other:
        _confirm(other, now)


def lock_for_yes(booking: Booking) -> dict[int, RideOffer]:
    """Lock all that a yes to `booking` may touch but people, whom the caller has locked; the offers by id."""
    request_ids, offer_ids = [booking.request_id], [booking.offer_id]
    halves = [booking]
    if booking.request and (half := journeys.other_half(booking.request)):
        request_ids.append(half.pk)
        halves += [one for one in [journeys.accepted_half(half)] if one]
    for one in halves:
        offer_ids.append(one.offer_id)
        for rival in diary.asked_meanwhile(one):
            request_ids.append(rival.request_id)
            offer_ids.append(rival.offer_id)
    lock_requests(*_ids(*request_ids))
    return lock_offers(*offer_ids)


def require_live(offer: RideOffer, now: datetime) -> None:
    """Raises NotLive unless people can still get on."""
    if offer.state != RideOffer.State.PUBLISHED or offer.departs_at + timedelta(seconds=offer.flexibility_s) < now:
        raise NotLive


def _confirm(booking: Booking, now: datetime, line: stops.Line | None = None) -> None:
    diary.require_free(booking.rider_id, *diary.agreed(booking), but_booking=booking.pk)
    booking.state, booking.deadline_at, booking.accepted_at = Booking.State.CONFIRMED, None, now
    line = line or stops.read(booking.offer)
    shares.settle(booking.offer, booking, line)
    settled(booking)
    touched(booking.offer, line)
    for rival in diary.asked_meanwhile(booking):
        end(RideOffer.objects.get(pk=rival.offer_id), [rival], Booking.Reason.WITHDRAWN, now=now)
        if rival.request and rival.request_id != booking.request_id and not journeys.is_asked(rival.request):
            journeys.not_wanted(rival.request)
    if booking.request:
        journeys.has_a_car(booking.request)


def _lay(
    offer: RideOffer, *, prepared: planner.Prepared, now: datetime, first: bool = False, **fields: object
) -> tuple[Booking, stops.Line]:
    """Look under the lock, then write: the stops, what the legs carry, the booking. The caller tells (`touched`)."""
    offer.driver, offer.vehicle = prepared.offer.driver, prepared.offer.vehicle
    require_live(offer, now)
    if offer.driver_id == fields["rider_id"]:
        raise OwnRide
    if offer.plan_version != prepared.offer.plan_version:
        raise PlanChanged
    if offer.reserved_until and now < offer.reserved_until and not first:
        raise SeatsTaken
    before = stops.still(offer, prepared.offer)
    require_free(offer, before.legs, prepared)
    _require_driver_in_time(offer, before, prepared)
    insertion, trip = prepared.insertion, prepared.trip
    places = (prepared.pickup_stop, prepared.dropoff_stop, prepared.pickup, prepared.dropoff)
    Place.objects.bulk_create({id(place): place for place in places}.values())
    planned = before.times()
    line = stops.lay(offer, before, prepared)
    pickup, dropoff = line.stops[insertion.pickup_sequence], line.stops[insertion.dropoff_sequence]
    _tell_new_times(offer, planned, line.times())
    booking = Booking(
        offer=offer,
        seats=trip.seats,
        child_seats=trip.load.child_seats,
        wheelchairs=trip.load.wheelchairs,
        litres=trip.load.litres,
        roof_kg=trip.load.roof_kg,
        length_cm=trip.load.length_cm,
        pickup=pickup,
        dropoff=dropoff,
        pickup_place=prepared.pickup,
        dropoff_place=prepared.dropoff,
        pickup_at=planner.instant(insertion.pickup_s),
        dropoff_at=planner.instant(insertion.dropoff_s),
        latest_pickup_at=planner.instant(insertion.pickup_s) + MAY_BE_LATER,
        latest_dropoff_at=planner.instant(insertion.dropoff_s) + MAY_BE_LATER,
        walk_to_m=streets.walk_m(trip.origin, insertion.pickup),
        walk_from_m=streets.walk_m(trip.destination, insertion.dropoff),
        added_s=insertion.added_s,
        direct_m=prepared.direct_m,
        **fields,
    )
    take(line.between(pickup, dropoff), booking.carried)
    stops.promise((pickup, booking.latest_pickup_at), (dropoff, booking.latest_dropoff_at))
    shares.settle(offer, booking, line)
    booking.save()
    if line.times() != planned:
        offer.plan_version += 1
    return booking, line


def _require_driver_in_time(offer: RideOffer, line: stops.Line, prepared: planner.Prepared) -> None:
    """Raises NoWay when the detour would keep the driver from the next ride she drives, or is driven in."""
    starts_s, ends_s = (prepared.plan.stops[end].at_s for end in (0, -1))
    if [starts_s, ends_s] == [planner.epoch_s(line.stops[end].planned_at) for end in (0, -1)]:
        return  # she was free for these hours when the plan got them, and agrees to nothing else meanwhile
    try:
        span = planner.instant(starts_s), planner.instant(ends_s)
        diary.require_free(offer.driver_id, *span, but_offers=(offer.pk,))
    except (diary.AlreadyDriving, diary.AlreadyRiding) as error:
        raise planner.NoWay from error


def _tell_new_times(offer: RideOffer, before: dict[int, datetime], now: dict[int, datetime]) -> None:
    """Whoever is aboard already reads the times of the new plan; both are by stop.

    Raises PlanChanged when somebody has been promised an earlier hour since the plan was worked out.
    """
    moved = [stop_id for stop_id, at in before.items() if now[stop_id] != at]
    if not moved:
        return
    later = list(offer.bookings.filter(Q(pickup__in=moved) | Q(dropoff__in=moved), state__in=Booking.HOLDS))
    for booking in later:
        if booking.pickup_id and booking.dropoff_id:
            booking.pickup_at, booking.dropoff_at = now[booking.pickup_id], now[booking.dropoff_id]
            booking.version += 1
        if booking.latest_pickup_at < booking.pickup_at or booking.latest_dropoff_at < booking.dropoff_at:
            raise PlanChanged
        if booking.state != Booking.State.HELD:
            news.of_booking(booking)
    rows.write(later, "pickup_at", "dropoff_at", "version")


def _meet(rider_id: int, prepared: planner.Prepared) -> None:
    """Lock rider and driver; blocked people find nothing there."""
    lock_people(rider_id, prepared.offer.driver_id)
    if blocks.between(rider_id, prepared.offer.driver_id):
        raise NotFound


def require_may_ask(
    rider_id: int, prepared: planner.Prepared, request_id: int | None = None, own: list[Booking] | None = None
) -> list[Booking]:
    """What the rider asks for already at that time, or for that journey, which a yes would withdraw.

    Without her `own` bookings they are read here.
    """
    own = diary.bookings_of(rider_id) if own is None else own
    diary.require_free(rider_id, *span(prepared), bookings=own)
    asked = diary.asked_between(rider_id, *span(prepared), request_id=request_id, bookings=own)
    rivals = [one for one in asked if one.state == Booking.State.WAITING]
    if any(one.offer_id == prepared.offer.pk for one in rivals):
        raise AlreadyAsked
    if len(rivals) >= ASKED_AT_ONCE:
        raise TooManyAsked
    return rivals


def _described_again(rivals: list[Booking], form: Form) -> int | None:
    """The journey, if it is there already, for which now another driver is asked."""
    asked = [one.request for one in rivals if one.request]
    same = journeys.the_same(asked, form.wanted, return_of=form.return_of, both_or_none=form.both_or_none)
    return same.pk if same else None


def span(prepared: planner.Prepared) -> tuple[datetime, datetime]:
    """From pickup to dropoff."""
    return planner.instant(prepared.insertion.pickup_s), planner.instant(prepared.insertion.dropoff_s)


def of_other_half(
    rider_id: int, *, request_id: int | None, return_of: int | None = None
) -> tuple[list[Booking], int | None]:
    """What a yes at once could confirm or withdraw beside the booking of a journey, when that is half of a round trip.

    With it the id of the other half; the caller locks these requests and the offers of these bookings.
    """
    half = None
    if return_of:
        half = RideRequest.objects.filter(pk=return_of, rider_id=rider_id).first()
    elif request_id:
        own = RideRequest.objects.filter(pk=request_id, rider_id=rider_id).first()
        half = journeys.other_half(own) if own else None
    accepted = journeys.accepted_half(half) if half else None
    return ([accepted, *diary.asked_meanwhile(accepted)] if accepted else []), half.pk if half else None


def _own(request: RideRequest, rider_id: int, also: str = "") -> RideRequest:
    if request.rider_id != rider_id:
        raise NotFound
    if request.state not in (*journeys.LOOKING, also):
        raise AlreadyAsked
    return request


def asks_too_often(rider_id: int, now: datetime) -> bool:
    """Whether a driver has to look at this one, though the ride accepts by itself."""
    lately = Booking.objects.filter(rider_id=rider_id, offer__automatic=True, accepted_at__gt=now - timedelta(hours=1))
    return lately.count() >= AUTOMATIC_AN_HOUR


def _deadline(offer: RideOffer, now: datetime) -> datetime:
    return max(min(now + ANSWER_WITHIN, offer.departs_at - ANSWER_BEFORE_DEPARTURE), now + timedelta(minutes=5))


def _ids(*ids: int | None) -> set[int]:
    return {one for one in ids if one is not None}
