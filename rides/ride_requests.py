"""Post a request, put it to drivers it suits, and let one of them take it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts import blocks
from accounts.models import User
from rides import jobs, news, planner
from rides.answers import AlreadySettled
from rides.booking import require_live, seat
from rides.errors import NotFound
from rides.locks import lock_people, lock_request, require_transaction
from rides.models import Asking, Booking, RideOffer, RideRequest
from rides.offers import InThePast
from rides.search import live_offers, with_plan
from routing import plan

ASK_AT_MOST = 5
"""The best so many drivers are asked, so that nobody's evening is full of cards."""
ANSWER_WITHIN = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A request as its rider describes it."""

    kind: str
    origin: plan.Place
    destination: plan.Place
    earliest_at: datetime
    latest_at: datetime
    seats: int
    load: plan.Load
    max_walk_m: int
    note: str


def post(*, rider: User, wanted: Wanted, now: datetime) -> RideRequest:
    """Keep the request and have it matched at once, by a job of the same transaction."""
    lock_people(rider.pk)
    if wanted.latest_at <= now:
        raise InThePast
    origin, destination = planner.keep_place(wanted.origin), planner.keep_place(wanted.destination)
    request = RideRequest.objects.create(
        rider=rider,
        kind=wanted.kind,
        origin=origin,
        destination=destination,
        earliest_at=max(wanted.earliest_at, now),
        latest_at=wanted.latest_at,
        seats=wanted.seats,
        litres=wanted.load.litres,
        length_cm=wanted.load.length_cm,
        max_walk_m=wanted.max_walk_m,
        note=wanted.note,
    )
    jobs.match_request(request.pk)
    news.of_request(request)
    return request


def suitable_offers(request: RideRequest, now: datetime) -> list[tuple[RideOffer, plan.Insertion]]:
    """The live offers that can take the request along, best first; a search, outside of any lock."""
    offers = list(
        live_offers(person=request.rider, earliest_at=request.earliest_at, latest_at=request.latest_at, now=now)
    )
    by_id = {offer.pk: offer for offer in offers}
    found = planner.rank(offers, planner.trip_of(request, as_stranger=True), ASK_AT_MOST)
    return [(by_id[insertion.offer_id], insertion) for insertion in found]


def suitable_requests(offer_id: int, now: datetime) -> list[tuple[int, list[tuple[RideOffer, plan.Insertion]]]]:
    """For a new offer: the open requests of others it serves best, each with the offer and how; a search."""
    offer = with_plan(RideOffer.objects.filter(state=RideOffer.State.PUBLISHED)).filter(pk=offer_id).first()
    if offer is None:
        return []
    unseen = blocks.unseen_by(offer.driver) | {offer.driver_id}
    requests = list(
        RideRequest.objects.filter(state=RideRequest.State.OPEN, latest_at__gt=now)
        .exclude(rider__in=unseen)
        .select_related("origin", "destination")
    )
    return [(request.pk, [(offer, found)]) for request, found in planner.rank_requests(offer, requests, ASK_AT_MOST)]


def ask(*, request_id: int, suitable: list[tuple[RideOffer, plan.Insertion]], now: datetime) -> list[Asking]:
    """Put the request to these drivers, each offer once."""
    require_transaction()
    request = lock_request(request_id)
    if request.state != RideRequest.State.OPEN:
        return []
    asked = []
    for offer, insertion in suitable:
        asking, new = Asking.objects.get_or_create(
            request=request,
            offer=offer,
            defaults={
                "added_s": insertion.added_s,
                "detour_s": insertion.detour_s,
                "deadline_at": min(now + ANSWER_WITHIN, request.latest_at),
            },
        )
        if new:
            news.of_asking(asking)
            asked.append(asking)
    if asked:
        news.of_request(request)
    return asked


def accept(*, asking_id: int, driver: User, prepared: planner.Prepared, now: datetime) -> Booking:
    """The driver takes the request: the rider is booked, the others see it taken (I8)."""
    asking = _own_asking(asking_id, driver)
    lock_people(driver.pk, asking.request.rider_id)
    request = lock_request(asking.request_id)
    asking.refresh_from_db()
    if request.state != RideRequest.State.OPEN or asking.state != Asking.State.ASKED:
        raise AlreadySettled(state=asking.state)
    booking = seat(rider_id=request.rider_id, prepared=prepared, now=now, request=request, accepted=True)
    asking.state = Asking.State.ACCEPTED
    asking.save(update_fields=["state"])
    _close(request, RideRequest.State.MATCHED, Asking.State.TAKEN)
    return booking


def decline(*, asking_id: int, driver: User) -> Asking:
    """The driver says no; the rider is not told by whom."""
    asking = _own_asking(asking_id, driver)
    lock_people(driver.pk)
    lock_request(asking.request_id)
    asking.refresh_from_db()
    if asking.state != Asking.State.ASKED:
        raise AlreadySettled(state=asking.state)
    asking.state = Asking.State.DECLINED
    asking.save(update_fields=["state"])
    news.of_asking(asking)
    return asking


def cancel(*, request_id: int, rider: User) -> RideRequest:
    """The rider needs nothing any more."""
    lock_people(rider.pk)
    request = lock_request(request_id)
    if request.rider_id != rider.pk:
        raise NotFound
    if request.state != RideRequest.State.OPEN:
        raise AlreadySettled(state=request.state)
    _close(request, RideRequest.State.CANCELLED, Asking.State.CLOSED)
    return request


def expire(*, request_id: int, now: datetime) -> RideRequest | None:
    """The window has passed; None when it was settled meanwhile."""
    request = lock_request(request_id)
    if request.state != RideRequest.State.OPEN or request.latest_at > now:
        return None
    _close(request, RideRequest.State.EXPIRED, Asking.State.CLOSED)
    return request


def prepare_accept(asking_id: int, driver: User, now: datetime) -> planner.Prepared:
    """Outside of any lock: the insertion as the offer's plan now stands."""
    asking = _own_asking(asking_id, driver)
    require_live(asking.offer, now)
    return planner.prepare(asking.offer, planner.trip_of(asking.request, as_stranger=False))


def _own_asking(asking_id: int, driver: User) -> Asking:
    asking = Asking.objects.select_related("request__origin", "request__destination", "offer")
    found = asking.filter(pk=asking_id, offer__driver=driver).first()
    if found is None or blocks.between(driver.pk, found.request.rider_id):
        raise NotFound
    return found


def _close(request: RideRequest, state: str, rest: str) -> None:
    request.state = state
    request.version += 1
    request.save(update_fields=["state", "version"])
    for asking in request.askings.filter(state=Asking.State.ASKED).select_related("offer"):
        asking.state = rest
        asking.save(update_fields=["state"])
        news.of_asking(asking)
    news.of_request(request)
