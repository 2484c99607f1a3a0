"""A weekly ride as its driver sees it: its days, the rides to come, who comes along every time."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from rides import commands, search
from rides.models import OfferSeries, StandingBooking
from rides.weekly import series_pattern
from rides.weekly.series_changes import Scope
from web.fields import WEEKDAYS, WeekdaysField
from web.pages.cards import RideCard
from web.pages.telling import key_of, told
from web.people import PersonRequest
from web.posted import posted


class PatternForm(forms.Form):
    """Its days and hours; `since` is the first day that is otherwise, or nothing for all rides to come."""

    weekdays = WeekdaysField()
    time = forms.TimeField()
    back = forms.TimeField(required=False)
    until = forms.DateField(required=False)
    since = forms.DateField(required=False)

    def __init__(self, series: OfferSeries, data: Any = None) -> None:
        as_it_is = {"weekdays": series.weekdays, "time": series.leaves_at, "back": series.returns_at}
        super().__init__(data, initial=as_it_is | {"until": series.ends_on})

    def clean_weekdays(self) -> Any:
        """A ride without a day is called off, not changed."""
        days = self.cleaned_data["weekdays"]
        if not days:
            raise forms.ValidationError(_("Choose one day at least, or call the weekly ride off."))
        return days

    def sent(self) -> dict[str, Any]:
        """As the command wants it; only what is otherwise."""
        names = {"weekdays": "weekdays", "time": "leaves_at", "back": "returns_at", "until": "ends_on"}
        changes = {names[name]: self.cleaned_data[name] for name in self.changed_data if name in names}
        return meant(self.cleaned_data["since"]) | {"changes": changes}


class DayForm(forms.Form):
    """One day, or the first of many, and a word of why."""

    date = forms.DateField(required=False)
    note = forms.CharField(max_length=200, required=False)


@login_required
def weekly(request: PersonRequest, series_id: int) -> HttpResponse:
    """The pattern and its rides."""
    return _page(request, _own(request, series_id))


@posted
def change(request: PersonRequest, series_id: int) -> HttpResponse:
    """Other days or hours; the page of the series that goes on from then."""
    series = _own(request, series_id)
    form = PatternForm(series, request.POST)
    if not form.is_valid():
        return _page(request, series, refused={"pattern": form})
    sent = form.sent()
    if not sent["changes"]:
        return redirect("weekly", series_id)
    answer = commands.change_series(request.user, series_id, sent, key_of(request))
    told(request, answer, _("Changed. Everybody aboard is told."))
    return redirect("weekly", answer.data["id"] if answer.ok else series_id)


@posted
def skip(request: PersonRequest, series_id: int) -> HttpResponse:
    """No ride on one day."""
    form = DayForm(request.POST)
    form.fields["date"].required = True
    if not form.is_valid():
        return _page(request, _own(request, series_id), refused={"skip": form})
    answer = commands.skip_day(request.user, series_id, form.cleaned_data, key_of(request))
    told(request, answer, _("No ride on that day. Everybody aboard is told."))
    return redirect("weekly", series_id)


@posted
def cancel(request: PersonRequest, series_id: int) -> HttpResponse:
    """No more rides from a day on, or at once."""
    form = DayForm(request.POST)
    if not form.is_valid():
        return _page(request, _own(request, series_id), refused={"cancel": form})
    sent = meant(form.cleaned_data["date"]) | {"note": form.cleaned_data["note"]}
    answer = commands.cancel_series(request.user, series_id, sent, key_of(request))
    told(request, answer, _("The weekly ride ends. Everybody aboard is told."))
    return redirect("weekly", series_id)


def meant(since: Any) -> dict[str, Any]:
    """From a day on, or all rides to come."""
    return {"scope": Scope.FOLLOWING.value, "date": since} if since else {"scope": Scope.ALL.value}


def _own(request: PersonRequest, series_id: int) -> OfferSeries:
    mine = OfferSeries.objects.filter(driver=request.user)
    return get_object_or_404(mine.select_related("origin", "destination", "vehicle"), pk=series_id)


def _page(request: PersonRequest, series: OfferSeries, refused: dict[str, Any] | None = None) -> HttpResponse:
    """The page; with the form that was refused, by its name."""
    form = (refused or {}).get("pattern") or PatternForm(series)
    now = timezone.now()
    standing = series.standing_bookings.filter(state=StandingBooking.State.ACTIVE)
    rides = search.with_riders(series_pattern.upcoming(series, now))
    context = {
        "series": series,
        "rides": [RideCard.of_offer(ride) for ride in rides],
        "left_out": series_pattern.left_out(series, now),
        "exceptions": series.exceptions.filter(date__gte=now.date()).order_by("date"),
        "standing": standing.select_related("rider", "origin", "destination").order_by("created_at"),
        "weekdays": WEEKDAYS,
        "form": form,
        "refused": refused or {},
        "chosen_days": [str(day) for day in form["weekdays"].value() or ()],
    }
    return render(request, "weekly.html", context, status=400 if refused else 200)
