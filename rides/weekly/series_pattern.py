"""What the pattern of a weekly ride says: days, hours, roads, terms. Reads only."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Place
from rides import planner, streets
from rides.driving import offers
from rides.errors import Invalid
from rides.models import OfferSeries, RideOffer
from rides.weekly import recurrence
from rides.weekly.recurrence import DAY
from routing import plan

YEAR = timedelta(days=366)
TERMS = (
    "flexibility_s",
    "max_detour_s",
    "max_detour_m",
    "cents_per_km",
    "tolls_cents",
    "already_aboard",
    "purpose",
    "automatic",
    "note",
    "audience",
)
"""What each ride starts with, beside `seats`, from which its configurations are worked out."""


@dataclass(frozen=True, slots=True)
class Roads:
    """The two ends (rows, of a new series not saved yet), and seconds and metres there and back."""

    ends: tuple[Place, Place]
    out: tuple[int, int]
    back: tuple[int, int]


def look_up(origin: plan.Place, destination: plan.Place) -> Roads:
    """The roads of a series to come; a graph search. Raises OutsideRegion."""
    return roads_between(streets.place_row(origin), streets.place_row(destination))


def roads_of(series: OfferSeries) -> Roads:
    """The roads of a series that is there; a graph search."""
    return roads_between(series.origin, series.destination)


def roads_between(origin: Place, destination: Place) -> Roads:
    """Along public points, as everything that others can measure."""
    there = streets.public(origin), streets.public(destination)
    out, back = planner.legs_through([*there, there[0]])
    return Roads((origin, destination), out, back)


def hours(series: OfferSeries, day: date, roads: Roads) -> tuple[datetime, datetime | None]:
    """When the ride of that date leaves, and its way back if there is one."""
    leaves_at = recurrence.instant(date=day, wall_time=series.leaves_at, zone=series.time_zone)
    if series.returns_at is None:
        return leaves_at, None
    returns_at = recurrence.instant(date=day, wall_time=series.returns_at, zone=series.time_zone)
    # in the night in which an hour is missing, the way out may take all that there is between the two
    return leaves_at, max(returns_at, leaves_at + timedelta(seconds=roads.out[0]))


def require_sense(series: OfferSeries, roads: Roads, now: datetime) -> None:
    """Raises Invalid for a pattern without a day to come, a way back before its way out ends, a car without seats."""
    today = recurrence.local_date(now, series.time_zone)
    first = max(today, series.starts_on)
    if next(days(series, first - DAY, first + YEAR), None) is None:
        raise Invalid(_("No day to come is one of this weekly ride."))
    require_hours(series, roads)
    columns(series)


def require_hours(series: OfferSeries, roads: Roads) -> None:
    """Raises Invalid for a way back before its way out ends."""
    if series.returns_at and _seconds(series.returns_at) < _seconds(series.leaves_at) + roads.out[0]:
        raise Invalid(_("The way back begins before you have arrived."))


def has(series: OfferSeries, day: date, *, on_any_weekday: bool = False) -> bool:
    """Whether the pattern has a ride on that day."""
    return (
        series.state == OfferSeries.State.ACTIVE
        and series.starts_on <= day
        and (series.ends_on is None or day <= series.ends_on)
        and (on_any_weekday or day.weekday() in series.weekdays)
        and not series.exceptions.filter(date=day).exists()
    )


def has_day_before(series: OfferSeries, day: date) -> bool:
    """Whether the pattern has had, or will have, a ride before that day."""
    return next(days(series, series.starts_on - DAY, day - DAY), None) is not None


def has_ride(offer: RideOffer) -> bool:
    """Whether it is one of a weekly ride's, out or back."""
    return (offer.return_of or offer).series_id is not None


def upcoming(series: OfferSeries, now: datetime) -> QuerySet[RideOffer]:
    """The ways out that have not left yet, first to last."""
    live = series.offers.filter(state=RideOffer.State.PUBLISHED, departs_at__gt=now)
    return live.order_by("local_date")


def left_out(series: OfferSeries, now: datetime) -> list[date]:
    """Days to come on which no ride could be made: the driver drives already, or the car has no seats."""
    if series.made_until is None or series.state != OfferSeries.State.ACTIVE:
        return []
    today = recurrence.local_date(now, series.time_zone)
    return list(missing(series, today + DAY, series.made_until, again=True))


def days(series: OfferSeries, after: date, until: date) -> Iterator[date]:
    """The days of the pattern later than `after` and no later than `until`."""
    return recurrence.dates(
        weekdays=series.weekdays,
        starts_on=series.starts_on,
        ends_on=series.ends_on,
        exceptions=set(series.exceptions.values_list("date", flat=True)) if series.pk else set(),
        after=after,
        until=until,
    )


def missing(series: OfferSeries, first: date, last: date, *, again: bool = False) -> list[date]:
    """Days of the pattern without a ride. What was left out once is not tried again, unless `again`."""
    made = set(series.offers.filter(local_date__gte=first).values_list("local_date", flat=True))
    after = first - DAY if again else max(first - DAY, series.made_until or date.min)
    return [day for day in days(series, after, last) if day not in made]


def columns(series: OfferSeries) -> dict[str, Any]:
    """The terms as a ride's columns; raises Invalid when the car has not so many seats any more."""
    terms = {name: series.terms[name] for name in TERMS if name in series.terms}
    ways = offers.offered(series.vehicle, series.terms.get("seats"), series.terms.get("already_aboard", 0))
    return terms | {"configurations": ways}


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
