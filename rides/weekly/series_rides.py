"""Rides that were made from a pattern already, brought in line with it: moved, changed, called off; riders are told.

As many at once as one transaction may tell of (`MAX_PEOPLE`), the rest by a job. What the job writes is what the
pattern says by then, so that of two changes the later one stands, in whatever order their jobs run.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from realtime.streams import MAX_PEOPLE
from rides import jobs, streets
from rides.bookings import diary
from rides.driving import offer_changes, offers
from rides.driving.offer_changes import Changes, Relaid
from rides.errors import PlanChanged, RideError
from rides.locks import lock_people
from rides.models import Booking, OfferSeries, RideOffer, WaitingEntry
from rides.weekly import series, series_pattern
from rides.weekly.series_pattern import Roads

ENDS = ("origin", "destination")
SEATS = ("seats", "already_aboard")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rides (ways out, by id) to bring in line at once, and later; the series' roads; their own, when its ends move."""

    roads: Roads
    now: tuple[int, ...]
    later: tuple[int, ...]
    relaid: Mapping[int, Relaid | None]

    @property
    def ids(self) -> list[int]:
        return [*self.now, *self.later]


def prepare(pattern: OfferSeries, roads: Roads, rides: list[RideOffer], fields: Collection[str]) -> Prepared:
    """Outside of any lock: the roads, with `pattern` as it will be. A graph search. Raises OutsideRegion."""
    first = _as_many_as_can_be_told(rides)
    relaid = {}
    if moves(fields):
        for ride in rides[:first]:
            relaid[ride.pk] = offer_changes.prepare(ride, Changes(**_ends(pattern, fields)))
        for back in RideOffer.objects.filter(return_of__in=rides[:first]):
            relaid[back.pk] = offer_changes.prepare(back, Changes(**_ends(pattern, fields, back=True)))
    ids = [ride.pk for ride in rides]
    return Prepared(roads, tuple(ids[:first]), tuple(ids[first:]), relaid)


def lock(series_id: int, driver: User, prepared: Prepared) -> tuple[OfferSeries, dict[int, RideOffer]]:
    """The series and its rides (both ways), with everybody aboard, in the one order. Raises NotFound, PlanChanged."""
    back_ids = RideOffer.objects.filter(return_of__in=prepared.now, state=RideOffer.State.PUBLISHED)
    ids = [*prepared.now, *back_ids.values_list("pk", flat=True)]
    if ids:
        rides = offers.lock_with_riders(ids[0], driver, *ids[1:])
    else:
        lock_people(driver.pk)
        rides = {}
    return series.get(series_id, driver), rides


def follow(
    pattern: OfferSeries,
    rides: dict[int, RideOffer],
    fields: Collection[str],
    prepared: Prepared,
    now: datetime,
    note: str = "",
) -> None:
    """Bring the locked rides in line as far as `fields` go, then make what is missing; the rest is a job's.

    A ride that cannot follow (seats in use, another ride to drive at the new hour) stays as it is, apart from the
    series, and the driver is told so.
    """
    for ride_id in prepared.now:
        ride = rides[ride_id]
        if ride.state != RideOffer.State.PUBLISHED or ride.series_id != pattern.pk or ride.local_date is None:
            continue
        if not series_pattern.has(pattern, ride.local_date, on_any_weekday=ride.apart):
            _call_off(rides, ride_id, now, note)
        elif fields and not ride.apart:
            try:
                with transaction.atomic():
                    bring(pattern, rides, ride_id, fields, prepared, now)
            except PlanChanged:
                raise
            except RideError as error:
                RideOffer.objects.filter(pk=ride_id).update(apart=True)
                series.tell(pattern, what="kept", date=ride.local_date.isoformat(), code=error.code)
    if prepared.later:
        jobs.follow_series(pattern.pk, prepared.later, fields, note)
    else:
        series.make(pattern, prepared.roads, now)


def bring(
    pattern: OfferSeries,
    rides: dict[int, RideOffer],
    ride_id: int,
    fields: Collection[str],
    prepared: Prepared,
    now: datetime,
) -> None:
    """One day's way out and way back, as the pattern says.

    Raises AlreadyDriving, AlreadyRiding, SeatsInUse, InThePast, PlanChanged.
    """
    out, back = rides[ride_id], _way_back(rides, ride_id)
    assert out.local_date is not None
    leaves_at, returns_at = series_pattern.hours(pattern, out.local_date, prepared.roads)
    hours = {name: at for name, at in (("leaves_at", leaves_at), ("returns_at", returns_at)) if name in fields}
    if back and returns_at is None:
        offers.call_off(back, now, "")
        back = None
    trips = [(out, Changes(departs_at=hours.get("leaves_at"), **_terms(pattern, fields), **_ends(pattern, fields)))]
    if back and (out.apart or not back.apart):
        ends = _ends(pattern, fields, back=True)
        trips.append((back, Changes(departs_at=hours.get("returns_at"), **_terms(pattern, fields), **ends)))
    _require_day_free(trips, prepared.relaid)
    if leaves_at > out.departs_at:  # the later ride makes room first
        trips.reverse()
    for ride, changes in trips:
        offer_changes.change(ride, changes=changes, relaid=prepared.relaid.get(ride.pk), now=now)
    if returns_at and back is None and "returns_at" in fields:
        series.make_way_back(pattern, out, returns_at, prepared.roads)


def moves(fields: Collection[str]) -> bool:
    """Whether the rides go elsewhere."""
    return bool(set(ENDS) & set(fields))


def _require_day_free(trips: list[tuple[RideOffer, Changes]], relaid: Mapping[int, Relaid | None]) -> None:
    """Before anything is written and anybody told. Raises AlreadyDriving, AlreadyRiding."""
    mine = tuple(ride.pk for ride, _changes in trips)
    before_ends_at = None
    for ride, changes in trips:
        starts_at, ends_at = _span(ride, changes, relaid.get(ride.pk))
        if changes.departs_at or changes.moves:
            diary.require_free(ride.driver_id, starts_at, ends_at, but_offers=mine)
        if before_ends_at and starts_at < before_ends_at:
            raise diary.AlreadyDriving
        before_ends_at = ends_at


def _span(ride: RideOffer, changes: Changes, relaid: Relaid | None) -> tuple[datetime, datetime]:
    """From its start to its end, as changed."""
    starts_at = changes.departs_at or ride.departs_at
    stops = list(ride.stops.order_by("sequence"))
    if relaid is None:
        return starts_at, stops[-1].planned_at + (starts_at - ride.departs_at)
    driven_s = sum(duration_s for duration_s, _m in relaid.roads)
    return starts_at, starts_at + timedelta(seconds=driven_s + sum(stop.dwell_s for stop in stops[:-1]))


def _call_off(rides: dict[int, RideOffer], ride_id: int, now: datetime, note: str) -> None:
    """Both ways. The date is free for another ride of the series, should the pattern have it again."""
    for ride in (rides[ride_id], _way_back(rides, ride_id)):
        if ride and ride.state == RideOffer.State.PUBLISHED:
            offers.call_off(ride, now, note)
    RideOffer.objects.filter(pk=ride_id).update(series=None)


def _way_back(rides: dict[int, RideOffer], ride_id: int) -> RideOffer | None:
    return next((ride for ride in rides.values() if ride.return_of_id == ride_id), None)


def _terms(pattern: OfferSeries, fields: Collection[str]) -> dict[str, Any]:
    terms = {name: pattern.terms[name] for name in offer_changes.PLAIN if name in fields}
    if set(SEATS) & set(fields):
        aboard = pattern.terms.get("already_aboard", 0)
        ways = offers.offered(pattern.vehicle, pattern.terms.get("seats"), aboard)
        terms |= {"already_aboard": aboard, "seats": max(way["seats"] for way in ways)}
    return terms


def _ends(pattern: OfferSeries, fields: Collection[str], *, back: bool = False) -> dict[str, Any]:
    if not moves(fields):
        return {}
    ends = [streets.exact(pattern.origin), streets.exact(pattern.destination)]
    return dict(zip(ENDS, ends[::-1] if back else ends, strict=True))


def _as_many_as_can_be_told(rides: list[RideOffer]) -> int:
    """How many of the rides, from the first on, have so few people together that one transaction can tell them all."""
    people_of: dict[int, set[int]] = {ride.pk: {ride.driver_id} for ride in rides}
    of_them = Q(offer__in=people_of) | Q(offer__return_of__in=people_of)
    riders = Booking.objects.filter(of_them, state__in=Booking.HOLDS)
    waiting = WaitingEntry.objects.filter(of_them, state=WaitingEntry.State.WAITING)
    for found, name in ((riders, "rider_id"), (waiting, "request__rider_id")):
        for offer_id, out_id, person_id in found.values_list("offer_id", "offer__return_of_id", name):
            people_of[out_id if out_id in people_of else offer_id].add(person_id)
    told: set[int] = set()
    for number, ride in enumerate(rides):
        told |= people_of[ride.pk]
        if number and len(told) > MAX_PEOPLE:
            return number
    return len(rides)
