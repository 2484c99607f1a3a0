"""Nobody is left where she went: a way back that falls through after the way out began calls everyone who can help.

A case is open until its rider says that she is home (`rides.underway.cases`); a ride found meanwhile closes nothing.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from accounts import blocks, communities
from accounts.models import Vehicle
from rides import jobs, news
from rides.locks import require_transaction
from rides.models import Asking, Booking, Case, RideOffer, RideRequest
from rides.underway import cases

ANY_HOUR = timedelta(hours=12)
"""Whoever has to get home takes any ride so long."""
BUSY = timedelta(hours=2)
"""Who drives somewhere within that time has a ride, and is asked by a card if it suits."""


def is_lost(request: RideRequest, now: datetime) -> bool:
    """Whether this is a way back without a car whose rider is out there already, and not home again."""
    return request.return_of_id is not None and request.home_at is None and has_begun(request.return_of_id, now)


def has_begun(way_out_id: int, now: datetime) -> bool:
    """Whether the rider of this way out is under way, as far as anybody said: aboard, or the car has left, or its
    hour has come.
    """
    under_way = (
        Q(boarded_at__isnull=False)
        | Q(pickup_at__lte=now)
        | Q(offer__state__in=(RideOffer.State.DEPARTED, RideOffer.State.COMPLETED))
    )
    rode = Q(state__in=(Booking.State.COMPLETED, Booking.State.VALIDATED))
    return Booking.objects.filter(rode | Q(state=Booking.State.CONFIRMED) & under_way, request=way_out_id).exists()


def call(request: RideRequest, now: datetime) -> Case:
    """Ask everybody: the case is open, every driver who passes gets a card, at whatever hour.

    The request is locked; `rides.requests.journeys` sees to its state.
    """
    require_transaction()
    request.stage, request.widens_at = RideRequest.Stage.COORDINATOR, None
    request.told_nobody_at = request.told_nobody_at or now
    request.latest_at = max(request.latest_at, now + ANY_HOUR)
    request.save(update_fields=["stage", "widens_at", "told_nobody_at", "latest_at"])
    case = cases.open_case(
        kind=Case.Kind.WAY_HOME,
        person_id=request.rider_id,
        now=now,
        request=request,
        booking=request.bookings.order_by("pk").last(),
    )
    jobs.call_neighbours(case.pk)
    return case


def is_called(request_id: int) -> bool:
    """Whether everybody is asked for this request."""
    return Case.objects.filter(kind=Case.Kind.WAY_HOME, request=request_id, closed_at=None).exists()


def who_could_drive(case: Case, now: datetime) -> list[int]:
    """Ids of her neighbours who have a car and no ride just now; who passes by anyway gets a card, and coordinators
    know already.
    """
    driving = RideOffer.objects.filter(
        driver=OuterRef("pk"),
        state__in=RideOffer.UNDER_WAY,
        departs_at__range=(now - BUSY, now + BUSY),
    )
    asked = Asking.objects.filter(request=case.request, state=Asking.State.ASKED).values("offer__driver")
    neighbours = communities.neighbours_of(case.person).filter(Exists(Vehicle.objects.filter(owner=OuterRef("pk"))))
    told = cases.told_of(case) | blocks.unseen_by(case.person)
    free = neighbours.filter(~Exists(driving), is_active=True).exclude(pk__in=told).exclude(pk__in=asked)
    return list(free.order_by("pk").values_list("pk", flat=True))


def tell(*, case_id: int, people: list[int]) -> None:
    """These people hear of the case, unless it was closed meanwhile."""
    if Case.objects.filter(pk=case_id, closed_at=None).exists():
        news.tell(set(people), "case", {"case": case_id})
