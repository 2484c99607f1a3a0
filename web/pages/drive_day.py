"""The driver's day with one ride: who asks, who gets on where, and everything that can still be changed."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from rides import access, commands, search, streets
from rides.models import Asking, Booking, RideOffer, Stop, WaitingEntry
from web.pages import drive_change, inbox, kerb, maps
from web.pages.cards import RideCard
from web.pages.telling import key_of, told
from web.people import PersonRequest
from web.posted import posted

ASKED = (Booking.State.WAITING, Booking.State.CONFIRMED)
"""Whom the driver knows of: an open form is its rider's alone."""
LEAVES_WITHIN = timedelta(hours=2)
"""Who leaves earlier than that has tapped the wrong ride."""


@login_required
def day(request: PersonRequest, offer_id: int) -> HttpResponse:
    """The driver's own ride, live."""
    return page(request, own(request, offer_id))


@posted
def change(request: PersonRequest, offer_id: int) -> HttpResponse:
    """Another hour, place, number of seats, word; of a weekly ride for one, the following, or all."""
    offer = own(request, offer_id)
    form = drive_change.ChangeForm(offer, request.POST)
    if not form.is_valid():
        return page(request, offer, form)
    if form.changes():
        told(request, form.send(request.user, key_of(request)), _("Changed. Everybody aboard is told."))
    return redirect("drive_day", offer_id)


@posted
def step(request: PersonRequest, offer_id: int, step: str) -> HttpResponse:
    """Publish a draft, leave, arrive, or call the ride off."""
    steps = {
        "publish": (
            commands.publish_draft,
            _("Your ride is on the map. We tell you when somebody wants to come along."),
        ),
        "depart": (commands.depart_offer, _("Have a good trip!")),
        "complete": (commands.complete_offer, _("Thank you for driving.")),
        "cancel": (commands.cancel_offer, _("The ride is cancelled. Everybody aboard is told.")),
    }
    if step not in steps:
        raise Http404
    command, done = steps[step]
    word = {"note": request.POST.get("note", "")[:200]} if step == "cancel" else {}
    told(request, command(request.user, offer_id, key_of(request), **word), done)
    return redirect("drive_day", offer_id)


def own(request: PersonRequest, offer_id: int) -> RideOffer:
    """A ride of hers."""
    mine = RideOffer.objects.filter(driver=request.user).select_related("return_of__series", "series")
    offer = search.with_riders(mine).filter(pk=offer_id).first()
    if offer is None:
        raise Http404
    return offer


def page(request: PersonRequest, offer: RideOffer, form: drive_change.ChangeForm | None = None) -> HttpResponse:
    """The page; with a change that was refused."""
    now, places = timezone.now(), ("rider", "pickup_place", "dropoff_place")
    waiting = offer.bookings.filter(state=Booking.State.WAITING, accepted_at=None)
    asked = offer.askings.filter(state=Asking.State.ASKED)
    aboard = list(
        offer.bookings.filter(state__in=(*ASKED, Booking.State.COMPLETED))
        .select_related(*places)
        .prefetch_related("signals")
        .order_by("pickup_at")
    )
    for one in aboard:
        one.offer = offer
    stops = _stops(offer, aboard)
    kerbs = [kerb.seen_by(request.user, one, now) for one in aboard if one.state != Booking.State.WAITING]
    changes = [one.changes_s for one in kerbs if one.changes_s]
    context = {
        "offer": offer,
        "card": RideCard.of_offer(offer),
        "stops": stops,
        "bookings": waiting.select_related(*places).order_by("created_at"),
        "askings": asked.select_related("request__rider", "request__origin", "request__destination").order_by(
            "created_at"
        ),
        "kerbs": kerbs,
        "late_min": kerb.LATE_MIN,
        "leaves_soon": offer.state == RideOffer.State.PUBLISHED and offer.departs_at - now < LEAVES_WITHIN,
        "changes_s": min(changes, default=None),
        "riders": [one for one in aboard if one.state in ASKED],
        "waiting_list": offer.waiting_list.filter(state=WaitingEntry.State.WAITING).count(),
        "way_back": getattr(offer, "way_back", None),
        "weekly": (offer.return_of or offer).series,
        "form": form or drive_change.ChangeForm(offer),
        "sent": form is not None,
        "map": maps.map_facts(
            line=maps.line([streets.public(one["stop"].place) for one in stops]),
            ends=_ends([one["stop"] for one in stops]),
        ),
        **inbox.door(request),
    }
    return render(request, "drive_day.html", context, status=400 if form else 200)


def _stops(offer: RideOffer, aboard: list[Booking]) -> list[dict[str, Any]]:
    """The ends, and each stop that somebody uses, with who gets on and off; exact places only of those she accepted."""
    lines, now = [], timezone.now()
    in_order = sorted(offer.stops.all(), key=lambda stop: stop.sequence)
    for stop in in_order:
        on = [booking for booking in aboard if booking.pickup_id == stop.pk]
        off = [booking for booking in aboard if booking.dropoff_id == stop.pk]
        own_end = stop in (in_order[0], in_order[-1])
        if own_end or on or off:
            lines.append({"stop": stop, "on": on, "off": off, "label": _label(stop, own_end, on, off, now)})
    return lines


def _label(stop: Stop, own_end: bool, on: list[Booking], off: list[Booking], now: datetime) -> str:
    """Where she is to stop: her own end, the door of somebody she has accepted, else the public point."""
    if own_end:
        return stop.place.label
    doors = [one.pickup_place.label for one in on if access.is_open(one, now)]
    doors += [one.dropoff_place.label for one in off if access.is_open(one, now)]
    return " · ".join(dict.fromkeys(doors)) or stop.place.public_label


def _ends(stops: list[Stop]) -> list[dict[str, Any]]:
    last = len(stops) - 1
    return [
        {"kind": {0: "start", last: "end"}.get(i, "stop"), "label": stop.place.public_label,
         "at": f"{stop.place.public_lat},{stop.place.public_lon},"}
        for i, stop in enumerate(stops)
    ]  # fmt: skip
