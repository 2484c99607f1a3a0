"""What runs later, in a worker: loops that call the domain, no rules."""

import logging
from functools import partial

from django.utils import timezone
from procrastinate.contrib.django import app

from rides import answers, proposals, ride_requests
from rides.commands import stored
from rides.commands.execute import by_itself
from rides.errors import PlanChanged
from rides.models import Booking, Outing, RideRequest

logger = logging.getLogger(__name__)


@app.task(retry=3)
def match_request(request_id: int) -> None:
    """Put a request to the drivers it suits best."""
    now = timezone.now()
    request = RideRequest.objects.select_related("rider", "origin", "destination").filter(pk=request_id).first()
    if request is None or request.state != RideRequest.State.OPEN:
        return
    suitable = ride_requests.suitable_offers(request, now)
    by_itself(lambda: ride_requests.ask(request_id=request_id, suitable=suitable, now=now))


@app.task(retry=3)
def match_offer(offer_id: int) -> None:
    """Put the open requests that a new offer suits to its driver."""
    for request_id, suitable in ride_requests.suitable_requests(offer_id, timezone.now()):
        by_itself(partial(ride_requests.ask, request_id=request_id, suitable=suitable, now=timezone.now()))


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
    """End what nobody answered in time: bookings that wait, requests whose window has passed."""
    now = timezone.now()
    for booking_id in Booking.objects.filter(state=Booking.State.WAITING, deadline_at__lt=now).values_list(
        "pk", flat=True
    ):
        lapse(booking_id)
    for request_id in RideRequest.objects.filter(state=RideRequest.State.OPEN, latest_at__lt=now).values_list(
        "pk", flat=True
    ):
        by_itself(partial(ride_requests.expire, request_id=request_id, now=now))


def lapse(booking_id: int) -> None:
    """End one booking that nobody answered; another try when its ride changed at this moment."""
    for last in (False, False, True):
        freed = answers.prepare_freed(booking_id)
        try:
            by_itself(partial(answers.lapse, booking_id=booking_id, freed=freed, now=timezone.now()))
            return
        except PlanChanged:
            if last:
                logger.info("Booking %s lapses a minute later: its ride keeps changing.", booking_id)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="forget")
def forget(timestamp: int) -> None:
    """Drop the idempotency keys that nobody repeats any more."""
    stored.forget(timezone.now())
