"""Outings: make one, join it, read the proposed cars, say yes."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts import vehicles
from rides import commands
from rides.models import Outing, Participant
from web import loads, place_names, times
from web.fields import DayField, LoadField, PlaceField
from web.pages import cars, maps, trips
from web.pages.telling import key_of, told
from web.people import PersonRequest
from web.posted import posted

ARRIVAL_WINDOW = timedelta(minutes=30)
MAX_DETOUR_S = 900


class OutingForm(forms.Form):
    """Where, which day, when to be there and when to go home."""

    title = forms.CharField(label=gettext_lazy("What is it?"), max_length=80)
    to = PlaceField(label=gettext_lazy("Where to?"))
    day = DayField(label=gettext_lazy("Day"), required=False)
    arrive = forms.TimeField(label=gettext_lazy("Be there at"))
    leave = forms.TimeField(label=gettext_lazy("Go home at"))

    def sent(self) -> dict[str, Any]:
        """As the command wants it: people arrive within half an hour before the time said."""
        data = self.cleaned_data
        latest_at = times.at(data["day"], data["arrive"])
        return {
            "title": data["title"],
            "destination": data["to"],
            "earliest_at": latest_at - ARRIVAL_WINDOW,
            "latest_at": latest_at,
            "return_at": times.at(data["day"], data["leave"]),
        }


class JoinForm(forms.Form):
    """How somebody takes part."""

    role = forms.ChoiceField(choices=Participant.Role.choices)
    origin = PlaceField(label=gettext_lazy("From"))
    party = forms.IntegerField(
        label=gettext_lazy("People with you, yourself included"), min_value=1, max_value=6, initial=1
    )
    out_load = LoadField(label=gettext_lazy("On the way there"))
    back_load = LoadField(label=gettext_lazy("On the way home"))
    car = forms.CharField(label=gettext_lazy("Your car"), max_length=60, required=False)
    seats = forms.IntegerField(label=gettext_lazy("Free seats"), min_value=1, max_value=8, initial=3, required=False)


def outings(request: HttpRequest) -> HttpResponse:
    """Those being formed."""
    coming = Outing.objects.exclude(state=Outing.State.CANCELLED).filter(return_at__gte=timezone.now())
    people = coming.select_related("destination").prefetch_related("participants__person").order_by("earliest_at")
    return render(request, "outings.html", {"outings": people[:50]})


def new(request: HttpRequest) -> HttpResponse:
    """Propose to go somewhere together."""
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path, resolve_url("account_signup"))
        form = OutingForm(request.POST)
        if form.is_valid():
            answer = commands.plan_outing(request.user, form.sent(), key_of(request))
            if told(request, answer, _("Now send the link to your neighbours.")):
                return redirect("outing", answer.data["slug"])
    else:
        form = OutingForm(initial={"to": request.GET.get("to", ""), "arrive": "10:00", "leave": "12:00"})
    days = times.coming_days()
    chosen = (
        request.POST.get("day_other") or request.POST.get("day") or request.GET.get("day") or days[-1][0].isoformat()
    )
    context = {
        "form": form,
        "days": days,
        "day": chosen,
        "to_at": request.POST.get("to_at", ""),
        "map": maps.map_facts(),
    }
    return render(request, "outing_new.html", context, status=400 if form.errors else 200)


def outing(request: HttpRequest, slug: str, form: JoinForm | None = None) -> HttpResponse:
    """Who goes, what is proposed, and my own answer."""
    found = _outing(slug)
    me = _participant(request, found)
    is_organiser = request.user.pk == found.organiser_id
    takes_part = bool(me) or is_organiser
    seen = cars.latest(found) if takes_part else None
    context = trips.form_facts(
        request,
        outing=found,
        me=me,
        is_organiser=is_organiser,
        form=form or JoinForm(initial=_initial(request, me)),
        origin_at=_origin_at(request, me),
        luggage=loads.CHOICES,
        proposal=seen and seen.proposal,
        cars=seen.cars if seen else [],
        my_answer=seen and me and seen.answers.get(me.pk),
        left_out=seen.left_out if seen else [],
        link=request.build_absolute_uri(resolve_url("outing", slug)),
        map=maps.map_facts(ends=cars.map_ends(found, takes_part=takes_part)),
    )
    return render(request, "outing.html", context, status=400 if form and form.errors else 200)


@require_POST
def join(request: HttpRequest, slug: str) -> HttpResponse:
    """Take part, or change how."""
    if not request.user.is_authenticated:
        return redirect_to_login(resolve_url("outing", slug), resolve_url("account_signup"))
    form = JoinForm(request.POST)
    if not form.is_valid():
        return outing(request, slug, form)
    data = form.cleaned_data
    if data["role"] != Participant.Role.RIDE and not request.user.vehicles.exists():
        vehicles.add(owner=request.user, name=data["car"] or _("My car"), seats=data["seats"] or 3)
    sent = {
        "role": data["role"],
        "origin": data["origin"],
        "vehicle": None,
        "party": data["party"],
        "max_detour_s": MAX_DETOUR_S,
        "out_litres": data["out_load"].litres,
        "out_length_cm": data["out_load"].length_cm,
        "back_litres": data["back_load"].litres,
        "back_length_cm": data["back_load"].length_cm,
    }
    trips.remember_origin(request, data["origin"])
    told(request, commands.join_outing(request.user, _outing(slug).pk, sent, key_of(request)), _("You are in."))
    return redirect("outing", slug)


@posted
def leave(request: PersonRequest, slug: str) -> HttpResponse:
    """Not coming after all."""
    told(request, commands.leave_outing(request.user, _outing(slug).pk, key_of(request)), _("You are out again."))
    return redirect("outing", slug)


@posted
def group(request: PersonRequest, slug: str) -> HttpResponse:
    """The organiser wants cars."""
    told(
        request, commands.propose_cars(request.user, _outing(slug).pk, key_of(request)), _("We work out the cars now.")
    )
    return redirect("outing", slug)


@posted
def answer(request: PersonRequest, slug: str, answer: str) -> HttpResponse:
    """My own yes or no; nobody else's."""
    version = request.POST.get("version", "")
    if answer not in ("yes", "no") or not version.isdecimal():
        raise Http404
    sent = {"proposal_version": int(version), "yes": answer == "yes"}
    done = _("Thank you. Your seat counts once everybody in your car said yes.") if answer == "yes" else _("Noted.")
    told(request, commands.answer_proposal(request.user, _outing(slug).pk, sent, key_of(request)), done)
    return redirect("outing", slug)


def _outing(slug: str) -> Outing:
    found = Outing.objects.select_related("destination", "organiser").prefetch_related(
        "participants__person", "participants__origin"
    )
    return get_object_or_404(found, slug=slug)


def _participant(request: HttpRequest, found: Outing) -> Participant | None:
    return next((one for one in found.participants.all() if one.person_id == request.user.pk), None)


def _initial(request: HttpRequest, me: Participant | None) -> dict[str, Any]:
    if me is None:
        origin = trips.usual_origin(request)
        return {"role": "either", "origin": origin.label if origin else "", "party": 1, "seats": 3}
    there, home = loads.in_words(me.out_litres, me.out_length_cm), loads.in_words(me.back_litres, me.back_length_cm)
    return {
        "role": me.role,
        "origin": me.origin.label,
        "party": me.party,
        "out_load": there.name,
        "back_load": home.name,
    }


def _origin_at(request: HttpRequest, me: Participant | None) -> str:
    place = me.origin if me else trips.usual_origin(request)
    return request.POST.get("origin_at") or (place_names.as_field(place) if place else "")
