"""Post a request, put it to drivers it suits, and let one of them take it."""

from datetime import datetime, timedelta

from accounts import blocks
from accounts.models import User
from rides import booking, diary, jobs, journeys, news, planner
from rides.answers import AlreadySettled
from rides.endings import end
from rides.errors import NotFound
from rides.journeys import Wanted
from rides.locks import lock_offers, lock_people, lock_request, lock_requests, require_transaction
from rides.models import Asking, Booking, RideOffer, RideRequest, WaitingEntry
from rides.offers import InThePast
from rides.search import live_offers, with_plan
from routing import plan

ASK_AT_MOST = 5
"""The best so many drivers are asked, so that nobody's evening is full of cards."""
ANSWER_WITHIN = timedelta(hours=6)


def post(*, rider: User, wanted: Wanted, now: datetime) -> RideRequest:
    """Keep the request and have it matched at once, by a job of the same transaction."""
    lock_people(rider.pk)
    if wanted.latest_at <= now:
        raise InThePast
    ends = planner.place_row(wanted.origin), planner.place_row(wanted.destination)
    request = journeys.write(rider_id=rider.pk, wanted=wanted, ends=ends, state=RideRequest.State.OPEN, now=now)
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
    """The driver takes the request: the rider is booked, the others see it taken (I8).

    Half of a round trip that wants both or none waits for the other half (`Booking.accepted_at`).
    """
    peek = _own_asking(asking_id, driver)
    lock_people(driver.pk, peek.request.rider_id)
    rivals = diary.asked_between(peek.request.rider_id, *booking.span(prepared))
    more, half_id = booking.of_other_half(peek.request.rider_id, request_id=peek.request_id)
    rivals += more
    touched = {peek.request_id, half_id, *(one.request_id for one in rivals)}
    request = lock_requests(*(one for one in touched if one is not None))[peek.request_id]
    offers = lock_offers(peek.offer_id, *(one.offer_id for one in rivals))
    asking = Asking.objects.select_related("offer").get(pk=asking_id)
    if request.state not in journeys.LOOKING or asking.state != Asking.State.ASKED:
        raise AlreadySettled(state=asking.state)
    if any(one.offer_id == asking.offer_id for one in rivals):  # she asked for a seat here as well: answer that one
        raise booking.AlreadyAsked
    asking.state = Asking.State.ACCEPTED
    asking.save(update_fields=["state"])
    news.of_asking(asking)
    return booking.seat(offers[asking.offer_id], prepared=prepared, request=request, now=now, accepted=True)


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


def cancel(*, request_id: int, rider: User, now: datetime) -> RideRequest:
    """The rider needs nothing any more: the drivers she asked read so too."""
    waiting = Booking.objects.filter(request=request_id, rider=rider, state=Booking.State.WAITING)
    lock_people(rider.pk, *waiting.values_list("offer__driver_id", flat=True))
    request = lock_request(request_id)
    if request.rider_id != rider.pk:
        raise NotFound
    offers = lock_offers(*waiting.values_list("offer_id", flat=True))
    if request.state not in journeys.LOOKING:
        raise AlreadySettled(state=request.state)
    for one in waiting:
        end(offers[one.offer_id], [one], Booking.Reason.BY_RIDER, now=now)
    request.waiting_for.filter(state=WaitingEntry.State.WAITING).update(state=WaitingEntry.State.LEFT)
    journeys.not_wanted(request)
    return request


def expire(*, request_id: int, now: datetime) -> RideRequest | None:
    """The window has passed; None when it was settled meanwhile, or a driver may still say yes."""
    request = lock_request(request_id)
    if request.state not in journeys.LOOKING or request.latest_at > now:
        return None
    if request.bookings.filter(state__in=Booking.HOLDS).exists():
        return None
    journeys.is_over(request)
    return request


def prepare_accept(asking_id: int, driver: User, now: datetime) -> planner.Prepared:
    """Outside of any lock: the insertion as the offer's plan now stands."""
    asking = _own_asking(asking_id, driver)
    booking.require_live(asking.offer, now)
    return planner.prepare(asking.offer, planner.trip_of(asking.request, as_stranger=False))


def _own_asking(asking_id: int, driver: User) -> Asking:
    asking = Asking.objects.select_related("request__origin", "request__destination", "offer")
    found = asking.filter(pk=asking_id, offer__driver=driver).first()
    if found is None or blocks.between(driver.pk, found.request.rider_id):
        raise NotFound
    return found
