"""What waits for the person who reads the page."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from rides.models import Asking, Booking, Outing, Proposal


class PersonRequest(HttpRequest):
    """The request of somebody who is signed in."""

    user: User


def waiting_count(person: Any) -> int:
    """How many cards wait for an answer of this person."""
    if not person.is_authenticated:
        return 0
    return (
        Asking.objects.filter(offer__driver=person, state=Asking.State.ASKED).count()
        + Booking.objects.filter(offer__driver=person, state=Booking.State.WAITING).count()
        + proposals_to_answer(person).count()
    )


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
