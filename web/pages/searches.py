"""What I look for: keep a journey that nobody drives yet, and drop it."""

from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from rides import commands
from rides.models import SavedSearch
from rides.requests import searches
from web import times
from web.fields import WeekdaysField
from web.pages import trips
from web.pages.telling import key_of, told, way_back
from web.people import PersonRequest
from web.posted import posted

EVERY_WEEK_FOR = timedelta(weeks=8)
LAST_MINUTE = time(23, 59)


class KeepForm(trips.TripForm):
    """The journey of the list, as it was looked for; with days of the week it counts for the weeks to come."""

    weekdays = WeekdaysField()

    def sent(self) -> dict[str, Any]:
        """As the command wants it; the same for a second tap."""
        data = self.cleaned_data
        trip = self.trip(data["origin"])
        earliest_at, latest_at = times.window(data["day"], data["time"], times.at(data["day"], times.MIDNIGHT))
        hours: dict[str, Any] = {"weekdays": data["weekdays"]}
        if data["weekdays"]:
            today = times.today()
            earliest_at = times.at(today, times.MIDNIGHT)
            latest_at = times.at(today + EVERY_WEEK_FOR, times.MIDNIGHT)
            if data["time"]:
                hours["first"], hours["last"] = _around(data["time"])
        return {
            "origin": trip.origin,
            "destination": trip.destination,
            "earliest_at": earliest_at,
            "latest_at": latest_at,
            **hours,
            "seats": trip.seats,
            **asdict(trip.load),
            "max_walk_m": trip.max_walk_m,
        }


@posted
def keep(request: PersonRequest) -> HttpResponse:
    """Tell me when somebody drives there."""
    form = KeepForm(request.POST)
    if not form.is_valid() or form.cleaned_data["origin"] is None:
        messages.error(request, _("Please say from where to where first."))
        return redirect("find")
    answer = commands.keep_search(request.user, form.sent(), key_of(request))
    told(request, answer, _("We tell you as soon as somebody drives there."))
    return redirect("me")


@posted
def drop(request: PersonRequest, search_id: int) -> HttpResponse:
    """I no longer look for it."""
    told(request, commands.drop_search(request.user, search_id, key_of(request)), _("You look for it no more."))
    return redirect(way_back(request, "me"))


def looked_for(request: PersonRequest) -> list[SavedSearch]:
    """My searches that are not over, each with the rides that it found and that still go."""
    now = timezone.now()
    return list(searches.with_found(request.user, now).filter(latest_at__gt=now).order_by("pk"))


def _around(hour: time) -> tuple[time, time]:
    """The hours of a day that count as around this one, as in a search of one day."""
    wanted = datetime.combine(date.min + times.ONE_DAY, hour)
    first, last = wanted - times.BEFORE, wanted + times.AFTER
    return (
        first.time() if first.date() == wanted.date() else times.MIDNIGHT,
        last.time() if last.date() == wanted.date() else LAST_MINUTE,
    )
