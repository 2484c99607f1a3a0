"""Publishing a ride, once or every week."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from rides import commands
from web import fields, times
from web.pages import drive_form, maps, trips
from web.pages.telling import key_of, told


def drive(request: HttpRequest) -> HttpResponse:
    """The form on GET (also before sign-in); publish on POST."""
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.path, resolve_url("account_signup"))
        form = drive_form.DriveForm(request.POST, initial=_initial(request))
        if form.is_valid() and (page := _publish(request, request.user, form)):
            return redirect(page)
    else:
        form = drive_form.DriveForm(initial=_initial(request))
    mine = list(request.user.vehicles.order_by("pk")) if request.user.is_authenticated else []
    first = mine[0] if mine else None
    context = trips.form_facts(
        request,
        form=form,
        to_at=request.POST.get("to_at") or request.GET.get("to_at", ""),
        origin_at=request.POST.get("origin_at") or request.GET.get("origin_at", ""),
        vehicles=mine,
        detours=drive_form.DETOURS_MIN,
        weekdays=fields.WEEKDAYS,
        chosen_days=request.POST.getlist("weekdays"),
        suggested=drive_form.suggested_cents_per_km(first),
        most_cents=drive_form.most_cents_per_km(first),
        map=maps.map_facts(),
    )
    return render(request, "drive.html", context, status=400 if form.errors else 200)


def _publish(request: HttpRequest, person: User, form: drive_form.DriveForm) -> str:
    """The page of what was published; "" when it was refused, and the person was told why."""
    sent, key = form.sent(person), key_of(request)
    if form.is_weekly:
        answer = commands.begin_series(person, sent, key)
        done = _("Your weekly ride is on the map. We tell you when somebody wants to come along.")
        return resolve_url("weekly", answer.data["id"]) if told(request, answer, done) else ""
    answer = commands.publish_offer(person, sent, key)
    done = _("Your ride is on the map. We tell you when somebody wants to come along.")
    done = _("Saved. Nobody else sees it yet.") if sent["draft"] else done
    return resolve_url("drive_day", answer.data["id"]) if told(request, answer, done) else ""


def _initial(request: HttpRequest) -> dict[str, Any]:
    soon = timezone.localtime(timezone.now() + timedelta(minutes=45), times.zone())
    origin = trips.usual_origin(request)
    return {
        "to": request.GET.get("to", ""),
        "origin": request.GET.get("origin") or (origin.label if origin else ""),
        "day": request.GET.get("day") or soon.date().isoformat(),
        "time": request.GET.get("time") or soon.replace(minute=soon.minute // 15 * 15).strftime("%H:%M"),
        "seats": 3,
        "detour": drive_form.USUAL_DETOUR_MIN,
    }
