"""A way out and its way back: what one half means for the other, until its rider says that she is home."""

from datetime import datetime

from rides import news
from rides.bookings import booking
from rides.bookings.answers import AlreadySettled
from rides.bookings.endings import end, settled
from rides.errors import NotFound
from rides.locks import lock_offer, lock_offers, lock_people, lock_request, lock_requests
from rides.models import Booking, Case, RideOffer, RideRequest
from rides.requests import journeys
from rides.underway import cases

State, Reason = Booking.State, Booking.Reason


def one_is_enough(*, request_id: int, rider_id: int, now: datetime) -> RideRequest:
    """Both or none no longer: the half to which a driver has said yes is confirmed at once, the other goes on looking.

    Raises NotFound, AlreadySettled when there is no such condition, AlreadyRiding.
    """
    peek = RideRequest.objects.filter(pk=request_id, rider_id=rider_id).first()
    if peek is None:
        raise NotFound
    requests = _drop_condition(peek, now)
    if requests is None:
        raise AlreadySettled(state=peek.state)
    return requests[request_id]


def half_is_off(*, request_id: int, now: datetime) -> None:
    """One half of a round trip that she wanted whole is called off, or over: the other half is wanted for itself.

    Only a way back makes no sense without a way out: it is called off too, unless she has another ride at those hours.
    """
    off = RideRequest.objects.get(pk=request_id)
    half = journeys.other_half(off)
    if off.state not in (RideRequest.State.CANCELLED, RideRequest.State.EXPIRED) or half is None:
        return
    if half.return_of_id == off.pk and not _goes_anyway(off):
        _call_off(half, now)
    else:
        _drop_condition(off, now)


def free_way_out(*, request_id: int, now: datetime) -> None:
    """The way back has fallen through before the way out began: its rider may stay at home, whatever was agreed."""
    found = Booking.objects.filter(request=request_id, state=State.CONFIRMED).first()
    if found is None:
        return
    lock_people(found.rider_id)
    lock_request(request_id)
    offer = lock_offer(found.offer_id)
    way_out = Booking.objects.get(pk=found.pk)
    if way_out.state == State.CONFIRMED and not way_out.may_leave_freely:
        way_out.offer, way_out.may_leave_freely = offer, True
        settled(way_out)


def is_home(*, request_id: int, rider_id: int, now: datetime) -> RideRequest:
    """She says that she has arrived: her case is closed, and nobody needs to fetch her any more. Raises NotFound."""
    request = _fetch_no_more(request_id, rider_id, now)
    cases.is_home(request, now)
    for case in request.cases.filter(kind=Case.Kind.WAY_HOME, closed_at=None):
        cases.end(case, case.person, now)
    return request


def was_heard_of(*, request_id: int, now: datetime) -> None:
    """A coordinator knows that she is home: nobody needs to fetch her any more."""
    request = RideRequest.objects.get(pk=request_id)
    if request.home_at is not None:
        _fetch_no_more(request_id, request.rider_id, now)


def _fetch_no_more(request_id: int, rider_id: int, now: datetime) -> RideRequest:
    coming = Booking.objects.filter(request=request_id, rider_id=rider_id, state__in=Booking.HOLDS)
    lock_people(rider_id, *coming.values_list("offer__driver_id", flat=True))
    request = lock_request(request_id)
    if request.rider_id != rider_id:
        raise NotFound
    offers = lock_offers(*coming.values_list("offer_id", flat=True))
    needless = [one for one in coming if _not_begun(one, offers[one.offer_id], now)]
    for one in needless:
        end(offers[one.offer_id], [one], Reason.BY_RIDER, now=now)
    if needless or request.state in journeys.LOOKING:
        journeys.not_wanted(request)
    return request


def _drop_condition(peek: RideRequest, now: datetime) -> dict[int, RideRequest] | None:
    """Both halves, each for itself now; a yes that waited for the other counts. None when there is no condition."""
    lock_people(peek.rider_id)
    half = journeys.other_half(peek)
    halves = [one for one in (peek, half) if one]
    yes = next((said for said in (journeys.accepted_half(one) for one in halves) if said), None)
    if yes:
        booking.lock_for_yes(yes)
    else:
        lock_requests(*(one.pk for one in halves))
    requests = RideRequest.objects.in_bulk([one.pk for one in halves])
    if not any(one.both_or_none for one in requests.values()):
        return None
    for one in requests.values():
        one.both_or_none = False
        one.version += 1
        one.save(update_fields=["both_or_none", "version"])
        news.of_request(one)
    if yes:
        yes.request = requests[yes.request_id] if yes.request_id else None
        booking.say_yes(yes, now)
    return requests


def _call_off(request: RideRequest, now: datetime) -> None:
    waiting = Booking.objects.filter(request=request, state=State.WAITING)
    lock_people(request.rider_id, *waiting.values_list("offer__driver_id", flat=True))
    request = lock_request(request.pk)
    offers = lock_offers(*waiting.values_list("offer_id", flat=True))
    if request.state not in journeys.LOOKING:
        return
    for one in waiting:
        end(offers[one.offer_id], [one], Reason.OTHER_HALF, now=now)
    journeys.not_wanted(request)


def _not_begun(one: Booking, offer: RideOffer, now: datetime) -> bool:
    if one.state == State.WAITING:
        return True
    return one.boarded_at is None and offer.state == RideOffer.State.PUBLISHED and one.pickup_at > now


def _goes_anyway(way_out: RideRequest) -> bool:
    """Whether the rider has a ride at the hours of a way out that she called off."""
    rides = Booking.objects.filter(rider=way_out.rider_id, state__in=(State.CONFIRMED, State.COMPLETED))
    return rides.filter(pickup_at__lte=way_out.latest_at, dropoff_at__gte=way_out.earliest_at).exists()
