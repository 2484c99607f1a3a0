"""Dora's weekly rides: at seven from the village to the store, home again at five in the afternoon."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from accounts.models import User
from realtime.models import Event
from rides import commands, streets
from rides.commands.execute import by_itself
from rides.models import OfferSeries, RideOffer, StandingBooking
from rides.serializers.series import SeriesCancelIn, SeriesChangeIn, SeriesIn, SkipIn
from rides.serializers.standing import StandingIn
from rides.weekly import series, series_pattern
from tests.rides import world

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
EVERY_DAY = tuple(range(7))
SEVEN, FIVE_PM = time(7), time(17)


def zone() -> ZoneInfo:
    """The clock on the valley's church."""
    return ZoneInfo(streets.the_region().manifest.time_zone)


def noon(day: date) -> datetime:
    """An instant in the middle of that day, UTC."""
    return datetime.combine(day, time(12), UTC)


def today() -> date:
    """The date in the valley."""
    return datetime.now(zone()).date()


def next_day(weekday: int, after: date | None = None) -> date:
    """The next such day of the week, later than `after` (today)."""
    day = (after or today()) + timedelta(days=1)
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def begin(driver: User, origin: Any, destination: Any, **fields: Any) -> OfferSeries:
    """A weekly ride through the command that people use: Mondays and Wednesdays at seven, from tomorrow on."""
    starts_on = today() + timedelta(days=1)
    body = {"origin": origin, "destination": destination, "weekdays": [MONDAY, WEDNESDAY], "leaves_at": SEVEN}
    sent = world.valid(SeriesIn, body | {"starts_on": starts_on, "max_detour_s": 1800} | fields)
    answer = commands.begin_series(driver, sent)
    assert answer.ok, answer.data
    return OfferSeries.objects.get(pk=answer.data["id"])


def kept(driver: User, origin: Any, destination: Any, *, now: datetime, **fields: Any) -> OfferSeries:
    """A weekly ride kept at another `now`: every day at seven."""
    pattern = {"weekdays": EVERY_DAY, "leaves_at": SEVEN, "starts_on": now.date()} | fields
    terms = {"flexibility_s": 600, "max_detour_s": 1800, "max_detour_m": 10_000, "cents_per_km": 8}
    roads = series_pattern.look_up(streets.place_from(origin), streets.place_from(destination))
    return by_itself(
        partial(
            series.begin,
            driver=driver,
            vehicle=driver.vehicles.get(),
            roads=roads,
            pattern=series.Pattern(**pattern),
            terms=terms,
            now=now,
        )
    )


def make(one: OfferSeries, now: datetime, **fields: Any) -> list[RideOffer]:
    """What the daily job does for one series, at that `now`."""
    roads = series_pattern.roads_of(OfferSeries.objects.get(pk=one.pk))
    return by_itself(partial(series.make_instances, series_id=one.pk, roads=roads, now=now, **fields))


def rides(one: OfferSeries) -> QuerySet[RideOffer]:
    """The ways out that are to take place, first to last."""
    return RideOffer.objects.filter(series=one, state="published").order_by("local_date")


def dates(one: OfferSeries) -> list[date]:
    """On which days."""
    return [ride.local_date for ride in rides(one)]


def on_the_wall(ride: RideOffer) -> str:
    """When it leaves, as people read it: "2026-03-29 07:00"."""
    return f"{ride.departs_at.astimezone(zone()):%Y-%m-%d %H:%M}"


def change(driver: User, one: OfferSeries, scope: str, day: date | None = None, **changes: Any) -> commands.Answer:
    body = {"scope": scope, "changes": changes} | ({"date": day} if day else {})
    return commands.change_series(driver, one.pk, world.valid(SeriesChangeIn, body))


def cancel(driver: User, one: OfferSeries, scope: str, day: date | None = None) -> commands.Answer:
    body = {"scope": scope} | ({"date": day} if day else {})
    return commands.cancel_series(driver, one.pk, world.valid(SeriesCancelIn, body))


def stand(rider: User, one: OfferSeries, origin: Any, destination: Any, **fields: Any) -> commands.Answer:
    """A standing booking, before any worker has seen to it."""
    sent = world.valid(StandingIn, {"origin": origin, "destination": destination} | fields)
    return commands.take_standing(rider, sent | {"series": one.pk})


def skip(driver: User, one: OfferSeries, day: date, **fields: Any) -> commands.Answer:
    return commands.skip_day(driver, one.pk, world.valid(SkipIn, {"date": day} | fields))


def attend(one: OfferSeries) -> None:
    """What the worker does for the rides of a series, ways out and ways back."""
    for offer in RideOffer.objects.filter(series=one) | RideOffer.objects.filter(return_of__series=one):
        commands.standing.attend(offer.pk)


def standing(answer: commands.Answer) -> StandingBooking:
    assert answer.ok, answer.data
    return StandingBooking.objects.get(pk=answer.data["id"])


def news_of(person: User, kind: str, **wanted: Any) -> list[dict[str, Any]]:
    """What stands in somebody's stream of that kind, with these references; oldest first."""
    events = Event.objects.filter(stream_id=person.pk, kind=kind).order_by("seq")
    return [event.refs for event in events if all(event.refs.get(name) == one for name, one in wanted.items())]
