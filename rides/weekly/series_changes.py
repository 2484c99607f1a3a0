"""One change of a weekly ride for "this one", "this and following" or "all"; calling it off, by the same three."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Place, User
from rides import jobs, streets
from rides.driving import offer_changes
from rides.driving.offers import WrongState
from rides.errors import Invalid, NotFound, PlanChanged
from rides.models import Booking, OfferSeries, RideOffer, SeriesException, StandingBooking
from rides.weekly import recurrence, series, series_pattern, series_rides
from rides.weekly.recurrence import DAY
from rides.weekly.series_rides import ENDS, SEATS, Prepared

PATTERN = ("weekdays", "ends_on")
HOURS = ("leaves_at", "returns_at")
EDITABLE = frozenset((*PATTERN, *HOURS, *ENDS, *SEATS, *offer_changes.PLAIN))

Edit = Mapping[str, Any]
"""What is to be otherwise, by name (`EDITABLE`): None for `returns_at` is no way back, for `ends_on` no end."""


class Scope(StrEnum):
    """How much of a series somebody means."""

    THIS = "this"
    FOLLOWING = "following"
    ALL = "all"


def prepare(
    *, series_id: int, driver: User, scope: Scope, day: date | None, edit: Edit, now: datetime
) -> series_rides.Prepared:
    """Outside of any lock: what `change` needs to know. Raises NotFound, Invalid, OutsideRegion."""
    _require_day(scope, day)
    _require_editable(scope, edit)
    pattern = series.get(series_id, driver)
    if series_rides.moves(edit):
        origin, destination = (edit.get(name) or streets.exact(getattr(pattern, name)) for name in ENDS)
        roads = series_pattern.look_up(origin, destination)
    else:
        roads = series_pattern.roads_of(pattern)
    rides = _reached(pattern, scope, day, now)
    _apply(pattern, edit, roads)
    return series_rides.prepare(pattern, roads, rides, edit)


def change(
    *, series_id: int, driver: User, scope: Scope, day: date | None, edit: Edit, prepared: Prepared, now: datetime
) -> OfferSeries:
    """Change that one ride, or the pattern and its rides; gives the series that has the changed rides.

    Raises NotFound, WrongState, Invalid, PlanChanged; for one ride also what `series_rides.bring` raises.
    """
    pattern, rides = series_rides.lock(series_id, driver, prepared)
    if pattern.state != OfferSeries.State.ACTIVE:
        raise WrongState(state=pattern.state)
    if [ride.pk for ride in _reached(pattern, scope, day, now)] != prepared.ids:
        raise PlanChanged
    if scope == Scope.THIS:
        _change_one(pattern, rides, edit, prepared, now)
        return series.get(series_id, driver)
    if scope == Scope.FOLLOWING and day is not None and series_pattern.has_day_before(pattern, day):
        pattern = _split(pattern, rides, max(day, recurrence.local_date(now, pattern.time_zone)), now)
    _apply(pattern, edit, prepared.roads)
    series_pattern.require_sense(pattern, prepared.roads, now)
    _keep_ends(prepared)
    pattern.made_until = None  # a day that was left out may be possible now
    pattern.version += 1
    pattern.save()
    series.tell(pattern)
    series_rides.follow(pattern, rides, tuple(edit), prepared, now)
    return pattern


def prepare_cancel(*, series_id: int, driver: User, scope: Scope, day: date | None, now: datetime) -> Prepared:
    """Outside of any lock: what `cancel` needs to know. Raises NotFound, Invalid."""
    _require_day(scope, day)
    pattern = series.get(series_id, driver)
    return series_rides.prepare(pattern, series_pattern.roads_of(pattern), _of(pattern, scope, day, now), ())


def cancel(
    *, series_id: int, driver: User, scope: Scope, day: date | None, prepared: Prepared, now: datetime, note: str = ""
) -> OfferSeries:
    """No ride on that date (made already or not), none from that date on, or none at all; riders are told.

    Raises NotFound, PlanChanged.
    """
    pattern, rides = series_rides.lock(series_id, driver, prepared)
    if [ride.pk for ride in _of(pattern, scope, day, now)] != prepared.ids:
        raise PlanChanged
    if scope == Scope.THIS and day is not None:
        SeriesException.objects.get_or_create(series=pattern, date=day)
    else:
        today = recurrence.local_date(now, pattern.time_zone)
        first_without = today if scope == Scope.ALL or day is None else max(day, today)
        _end(pattern, first_without - DAY, today)
    series.changed(pattern, "ends_on", "state")
    series_rides.follow(pattern, rides, (), prepared, now, note)
    return pattern


def prepare_rest(*, series_id: int, ride_ids: Collection[int], fields: Collection[str], now: datetime) -> Prepared:
    """Outside of any lock: what `follow_rest` needs to know."""
    pattern = OfferSeries.objects.select_related("origin", "destination").get(pk=series_id)
    rides = list(series_pattern.upcoming(pattern, now).filter(pk__in=ride_ids))
    return series_rides.prepare(pattern, series_pattern.roads_of(pattern), rides, fields)


def follow_rest(*, series_id: int, fields: Collection[str], prepared: Prepared, now: datetime, note: str = "") -> None:
    """What one transaction could not tell of: the next rides. Raises PlanChanged."""
    driver = OfferSeries.objects.select_related("driver").get(pk=series_id).driver
    pattern, rides = series_rides.lock(series_id, driver, prepared)
    if (pattern.origin, pattern.destination) != prepared.roads.ends:
        raise PlanChanged
    series_rides.follow(pattern, rides, fields, prepared, now, note)


def _change_one(
    pattern: OfferSeries, rides: dict[int, RideOffer], edit: Edit, prepared: Prepared, now: datetime
) -> None:
    """The pattern is changed in memory only: what it would say is what that one ride follows, and then no more."""
    [ride_id] = prepared.now
    _apply(pattern, edit, prepared.roads)
    series_pattern.require_hours(pattern, prepared.roads)
    _keep_ends(prepared)
    rides[ride_id].apart = True
    series_rides.bring(pattern, rides, ride_id, tuple(edit), prepared, now)
    series.tell(pattern)


def _split(old: OfferSeries, rides: dict[int, RideOffer], day: date, now: datetime) -> OfferSeries:
    """End the series the day before, and let a new one go on from that day with the same rides, seats and riders."""
    new = OfferSeries.objects.select_related("vehicle", "driver").get(pk=old.pk)
    new.pk, new._state.adding = None, True
    new.starts_on, new.version, new.created_at = day, 0, now
    new.save()
    SeriesException.objects.filter(series=old, date__gte=day).update(series=new)
    RideOffer.objects.filter(series=old, local_date__gte=day).update(series=new)
    for ride in rides.values():
        if ride.series_id == old.pk:
            ride.series = new
    _split_standing(old, new, day)
    old.ends_on = day - DAY
    series.changed(old, "ends_on")
    return new


def _split_standing(old: OfferSeries, new: OfferSeries, day: date) -> None:
    """Who stands on the old series stands on the new one from that day on, and keeps what is booked there."""
    on_new = Q(offer__series=new) | Q(offer__return_of__series=new)
    going_on = Q(ends_on__isnull=True) | Q(ends_on__gte=day)
    for standing in StandingBooking.objects.filter(going_on, series=old, state=StandingBooking.State.ACTIVE):
        before = standing.pk
        standing.pk, standing._state.adding = None, True
        standing.series, standing.starts_on = new, max(standing.starts_on, day)
        standing.save()
        Booking.objects.filter(on_new, standing_id=before).update(standing=standing)
        StandingBooking.objects.filter(pk=before).update(ends_on=day - DAY)


def _end(pattern: OfferSeries, last_day: date, today: date) -> None:
    pattern.ends_on = max(min(last_day, pattern.ends_on or last_day), pattern.starts_on - DAY)
    if pattern.ends_on < max(today, pattern.starts_on):
        pattern.state = OfferSeries.State.ENDED
        jobs.end_standing_of(pattern.pk)


def _apply(pattern: OfferSeries, edit: Edit, roads: series_pattern.Roads) -> None:
    for name, wanted in edit.items():
        if name == "weekdays":
            pattern.weekdays = sorted(set(wanted))
        elif name in (*PATTERN, *HOURS):
            setattr(pattern, name, wanted)
        elif name not in ENDS:
            pattern.terms[name] = wanted
    pattern.origin, pattern.destination = roads.ends


def _keep_ends(prepared: Prepared) -> None:
    Place.objects.bulk_create(place for place in prepared.roads.ends if place.pk is None)


def _of(pattern: OfferSeries, scope: Scope, day: date | None, now: datetime) -> list[RideOffer]:
    """The ways out to come that somebody means."""
    rides = series_pattern.upcoming(pattern, now)
    if scope == Scope.THIS:
        rides = rides.filter(local_date=day)
    elif scope == Scope.FOLLOWING:
        rides = rides.filter(local_date__gte=day)
    return list(rides)


def _reached(pattern: OfferSeries, scope: Scope, day: date | None, now: datetime) -> list[RideOffer]:
    """As `_of`; raises NotFound when that one ride is not there."""
    rides = _of(pattern, scope, day, now)
    if scope == Scope.THIS and not rides:
        raise NotFound
    return rides


def _require_day(scope: Scope, day: date | None) -> None:
    if scope != Scope.ALL and day is None:
        raise Invalid(_("Please say which day you mean."))


def _require_editable(scope: Scope, edit: Edit) -> None:
    if not edit or not set(edit) <= EDITABLE:
        raise Invalid
    if scope == Scope.THIS and set(edit) & set(PATTERN):
        raise Invalid(_("One ride has no days of the week: choose this and the following ones, or all."))
