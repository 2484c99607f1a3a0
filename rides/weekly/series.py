"""Weekly rides: a pattern of days and wall times, and the rides that are made from it ahead of time.

Whoever writes a series or its rides holds its driver's lock. A ride of a series is known by its date (I12): one way out
a date, one way back a way out, and the database has the last word on both.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.models import Place, User, Vehicle
from rides import jobs, news, streets
from rides.bookings import diary
from rides.driving import offers
from rides.errors import NotFound, PlanChanged, RideError
from rides.locks import lock_people
from rides.models import OfferSeries, RideOffer, StandingBooking
from rides.weekly import recurrence, series_pattern
from rides.weekly.series_pattern import TERMS, Roads

HORIZON = timedelta(days=21)
"""So far ahead rides are made, and can be booked."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """Days (0 is Monday) and wall times; the way back, if there is one, is on the same day."""

    weekdays: tuple[int, ...]
    leaves_at: time
    starts_on: date
    ends_on: date | None = None
    returns_at: time | None = None


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
        time_zone=streets.the_region().manifest.time_zone,
        weekdays=sorted(set(pattern.weekdays)),
        leaves_at=pattern.leaves_at,
        returns_at=pattern.returns_at,
        starts_on=pattern.starts_on,
        ends_on=pattern.ends_on,
        terms={name: terms[name] for name in (*TERMS, "seats") if name in terms},
    )
    series_pattern.require_sense(series, roads, now)
    series.origin, series.destination = Place.objects.bulk_create([origin, destination])
    series.save()
    make(series, roads, now)
    tell(series)
    return series


def make_instances(*, series_id: int, roads: Roads, now: datetime, horizon: timedelta = HORIZON) -> list[RideOffer]:
    """Make the rides that are missing up to the horizon; again, or on two machines at once, it makes no more.

    Raises NotFound, PlanChanged.
    """
    lock_people(get(series_id).driver_id)
    return make(get(series_id), roads, now, horizon)


def make(series: OfferSeries, roads: Roads, now: datetime, horizon: timedelta = HORIZON) -> list[RideOffer]:
    """As `make_instances`, for callers that hold the driver's lock already; gives the ways out.

    A day on which the driver already drives at that hour, or the car has no seats, is left out, and she is told so.
    """
    if (series.origin, series.destination) != roads.ends:
        raise PlanChanged
    if series.state != OfferSeries.State.ACTIVE:
        return []
    today = recurrence.local_date(now, series.time_zone)
    made = []
    for day in series_pattern.missing(series, today, today + horizon):
        try:
            ride = _make_day(series, day, roads, now)
        except RideError as why:
            tell(series, what="left_out", date=day.isoformat(), code=why.code)
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


def make_way_back(series: OfferSeries, way_out: RideOffer, returns_at: datetime, roads: Roads) -> RideOffer:
    """The linked way back of one day; it belongs to its way out and through it to the series."""
    columns = series_pattern.columns(series)
    return _make_ride(series, roads.ends[::-1], returns_at, roads.back, return_of=way_out, **columns)


def changed(series: OfferSeries, *fields: str) -> None:
    """Write `fields`, and a new version."""
    series.version += 1
    series.save(update_fields=[*fields, "version"])
    tell(series)


def tell(series: OfferSeries, **refs: str) -> None:
    """The driver hears of the series."""
    news.tell({series.driver_id}, "series", {"series": series.pk, **refs})


def _make_day(series: OfferSeries, day: date, roads: Roads, now: datetime) -> RideOffer | None:
    """The way out of that day and its way back; None when its hour has passed.

    Raises AlreadyDriving, AlreadyRiding, Invalid, before anything is written.
    """
    leaves_at, returns_at = series_pattern.hours(series, day, roads)
    if leaves_at <= now:
        return None
    columns = series_pattern.columns(series)
    trips = [(leaves_at, roads.out)] + ([(returns_at, roads.back)] if returns_at else [])
    for at, (duration_s, _m) in trips:
        diary.require_free(series.driver_id, at, at + timedelta(seconds=duration_s))
    way_out = _make_ride(series, roads.ends, leaves_at, roads.out, series=series, local_date=day, **columns)
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
        **fields,
    )
    offers.announce(ride)
    if pattern.standing_bookings.filter(state=StandingBooking.State.ACTIVE).exists():
        jobs.book_standing(ride.pk)
    return ride
