"""What waits for an answer of mine, and what I wait for."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rides import commands
from rides.bookings.doors import LongerDetour
from rides.models import Asking, Booking, RideRequest
from rides.requests import taken
from web import people
from web.pages.telling import key_of, told, way_back
from web.people import PersonRequest
from web.posted import posted


@login_required
def inbox(request: PersonRequest) -> HttpResponse:
    """Cards with Accept and Decline first."""
    me = request.user
    asked = Asking.objects.filter(offer__driver=me, state=Asking.State.ASKED)
    askings = asked.select_related("request__rider", "request__origin", "request__destination", "offer")
    context = {
        "askings": askings.filter(later_at=None).order_by("created_at"),
        "taken": taken.by_another(me, timezone.now()).select_related("request__rider", "request__destination"),
        "put_off": askings.exclude(later_at=None).order_by("later_at"),
        "bookings": people.bookings_to_answer(me)
        .select_related("rider", "pickup_place", "dropoff_place", "offer")
        .order_by("created_at"),
        "standing": people.standing_to_answer(me).select_related("rider", "origin", "destination", "series"),
        "proposals": people.proposals_to_answer(me),
        "calls": people.calls_to_make(me),
        **door(request),
        "my_bookings": me.bookings.filter(state=Booking.State.WAITING).select_related(
            "offer__driver", "pickup_place", "dropoff_place"
        ),
        "my_requests": me.requests.filter(state=RideRequest.State.OPEN).select_related("origin", "destination"),
    }
    return render(request, "inbox.html", context)


def door(request: HttpRequest) -> dict[str, Any]:
    """Which card asks once more, and how many minutes the way to the door takes."""
    minutes = request.GET.get("door_min", "")
    return {"door": request.GET.get("door", ""), "door_min": int(minutes) if minutes.isdecimal() else 0}


@posted
def answer_asking(request: PersonRequest, asking_id: int, answer: str) -> HttpResponse:
    """Yes, no or later to a request that was put to me."""
    if answer == "later":
        told(request, commands.put_off_asking(request.user, asking_id, key_of(request)), _("You will be asked again."))
        return redirect(_came_from(request))
    return _answer(request, f"asking-{asking_id}", answer, commands.accept_asking, commands.decline_asking, asking_id)


@posted
def answer_booking(request: PersonRequest, booking_id: int, answer: str) -> HttpResponse:
    """Yes or no to somebody who wants a seat on my ride."""
    yes, no = commands.accept_booking, commands.decline_booking
    return _answer(request, f"booking-{booking_id}", answer, yes, no, booking_id)


@posted
def answer_standing(request: PersonRequest, standing_id: int, answer: str) -> HttpResponse:
    """Yes or no to somebody who wants a seat every week; a no ends it, also later."""
    yes, no = commands.accept_standing, commands.end_standing
    if answer not in ("accept", "decline"):
        raise Http404
    answered = (yes if answer == "accept" else no)(request.user, standing_id, key_of(request))
    told(request, answered, _("Settled: you take them along.") if answer == "accept" else _("Declined."))
    return redirect(way_back(request, "inbox"))


def _answer(request: HttpRequest, card: str, answer: str, accept: Any, decline: Any, ident: int) -> HttpResponse:
    """A yes to a longer way to the door is asked for once more, on the card itself."""
    if answer == "decline":
        told(request, decline(request.user, ident, key_of(request)), _("Declined."))
        return redirect(_came_from(request))
    if answer != "accept":
        raise Http404
    accepted = accept(request.user, ident, key_of(request), anyway=bool(request.POST.get("anyway")))
    if accepted.data.get("code") == LongerDetour.code:
        door = {"door": card, "door_min": -(-accepted.data["detour_s"] // 60)}
        return redirect(f"{_came_from(request)}?{urlencode(door)}")
    told(request, accepted, _("Settled: you take them along."))
    return redirect(_came_from(request))


def _came_from(request: HttpRequest) -> str:
    """The card stands in the inbox and on the driver's day: back to where it was answered."""
    offer_id = request.POST.get("day", "")
    return reverse("drive_day", args=[int(offer_id)]) if offer_id.isdecimal() else reverse("inbox")
