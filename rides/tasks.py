"""What runs later, in a worker: loops that call the domain, no rules."""

import logging
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from realtime.streams import MAX_PEOPLE
from rides import news
from rides.bookings import answers, waiting
from rides.commands import series as weekly
from rides.commands import standing as seats_on_weekly
from rides.commands import stored
from rides.commands.execute import by_itself
from rides.driving import tending
from rides.errors import PlanChanged, RideError
from rides.models import Booking, Case, Outing, RideOffer, RideRequest, StandingBooking
from rides.outings import proposals
from rides.requests import cards, journeys, ride_requests, round_trips, searches, way_home, widening
from rides.underway import cases, completion, kerb, lateness, links, position
from rides.weekly import standing

logger = logging.getLogger(__name__)


AT_A_TIME = 40
"""So many drivers are asked in one transaction; it tells fifty people at most."""


@app.task(retry=3)
def match_request(request_id: int) -> None:
    """Put a request to the drivers it suits best, and to the next circle when its time has come."""
    _match(request_id, timezone.now())


def _match(request_id: int, now: datetime) -> None:
    look = widening.look(request_id, now)
    while look is not None:
        part, rest = look.suitable[:AT_A_TIME], look.suitable[AT_A_TIME:]
        by_itself(partial(widening.go_on, look=replace(look, suitable=part), now=now))
        look = replace(look, suitable=rest) if rest else None


@app.task(retry=3)
def match_offer(offer_id: int) -> None:
    """Put the open requests that a new offer suits to its driver; tell whoever looks for such a ride."""
    for request_id, suitable in widening.suitable_requests(offer_id, timezone.now()):
        by_itself(partial(widening.ask, request_id=request_id, suitable=suitable, now=timezone.now()))
    hits = searches.suited_by(offer_id, timezone.now())
    for start in range(0, len(hits), AT_A_TIME):
        some = hits[start : start + AT_A_TIME]
        by_itself(partial(searches.tell, offer_id=offer_id, hits=some, now=timezone.now()))


@app.task(retry=3)
def card_comes_back(asking_id: int) -> None:
    """Show a card again to the driver who put it off."""
    by_itself(partial(cards.comes_back, asking_id=asking_id, now=timezone.now()))


@app.task(retry=3)
def call_neighbours(case_id: int) -> None:
    """Tell everybody who could fetch somebody who has no way home, some at a time."""
    case, now = Case.objects.select_related("person", "request").get(pk=case_id), timezone.now()
    people = way_home.who_could_drive(case, now)
    for start in range(0, len(people), MAX_PEOPLE):
        by_itself(partial(way_home.tell, case_id=case_id, people=people[start : start + MAX_PEOPLE]))


@app.task(retry=3)
def free_way_out(request_id: int) -> None:
    """Whoever has lost her way back need not go out."""
    by_itself(partial(round_trips.free_way_out, request_id=request_id, now=timezone.now()))


@app.task(retry=3)
def half_is_off(request_id: int) -> None:
    """What the other half of a round trip is to do, now that this one is called off."""
    by_itself(partial(round_trips.half_is_off, request_id=request_id, now=timezone.now()))


@app.task(retry=3)
def was_heard_of(request_id: int) -> None:
    """Call off who would fetch somebody who is home already."""
    by_itself(partial(round_trips.was_heard_of, request_id=request_id, now=timezone.now()))


@app.task(retry=3)
def tell(told: list[tuple[int, str, dict[str, Any]]]) -> None:
    """Put into people's streams what one transaction could not."""

    def change() -> None:
        for person_id, kind, refs in told:
            news.tell({person_id}, kind, refs)

    by_itself(change)


@app.task(retry=3)
def group_outing(outing_id: int, version: int) -> None:
    """Work out the cars of an outing; what people changed meanwhile is worked out by a later job."""
    outing = Outing.objects.filter(pk=outing_id, version=version, state=Outing.State.GROUPING).first()
    if outing is None:
        return
    worked = proposals.work_out(outing)
    try:
        by_itself(lambda: proposals.propose(outing_id=outing_id, worked=worked, now=timezone.now()))
    except PlanChanged:
        logger.info("Outing %s changed while its cars were worked out.", outing_id)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="expire")
def expire(timestamp: int) -> None:
    """End what nobody answered in time: bookings that wait, requests whose window has passed; widen what is due."""
    now = timezone.now()
    unanswered = Booking.objects.filter(state=Booking.State.WAITING, deadline_at__lt=now)
    for booking_id in unanswered.values_list("pk", flat=True):
        by_itself(partial(answers.lapse, booking_id=booking_id, now=now))
    forgotten = Booking.objects.filter(state=Booking.State.HELD, held_until__lt=now)
    for booking_id in forgotten.values_list("pk", flat=True):
        by_itself(partial(answers.release, booking_id=booking_id, now=now))
    passed = RideRequest.objects.filter(state__in=journeys.LOOKING, latest_at__lt=now)
    for request_id in passed.values_list("pk", flat=True):
        by_itself(partial(ride_requests.expire, request_id=request_id, now=now))
    for request_id in widening.due(now):
        _match(request_id, now)
    answered = Case.objects.filter(kind=Case.Kind.UNANSWERED, closed_at=None)
    for case_id in answered.exclude(request__state__in=journeys.LOOKING).values_list("pk", flat=True):
        by_itself(partial(cases.no_longer_needed, case_id=case_id, now=now))


@app.task(retry=3)
def release_hold(booking_id: int) -> None:
    """Give back what a form held that was left open."""
    by_itself(partial(answers.release, booking_id=booking_id, now=timezone.now()))


@app.task(retry=3)
def tend_offer(offer_id: int) -> None:
    """Tidy a plan after somebody left it, then let the waiting list move up; again when it changed meanwhile."""
    offer = RideOffer.objects.filter(pk=offer_id, state=RideOffer.State.PUBLISHED).first()
    if offer is None:
        return
    if tidier := tending.prepare(offer):
        by_itself(partial(tending.tidy, offer_id=offer_id, tidier=tidier, now=timezone.now()))
    for entry in waiting.queue(offer_id):
        if prepared := waiting.prepare(entry):
            try:
                by_itself(partial(waiting.promote, entry_id=entry.pk, prepared=prepared, now=timezone.now()))
            except PlanChanged:
                raise
            except RideError as refused:  # this one cannot ride now; the next in line may
                logger.info("Entry %s of the waiting list stays where it is: %s.", entry.pk, refused.code)
    by_itself(partial(waiting.done, offer_id=offer_id, reserved_until=offer.reserved_until))


@app.periodic(cron="41 * * * *")  # a machine that sleeps at night misses none
@app.task(queueing_lock="extend_series")
def extend_series(timestamp: int) -> None:
    """Make the rides of every series up to the horizon; one that cannot be made holds up none of the others."""
    weekly.extend_all(timezone.now())


@app.task(retry=3)
def follow_series(series_id: int, ride_ids: list[int], fields: list[str], note: str = "") -> None:
    """Bring in line with their series the rides that one transaction could not tell of."""
    weekly.follow(series_id, ride_ids, fields, note)


@app.task(retry=3)
def book_standing(offer_id: int) -> None:
    """Seat everybody who has a standing booking for this ride."""
    seats_on_weekly.attend(offer_id)


@app.task(retry=3)
def end_standing_of(series_id: int) -> None:
    """End what stands on a series that is over."""
    active = StandingBooking.objects.filter(series=series_id, state=StandingBooking.State.ACTIVE)
    for standing_id in active.values_list("pk", flat=True):
        by_itself(partial(standing.series_over, standing_id=standing_id))


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="finish_rides")
def finish_rides(timestamp: int) -> None:
    """End rides whose driver forgot to; count those as taken of which nobody says anything."""
    now = timezone.now()
    for offer_id in completion.to_finish(now).values_list("pk", flat=True):
        try:
            by_itself(partial(completion.finish, offer_id=offer_id, now=now))
        except PlanChanged:  # somebody was faster than the look; there is a next time
            logger.info("Ride %s changed while it was ended.", offer_id)
    for booking_id in completion.to_validate(now).values_list("pk", flat=True):
        by_itself(partial(completion.validate, booking_id=booking_id, now=now))


@app.task(retry=3)
def tell_late(offer_id: int) -> None:
    """Tell whoever waits further on that the car comes later."""
    for booking_id in lateness.to_tell(offer_id):
        by_itself(partial(lateness.tell, booking_id=booking_id, now=timezone.now()))


@app.periodic(cron="29 * * * *")
@app.task(queueing_lock="forget_points")
def forget_points(timestamp: int) -> None:
    """Drop where people stood at the kerb a day ago, and where cars were whose ride is over."""
    by_itself(partial(kerb.forget_points, now=timezone.now()))
    by_itself(partial(position.forget, now=timezone.now()))
    by_itself(links.forget)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="take_up", pass_context=True)
async def take_up(context: JobContext, timestamp: int) -> None:
    """What a worker was doing when it died is done by another; so every task may run twice, and must bear it."""
    for job in await context.app.job_manager.get_stalled_jobs():
        if job.queueing_lock is None:  # those come again by the clock
            await context.app.job_manager.retry_job(job)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget")
def forget(timestamp: int) -> None:
    """Drop the idempotency keys that nobody repeats any more, and searches that are over."""
    stored.forget(timezone.now())
    searches.forget(timezone.now())
