"""Put a request to drivers, circle after circle, until one says yes; and tell its rider in time when nobody does.

A look at the live offers is a search and comes first (`look`); what it found is written down if the request is still as
it was then (`go_on`). So it may run as often as it likes, by a job at the hour or by the tick of every minute: a stage
only moves forward, once.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from accounts import blocks
from rides import jobs, news, planner, search
from rides.locks import lock_offers, lock_people, lock_request
from rides.models import Asking, Booking, Case, RideOffer, RideRequest
from rides.requests import at_the_wheel, circles, journeys, pace, way_home
from rides.requests.circles import Stage
from rides.underway import cases
from routing import plan

State, Reason = RideRequest.State, Booking.Reason
Suitable = list[tuple[RideOffer, plan.Insertion]]

ASK_AT_MOST = 5
"""The best so many drivers are asked at once."""
ASK_FOR_HELP = 200
"""So many, when somebody has no way home."""
ANSWER_WITHIN = timedelta(hours=6)
SAID_NO = (Reason.DECLINED, Reason.BY_DRIVER, Reason.DRIVER_NO_SHOW)
"""Whose booking of the same request ended like that is not asked again."""


@dataclass(frozen=True, slots=True)
class Look:
    """A request as it was when the offers were looked at, the circle that is asked now, and the best of it.

    `passed_over` suit it too, but their drivers are asked enough for this hour: when it is over they look for it.
    """

    request_id: int
    seen: tuple[str, str, datetime | None]
    stage: Stage
    suitable: Suitable
    passed_over: tuple[RideOffer, ...] = ()


def look(request_id: int, now: datetime) -> Look | None:
    """Outside of any lock: whom to ask. None when nobody is to be asked: it is settled, or a driver has said yes.

    When its time has come the request widens; a narrow circle in which nobody goes that way is passed over at once.
    """
    request = RideRequest.objects.select_related("rider", "origin", "destination").filter(pk=request_id).first()
    if request is None or request.state not in journeys.LOOKING or journeys.is_half_accepted(request):
        return None
    seen, before = _as_it_is(request), request.stage
    due = request.widens_at is not None and request.widens_at <= now
    if request.state == State.CHOSEN:
        if not due:
            return None
        stage = circles.first(request.rider, request.earliest_at, now)
    else:
        stage = circles.following(before) if due else Stage(before)
    open_cards = at_the_wheel.in_sight(request, now)
    passed_over: list[RideOffer] = []
    while True:
        waits = stage == before and open_cards > 0
        request.stage = stage
        found, full = suitable_offers(request, now, ASK_AT_MOST - open_cards if stage == before else ASK_AT_MOST)
        passed_over += full
        if found or waits or stage not in circles.NARROW:
            return Look(request_id, seen, stage, found, tuple(passed_over))
        stage = circles.following(stage)


def go_on(*, look: Look, now: datetime) -> list[Asking]:
    """Write down what a look found: the cards, and the wider circle. Nothing, when somebody else was first."""
    lock_people(*_drivers(look.suitable), *(offer.driver_id for offer in look.passed_over))
    request = lock_request(look.request_id)
    if _as_it_is(request) != look.seen or journeys.is_half_accepted(request):
        return []
    if request.state == State.CHOSEN or look.stage != request.stage:
        _widen(request, look.stage, now)
    lately = pace.lately({offer.driver_id for offer in look.passed_over}, now)
    for offer in look.passed_over:
        _ask_later(offer, lately[offer.driver_id])
    return _ask(request, look.suitable, now)


def ask(*, request_id: int, suitable: Suitable, now: datetime) -> list[Asking]:
    """Put an open request to these drivers; who saw it taken or closed before may take it now."""
    lock_people(*_drivers(suitable))
    request = lock_request(request_id)
    if request.state != State.OPEN or journeys.is_half_accepted(request):
        return []
    return _ask(request, suitable, now)


def suitable_offers(request: RideRequest, now: datetime, k: int = ASK_AT_MOST) -> tuple[Suitable, list[RideOffer]]:
    """The best `k` live offers of its circle that can take the request along and were not asked yet; a search.

    Of each driver the best alone. And those as good whose drivers are asked enough for this hour; for who has no way
    home there is no such limit.
    """
    calls = way_home.is_called(request.pk)
    if calls:
        k = ASK_FOR_HELP
    if k <= 0:
        return [], []
    trip = planner.trip_of(request, as_stranger=True)
    circle, gone = circles.drivers(request.rider, request.stage), _not_to_be_asked(request)
    wanted = 2 * k
    while True:
        ways = search.ways_for(trip, person=request.rider, now=now, k=wanted, only_drivers=circle, without_drivers=gone)
        found = _one_a_driver(ways)
        full = set() if calls else pace.full(_drivers(found), now)
        free = [one for one in found if one[0].driver_id not in full]
        if len(free) >= k or len(ways) < wanted:
            break
        wanted *= 4
    passed_over = itertools.takewhile(lambda one: one not in free[k - 1 : k], found)
    return free[:k], [offer for offer, _way in passed_over if offer.driver_id in full]


def suitable_requests(offer_id: int, now: datetime) -> list[tuple[int, Suitable]]:
    """For a new offer: the open requests of others it serves best, each with the offer and how; a search.

    Those in whose circle its driver is, which she has not refused, and of which she has no card for another ride.
    """
    offer = planner.with_plan(RideOffer.objects.filter(state=RideOffer.State.PUBLISHED)).filter(pk=offer_id).first()
    if offer is None:
        return []
    unseen = blocks.unseen_by(offer.driver) | {offer.driver_id}
    refused = Asking.objects.filter(offer__driver=offer.driver, state=Asking.State.DECLINED).values("request")
    asked = Asking.objects.filter(offer__driver=offer.driver, state=Asking.State.ASKED).values("request")
    left = Booking.objects.filter(offer__driver=offer.driver, reason__in=SAID_NO, request__isnull=False)
    requests = list(
        RideRequest.objects.filter(circles.open_to(offer.driver), still_useful(now), state=State.OPEN)
        .exclude(rider__in=unseen)
        .exclude(pk__in=refused)
        .exclude(pk__in=asked)
        .exclude(pk__in=left.values("request"))
        .select_related("origin", "destination")
    )
    return [(request.pk, [(offer, found)]) for request, found in planner.rank_requests(offer, requests, ASK_AT_MOST)]


def still_useful(now: datetime) -> Q:
    """Requests whose last hour, with the other hours that some look at by now, may still come."""
    other_hours = Q(stage__in=(Stage.LATER, Stage.COORDINATOR), latest_at__gt=now - planner.OTHER_HOURS)
    return Q(latest_at__gt=now) | other_hours


def due(now: datetime) -> set[int]:
    """Ids of the requests whose hour to widen has come."""
    come = RideRequest.objects.filter(widens_at__lte=now)
    waiting = Booking.objects.filter(state=Booking.State.WAITING, request__in=come.filter(state=State.CHOSEN))
    return {*come.filter(state=State.OPEN).values_list("pk", flat=True), *waiting.values_list("request", flat=True)}


def _widen(request: RideRequest, stage: Stage, now: datetime) -> None:
    if stage == Stage.COORDINATOR and way_home.is_lost(request, now):
        journeys.call_for_help(request, now)
        return
    request.stage, request.widens_at = stage, circles.widens_at(stage, request.latest_at, now)
    if stage in (Stage.LATER, Stage.COORDINATOR):
        request.told_nobody_at = request.told_nobody_at or now
    request.save(update_fields=["stage", "widens_at", "told_nobody_at"])
    journeys.widened(request)
    if request.widens_at:
        jobs.match_request(request.pk, request.widens_at)
    if stage == Stage.COORDINATOR:
        cases.open_case(kind=Case.Kind.UNANSWERED, person_id=request.rider_id, now=now, request=request)


def _ask(request: RideRequest, suitable: Suitable, now: datetime) -> list[Asking]:
    """A card for each, but for those whose ride has left or was called off since the look, or whose hour is full.

    Nor for who has one already, for whatever ride of hers.
    """
    cards = list(request.askings.select_related("offer"))
    have = {asking.offer.driver_id for asking in cards if asking.state == Asking.State.ASKED}
    former = {asking.offer_id: asking for asking in cards}
    offers = lock_offers(*(offer.pk for offer, _insertion in suitable))
    calls, lately = way_home.is_called(request.pk), pace.lately(_drivers(suitable), now)
    fresh, again = [], []
    for offer, insertion in suitable:
        if offers[offer.pk].state != RideOffer.State.PUBLISHED or offer.driver_id in have:
            continue
        if not calls and pace.is_full(lately[offer.driver_id]):
            _ask_later(offer, lately[offer.driver_id])
            continue
        card, asking = _card(request, offer, insertion, now), former.get(offer.pk)
        if asking is None:
            fresh.append(Asking(request=request, offer=offer, **card))
        elif asking.state == Asking.State.DECLINED:
            continue
        else:
            for name, value in card.items():
                setattr(asking, name, value)
            asking.save(update_fields=list(card))
            again.append(asking)
        have.add(offer.driver_id)
        lately[offer.driver_id].insert(0, now)
    asked = again + Asking.objects.bulk_create(fresh)
    for asking in asked:
        news.of_asking(asking)
    if asked:
        news.of_request(request)
    return asked


def _not_to_be_asked(request: RideRequest) -> set[int]:
    """Drivers who said no to this very request, who are asked by now, or have a seat kept for it."""
    cards = request.askings.filter(state__in=(Asking.State.DECLINED, Asking.State.ASKED))
    bookings = request.bookings.filter(Q(reason__in=SAID_NO) | Q(state__in=Booking.HOLDS))
    return {
        driver_id
        for rows in (cards, bookings)
        for driver_id in rows.order_by().values_list("offer__driver", flat=True).distinct()
    }


def _one_a_driver(found: Iterable[tuple[RideOffer, plan.Insertion]]) -> Suitable:
    """The first of each, in their order."""
    best: dict[int, tuple[RideOffer, plan.Insertion]] = {}
    for one in found:
        best.setdefault(one[0].driver_id, one)
    return list(best.values())


def _ask_later(offer: RideOffer, lately: list[datetime]) -> None:
    """Once her hour has room she is put the best requests that are open then; this one perhaps."""
    jobs.match_offer(offer.pk, pace.room_at(lately))


def _drivers(suitable: Suitable) -> set[int]:
    return {offer.driver_id for offer, _insertion in suitable}


def _card(request: RideRequest, offer: RideOffer, insertion: plan.Insertion, now: datetime) -> dict[str, object]:
    return {
        "state": Asking.State.ASKED,
        "added_s": insertion.added_s,
        "detour_s": insertion.detour_s,
        "deadline_at": min(now + ANSWER_WITHIN, planner.window_of(request)[1], offer.departs_at),
        "later_at": None,
        "put_off": 0,
        "created_at": now,
    }


def _as_it_is(request: RideRequest) -> tuple[str, str, datetime | None]:
    return request.state, request.stage, request.widens_at
