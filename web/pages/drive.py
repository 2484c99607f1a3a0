"""Publishing a ride, and the driver's day with it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import vehicles
from accounts.models import User
from rides import commands, planner, search
from rides.models import Asking, Booking, RideOffer, Stop
from web import times
from web.fields import DayField, PlaceField
from web.pages import maps, trips
from web.pages.cards import RideCard
from web.pages.telling import key_of, told
from web.people import PersonRequest

DETOURS_MIN = (5, 10, 15, 25)
USUAL_DETOUR_MIN = 10
METRES_A_MINUTE = 1000
"""A driver says minutes; so many metres of detour go with each (60 km/h)."""
CENTS_PER_KM = 8


class DriveForm(forms.Form):
    """One short form: where, when, how many seats; the rest has a default."""

    origin = PlaceField(label=gettext_lazy("From"))
    to = PlaceField(label=gettext_lazy("To"))
    day = DayField(label=gettext_lazy("Day"), required=False)
    time = forms.TimeField(label=gettext_lazy("I leave at"))
    vehicle = forms.IntegerField(required=False)
    car = forms.CharField(label=gettext_lazy("Your car"), max_length=60, required=False)
    seats = forms.IntegerField(label=gettext_lazy("Free seats"), min_value=1, max_value=8, initial=3)
    detour = forms.TypedChoiceField(
        choices=[(minutes, minutes) for minutes in DETOURS_MIN],
        coerce=int,
        empty_value=None,
        required=False,
    )
    automatic = forms.BooleanField(required=False)
    note = forms.CharField(label=gettext_lazy("A word to riders"), max_length=300, required=False)


def drive(request: HttpRequest) -> HttpResponse:
    """The form on GET (also before sign-in); publish on POST."""
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path, resolve_url("account_signup"))
        form = DriveForm(request.POST)
        if form.is_valid():
            answer = commands.publish_offer(request.user, _sent(request.user, form.cleaned_data), key_of(request))
            if told(request, answer, _("Your ride is on the map. We tell you when somebody wants to come along.")):
                return redirect("drive_day", answer.data["id"])
    else:
        form = DriveForm(initial=_initial(request))
    mine = request.user.vehicles.order_by("pk") if request.user.is_authenticated else []
    context = trips.form_facts(
        request,
        form=form,
        to_at=request.POST.get("to_at") or request.GET.get("to_at", ""),
        origin_at=request.POST.get("origin_at") or request.GET.get("origin_at", ""),
        vehicles=mine,
        detours=DETOURS_MIN,
        map=maps.map_facts(),
    )
    return render(request, "drive.html", context, status=400 if form.errors else 200)


@login_required
def day(request: PersonRequest, offer_id: int) -> HttpResponse:
    """The driver's own ride: stops, who gets on where, who asks."""
    offer = _own(request, offer_id)
    waiting = offer.bookings.filter(state=Booking.State.WAITING)
    asked = offer.askings.filter(state=Asking.State.ASKED)
    places = ("rider", "pickup_place", "dropoff_place")
    context = {
        "offer": offer,
        "card": RideCard.of_offer(offer),
        "stops": _stops(offer),
        "bookings": waiting.select_related(*places).order_by("created_at"),
        "askings": asked.select_related("request__rider", "request__origin", "request__destination").order_by(
            "created_at"
        ),
        "map": maps.map_facts(
            line=maps.line([planner.public(stop.place) for stop in ordered(offer)]), ends=_ends(offer)
        ),
    }
    return render(request, "drive_day.html", context)


@login_required
@require_POST
def step(request: PersonRequest, offer_id: int, step: str) -> HttpResponse:
    """Leave, arrive, or call the ride off."""
    steps = {
        "depart": (commands.depart_offer, _("Have a good trip!")),
        "complete": (commands.complete_offer, _("Thank you for driving.")),
        "cancel": (commands.cancel_offer, _("The ride is cancelled. Everybody aboard is told.")),
    }
    if step not in steps:
        raise Http404
    command, done = steps[step]
    told(request, command(request.user, offer_id, key_of(request)), done)
    return redirect("drive_day", offer_id)


def _initial(request: HttpRequest) -> dict[str, Any]:
    soon = timezone.localtime(timezone.now() + timedelta(minutes=45), times.zone())
    origin = trips.usual_origin(request)
    return {
        "to": request.GET.get("to", ""),
        "origin": request.GET.get("origin") or (origin.label if origin else ""),
        "day": request.GET.get("day") or soon.date().isoformat(),
        "time": request.GET.get("time") or soon.replace(minute=soon.minute // 15 * 15).strftime("%H:%M"),
        "seats": 3,
        "detour": USUAL_DETOUR_MIN,
    }


def _sent(person: User, data: dict[str, Any]) -> dict[str, Any]:
    vehicle_id = data["vehicle"]
    if not vehicle_id and not person.vehicles.exists():
        vehicle_id = vehicles.add(owner=person, name=data["car"] or _("My car"), seats=data["seats"]).pk
    detour_min = data["detour"] or USUAL_DETOUR_MIN
    return {
        "origin": data["origin"],
        "destination": data["to"],
        "departs_at": times.at(data["day"], data["time"]),
        "vehicle": vehicle_id,
        "seats": data["seats"],
        "flexibility_s": 600,
        "max_detour_s": detour_min * 60,
        "max_detour_m": detour_min * METRES_A_MINUTE,
        "cents_per_km": CENTS_PER_KM,
        "automatic": data["automatic"],
        "audience": RideOffer.Audience.PUBLIC,
        "note": data["note"],
    }


def _own(request: PersonRequest, offer_id: int) -> RideOffer:
    offer = search.with_plan(RideOffer.objects.filter(driver=request.user)).filter(pk=offer_id).first()
    if offer is None:
        raise Http404
    return offer


def ordered(offer: RideOffer) -> list[Stop]:
    """The stops as they are visited."""
    return sorted(offer.stops.all(), key=lambda stop: stop.sequence)


def _stops(offer: RideOffer) -> list[dict[str, Any]]:
    """Each stop in order, with who gets on and off; exact places only of those she has accepted."""
    aboard = list(offer.bookings.filter(state__in=Booking.HOLDS).select_related("rider"))
    lines = []
    for stop in (in_order := ordered(offer)):
        on = [booking for booking in aboard if booking.pickup_id == stop.pk]
        off = [booking for booking in aboard if booking.dropoff_id == stop.pk]
        own = stop in (in_order[0], in_order[-1])
        exact = own or any(booking.state == Booking.State.CONFIRMED for booking in on + off)
        lines.append(
            {"stop": stop, "on": on, "off": off, "label": stop.place.label if exact else stop.place.public_label}
        )
    return lines


def _ends(offer: RideOffer) -> list[dict[str, Any]]:
    last = offer.stops.count() - 1
    return [
        {"kind": {0: "start", last: "end"}.get(i, "stop"), "label": stop.place.public_label,
         "at": f"{stop.place.public_lat},{stop.place.public_lon},"}
        for i, stop in enumerate(ordered(offer))
    ]  # fmt: skip
