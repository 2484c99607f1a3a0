"""What waits for an answer of mine, and what I wait for."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rides import commands
from rides.models import Asking, Booking, RideRequest
from web import people
from web.pages.telling import key_of, told
from web.people import PersonRequest


@login_required
def inbox(request: PersonRequest) -> HttpResponse:
    """Cards with Accept and Decline first."""
    me = request.user
    asked = Asking.objects.filter(offer__driver=me, state=Asking.State.ASKED)
    wanted = Booking.objects.filter(offer__driver=me, state=Booking.State.WAITING)
    context = {
        "askings": asked.select_related("request__rider", "request__origin", "request__destination", "offer").order_by(
            "created_at"
        ),
        "bookings": wanted.select_related("rider", "pickup_place", "dropoff_place", "offer").order_by("created_at"),
        "proposals": people.proposals_to_answer(me),
        "my_bookings": me.bookings.filter(state=Booking.State.WAITING).select_related(
            "offer__driver", "pickup_place", "dropoff_place"
        ),
        "my_requests": me.requests.filter(state=RideRequest.State.OPEN).select_related("origin", "destination"),
    }
    return render(request, "inbox.html", context)


@login_required
@require_POST
def answer_asking(request: PersonRequest, asking_id: int, answer: str) -> HttpResponse:
    """Yes or no to a request that was put to me."""
    yes, no = (commands.accept_asking, _("Settled: you take them along.")), (commands.decline_asking, _("Declined."))
    return _answer(request, asking_id, {"accept": yes, "decline": no}, answer)


@login_required
@require_POST
def answer_booking(request: PersonRequest, booking_id: int, answer: str) -> HttpResponse:
    """Yes or no to somebody who wants a seat on my ride."""
    yes, no = (commands.accept_booking, _("Settled: you take them along.")), (commands.decline_booking, _("Declined."))
    return _answer(request, booking_id, {"accept": yes, "decline": no}, answer)


def _answer(request: HttpRequest, ident: int, choices: dict[str, Any], answer: str) -> HttpResponse:
    if answer not in choices:
        raise Http404
    command, done = choices[answer]
    told(request, command(request.user, ident, key_of(request)), done)
    return redirect(_way_back(request))


def _way_back(request: HttpRequest) -> str:
    """The card stands in the inbox and on the driver's day: back to where it was answered."""
    offer_id = request.POST.get("day", "")
    return reverse("drive_day", args=[int(offer_id)]) if offer_id.isdecimal() else reverse("inbox")
