"""The waiting list of a full ride: people move up in the order in which they asked."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts import blocks
from rides import jobs, news, planner
from rides.bookings import booking, diary
from rides.errors import NotFound, RideError
from rides.locks import lock_offers, lock_people, lock_requests
from rides.models import Booking, RideOffer, RideRequest, WaitingEntry
from rides.requests import journeys

AT_MOST = 20
"""Longer lists promise what no car keeps."""
State = WaitingEntry.State


class ListFull(RideError):
    """Too many wait already."""

    code = "waiting_list_full"
    sentence = _("Too many people wait for this ride already. Post a request: every driver who fits hears of it.")


class AlreadyWaiting(RideError):
    """One journey waits once."""

    code = "already_waiting"
    sentence = _("You are on the waiting list of this ride already.")


def join(*, rider_id: int, offer_id: int, form: booking.Form, now: datetime) -> WaitingEntry:
    """Wait for a seat; raises NotFound, NotLive, OwnRide, AlreadyAsked, AlreadyWaiting, ListFull."""
    driver_id = RideOffer.objects.filter(pk=offer_id).values_list("driver_id", flat=True).first()
    if driver_id is None or blocks.between(rider_id, driver_id):
        raise NotFound
    if driver_id == rider_id:
        raise booking.OwnRide
    lock_people(rider_id)
    requests = lock_requests(*([form.request_id] if form.request_id else []))
    offer = lock_offers(offer_id)[offer_id]
    booking.require_live(offer, now)
    if offer.bookings.filter(rider_id=rider_id, state__in=(Booking.State.WAITING, Booking.State.CONFIRMED)).exists():
        raise booking.AlreadyAsked
    queue = offer.waiting_list.filter(state=State.WAITING)
    if queue.filter(request__rider_id=rider_id).exists():
        raise AlreadyWaiting
    if queue.count() >= AT_MOST:
        raise ListFull
    if form.request_id:
        request = requests[form.request_id]
        if request.rider_id != rider_id or request.state not in journeys.LOOKING:
            raise NotFound
    else:
        request = journeys.write(
            rider_id=rider_id, wanted=form.wanted, ends=form.ends, state=RideRequest.State.CHOSEN, now=now
        )
    entry = WaitingEntry.objects.create(offer=offer, request=request, companions=list(form.companions), created_at=now)
    jobs.tend_offer(offer.pk)  # a seat may have come free while she read that there was none
    news.of_request(request)
    return entry


def leave(*, entry_id: int, rider_id: int) -> WaitingEntry:
    """Wait no more; raises NotFound."""
    found = WaitingEntry.objects.filter(pk=entry_id, request__rider_id=rider_id).first()
    if found is None:
        raise NotFound
    lock_people(rider_id)
    requests = lock_requests(found.request_id)
    lock_offers(found.offer_id)
    entry = WaitingEntry.objects.get(pk=entry_id)
    if entry.state == State.WAITING:
        entry.state = State.LEFT
        entry.save(update_fields=["state"])
        request = requests[entry.request_id]
        if request.state == RideRequest.State.CHOSEN and not _waits_elsewhere(request):
            journeys.not_wanted(request)
        news.of_request(request)
    return entry


def queue(offer_id: int) -> list[WaitingEntry]:
    """Who waits, the longest first, with their journeys."""
    waiting = WaitingEntry.objects.filter(offer_id=offer_id, state=State.WAITING)
    return list(waiting.select_related("request__origin", "request__destination").order_by("created_at", "pk"))


def prepare(entry: WaitingEntry) -> planner.Prepared | None:
    """Outside of any lock: how the ride takes the first of them along now; None when it cannot."""
    offer = planner.with_plan(RideOffer.objects.filter(pk=entry.offer_id)).get()
    try:
        return planner.prepare(offer, planner.trip_of(entry.request, as_stranger=False))
    except planner.NoWay:
        return None


def promote(*, entry_id: int, prepared: planner.Prepared, now: datetime) -> WaitingEntry | None:
    """Give the seat to whoever waited; she is booked like anybody else. None when she does not wait any more.

    Raises what `booking.seat` raises.
    """
    peek = WaitingEntry.objects.select_related("request", "offer").get(pk=entry_id)
    lock_people(peek.request.rider_id, peek.offer.driver_id)
    if blocks.between(peek.request.rider_id, peek.offer.driver_id):
        return None
    start_at, end_at = planner.instant(prepared.insertion.pickup_s), planner.instant(prepared.insertion.dropoff_s)
    rivals = diary.asked_between(peek.request.rider_id, start_at, end_at, request_id=peek.request_id)
    more, half_id = booking.of_other_half(peek.request.rider_id, request_id=peek.request_id)
    rivals += more
    requests = lock_requests(
        *{one for one in (peek.request_id, half_id, *(rival.request_id for rival in rivals)) if one is not None}
    )
    offer = lock_offers(peek.offer_id, *(one.offer_id for one in rivals))[peek.offer_id]
    entry = WaitingEntry.objects.get(pk=entry_id)
    request = requests[entry.request_id]
    if entry.state != State.WAITING or request.state not in journeys.LOOKING:
        return None
    booking.require_may_ask(request.rider_id, prepared, request.pk)
    made = booking.seat(
        offer, prepared=prepared, request=request, companions=tuple(entry.companions), now=now, first=True
    )
    entry.state, entry.booking = State.PROMOTED, made
    entry.save(update_fields=["state", "booking"])
    return entry


def done(*, offer_id: int, reserved_until: datetime | None) -> None:
    """Everybody who waited was looked at: what is free is for anyone. Not so when more has come free since the look,
    at which the offer was reserved until `reserved_until`: then the next look decides.
    """
    offer = lock_offers(offer_id)[offer_id]
    if offer.reserved_until is not None and offer.reserved_until == reserved_until:
        offer.reserved_until = None
        offer.save(update_fields=["reserved_until"])


def _waits_elsewhere(request: RideRequest) -> bool:
    return request.bookings.exists() or request.waiting_for.filter(state=State.WAITING).exists()
