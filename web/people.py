"""What waits for the person who reads the page."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from accounts import by_phone
from accounts.models import ByPhone, User
from realtime.models import Call
from rides import calls
from rides.models import Asking, Booking, Outing, Proposal, StandingBooking


class PersonRequest(HttpRequest):
    """The request of somebody who is signed in."""

    user: User


def waiting_count(person: Any) -> int:
    """How many cards wait for an answer of this person."""
    if not person.is_authenticated:
        return 0
    return (
        Asking.objects.filter(offer__driver=person, state=Asking.State.ASKED, later_at=None).count()
        + bookings_to_answer(person).count()
        + standing_to_answer(person).count()
        + proposals_to_answer(person).count()
        + calls_to_make(person)
    )


def calls_to_make(person: Any) -> int:
    """People without a device whom she has to tell something, or is asked to help; cheap where there are none."""
    if not ByPhone.objects.exists():
        return 0
    asked = by_phone.of_helper(person).filter(helper_agreed_at=None).count()
    is_any = Call.objects.filter(state=Call.State.OPEN).exists()
    return asked + (calls.to_make(person).count() if is_any else 0)


def bookings_to_answer(person: Any) -> QuerySet[Booking]:
    """Seats on one ride of hers; of a seat every week she is asked once (`standing_to_answer`)."""
    asked = Booking.objects.filter(offer__driver=person, state=Booking.State.WAITING, accepted_at=None)
    return asked.exclude(standing__state=StandingBooking.State.ACTIVE, standing__accepted_at=None)


def standing_to_answer(person: Any) -> QuerySet[StandingBooking]:
    """Seats every week on a ride of hers."""
    asked = StandingBooking.objects.filter(state=StandingBooking.State.ACTIVE, accepted_at=None)
    return asked.filter(series__driver=person)


def proposals_to_answer(person: Any) -> QuerySet[Proposal]:
    """The latest proposals of this person's outings that she has not answered yet."""
    latest = Proposal.objects.filter(outing=OuterRef("outing")).order_by("-version").values("pk")[:1]
    return (
        Proposal.objects.filter(
            outing__participants__person=person,
            outing__state=Outing.State.PROPOSED,
            answer_by__gt=timezone.now(),
            pk=Subquery(latest),
        )
        .exclude(answers__participant__person=person)
        .select_related("outing__destination")
    )
