"""Weekly rides: a pattern of days and wall times, and the rides that are made from it ahead of time.

Whoever writes a series or its rides holds its driver's lock. A ride of a series is known by its date (I12): one way out
a date, one way back a way out, and the database has the last word on both.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Place, User, Vehicle
from rides import diary, jobs, news, offers, planner, recurrence
from rides.errors import Invalid, NotFound, PlanChanged
from rides.locks import lock_people
from rides.models import OfferSeries, RideOffer, StandingBooking
from rides.recurrence import DAY
from routing import plan

HORIZON = timedelta(days=21)
"""So far ahead rides are made, and can be booked."""
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
class Pattern:
    """Days (0 is Monday) and wall times; the way back, if there is one, is on the same day."""

    weekdays: tuple[int, ...]
    leaves_at: time
    starts_on: date
    ends_on: date | None = None
    returns_at: time | None = None


@dataclass(frozen=True, slots=True)
class Roads:
    """The two ends (rows, of a new series not saved yet), and seconds and metres there and back."""

    ends: tuple[Place, Place]
    out: tuple[int, int]
    back: tuple[int, int]


def look_up(origin: plan.Place, destination: plan.Place) -> Roads:
    """The roads of a series to come; a graph search. Raises OutsideRegion."""
    return roads_between(planner.place_row(origin), planner.place_row(destination))


def roads_of(series: OfferSeries) -> Roads:
    """The roads of a series that is there; a graph search."""
    return roads_between(series.origin, series.destination)


def roads_between(origin: Place, destination: Place) -> Roads:
    """Along public points, as everything that others can measure."""
    there = planner.public(origin), planner.public(destination)
    out, back = planner.legs_through([*there, there[0]])
    return Roads((origin, destination), out, back)


def begin(
    *, driver: User, vehicle: Vehicle, roads: Roads, pattern: Pattern, terms: dict[str, Any], now: datetime
) -> OfferSeries:
    """Keep the pattern, and make the rides of the next weeks; `terms` are `TERMS` and `seats`.

    Raises NotFound, Invalid.
    """
    lock_people(driver.pk)
    if vehicle.owner_id != driver.pk:
        raise NotFound
    origin, destination = roads.ends
    series = OfferSeries(
        driver=driver,
        vehicle=vehicle,
        time_zone=planner.the_region().manifest.time_zone,
        weekdays=sorted(set(pattern.weekdays)),
        leaves_at=pattern.leaves_at,
        returns_at=pattern.returns_at,
        starts_on=pattern.starts_on,
        ends_on=pattern.ends_on,
        terms={name: terms[name] for name in (*TERMS, "seats") if name in terms},
    )
    require_sense(series, roads, now)
    series.origin, series.destination = Place.objects.bulk_create([origin, destination])
    series.save()
    make(series, roads, now)
    return series


def make_instances(*, series_id: int, roads: Roads, now: datetime, horizon: timedelta = HORIZON) -> list[RideOffer]:
    """Make the rides that are missing up to the horizon; again, or on two machines at once, it makes no more.

    Raises NotFound, PlanChanged.
    """
    lock_people(get(series_id).driver_id)
    return make(get(series_id), roads, now, horizon)


def make(series: OfferSeries, roads: Roads, now: datetime, horizon: timedelta = HORIZON) -> list[RideOffer]:
    """As `make_instances`, for callers that hold the driver's lock already; gives the ways out.

    A day on which the driver already drives at that hour is left out, and she is told so.
    """
    if (series.origin, series.destination) != roads.ends:
        raise PlanChanged
    if series.state != OfferSeries.State.ACTIVE:
        return []
    today = recurrence.local_date(now, series.time_zone)
    made = []
    for day in _missing(series, today, today + horizon):
        try:
            ride = _make_day(series, day, roads, now)
        except (diary.AlreadyDriving, diary.AlreadyRiding):
            tell(series, what="left_out", date=day.isoformat())
        else:
            made += [ride] if ride else []
    series.made_until = max(today + horizon, series.made_until or date.min)
    series.save(update_fields=["made_until"])
    return made


def over(*, series_id: int, now: datetime) -> None:
    """Its last day has passed."""
    lock_people(get(series_id).driver_id)
    series = get(series_id)
    today = recurrence.local_date(now, series.time_zone)
    if series.state == OfferSeries.State.ACTIVE and series.ends_on and series.ends_on < today:
        series.state = OfferSeries.State.ENDED
        jobs.end_standing_of(series.pk)
        changed(series, "state")


def get(series_id: int, driver: User | None = None) -> OfferSeries:
    """The series with its people and places; raises NotFound for whom it does not belong to."""
    found = (
        OfferSeries.objects.select_related("origin", "destination", "vehicle", "driver").filter(pk=series_id).first()
    )
    if found is None or (driver is not None and found.driver_id != driver.pk):
        raise NotFound
    return found


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
    if next(_days(series, first - DAY, first + YEAR), None) is None:
        raise Invalid(_("No day to come is one of this weekly ride."))
    require_hours(series, roads)
    _fields(series)


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


def make_way_back(series: OfferSeries, way_out: RideOffer, returns_at: datetime, roads: Roads) -> RideOffer:
    """The linked way back of one day; it belongs to its way out and through it to the series."""
    return _make_ride(series, roads.ends[::-1], returns_at, roads.back, return_of=way_out)


def has_day_before(series: OfferSeries, day: date) -> bool:
    """Whether the pattern has had, or will have, a ride before that day."""
    return next(_days(series, series.starts_on - DAY, day - DAY), None) is not None


def has_ride(offer: RideOffer) -> bool:
    """Whether it is one of a weekly ride's, out or back."""
    return (offer.return_of or offer).series_id is not None


def upcoming(series: OfferSeries, now: datetime) -> QuerySet[RideOffer]:
    """The ways out that have not left yet, first to last."""
    live = series.offers.filter(state=RideOffer.State.PUBLISHED, departs_at__gt=now)
    return live.order_by("local_date")


def left_out(series: OfferSeries, now: datetime) -> list[date]:
    """Days of the pattern on which the driver drives already, so that no ride was made."""
    if series.made_until is None or series.state != OfferSeries.State.ACTIVE:
        return []
    today = recurrence.local_date(now, series.time_zone)
    return list(_missing(series, today + DAY, series.made_until, again=True))


def changed(series: OfferSeries, *fields: str) -> None:
    """Write `fields`, and a new version."""
    series.version += 1
    series.save(update_fields=[*fields, "version"])
    tell(series)


def tell(series: OfferSeries, **refs: str) -> None:
    """The driver hears of the series."""
    news.tell({series.driver_id}, "series", {"series": series.pk, **refs})


def _make_day(series: OfferSeries, day: date, roads: Roads, now: datetime) -> RideOffer | None:
    """The way out of that day and its way back; None when its hour has passed. Raises AlreadyDriving, AlreadyRiding."""
    leaves_at, returns_at = hours(series, day, roads)
    if leaves_at <= now:
        return None
    trips = [(leaves_at, roads.out)] + ([(returns_at, roads.back)] if returns_at else [])
    for at, (duration_s, _m) in trips:
        diary.require_free(series.driver_id, at, at + timedelta(seconds=duration_s))
    way_out = _make_ride(series, roads.ends, leaves_at, roads.out, series=series, local_date=day)
    if returns_at:
        make_way_back(series, way_out, returns_at, roads)
    return way_out


def _make_ride(
    pattern: OfferSeries, ends: tuple[Place, Place], at: datetime, road: tuple[int, int], **fields: Any
) -> RideOffer:
    ride = offers.begin(
        driver=pattern.driver,
        vehicle=pattern.vehicle,
        places=list(ends),
        roads=[road],
        empty=road,
        departs_at=at,
        **_fields(pattern),
        **fields,
    )
    offers.announce(ride)
    if pattern.standing_bookings.filter(state=StandingBooking.State.ACTIVE).exists():
        jobs.book_standing(ride.pk)
    return ride


def _fields(series: OfferSeries) -> dict[str, Any]:
    """The terms as a ride's columns; raises Invalid when the car has not so many seats any more."""
    terms = {name: series.terms[name] for name in TERMS if name in series.terms}
    ways = offers.offered(series.vehicle, series.terms.get("seats"), series.terms.get("already_aboard", 0))
    return terms | {"configurations": ways}


def _missing(series: OfferSeries, first: date, last: date, *, again: bool = False) -> list[date]:
    """Days of the pattern without a ride. What was left out once is not tried again, unless `again`."""
    made = set(series.offers.filter(local_date__gte=first).values_list("local_date", flat=True))
    after = first - DAY if again else max(first - DAY, series.made_until or date.min)
    return [day for day in _days(series, after, last) if day not in made]


def _days(series: OfferSeries, after: date, until: date) -> Any:
    return recurrence.dates(
        weekdays=series.weekdays,
        starts_on=series.starts_on,
        ends_on=series.ends_on,
        exceptions=set(series.exceptions.values_list("date", flat=True)) if series.pk else set(),
        after=after,
        until=until,
    )


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
