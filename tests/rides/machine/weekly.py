"""Rides that come again every week, made ahead by a job; a day is left out."""

from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from rides import streets
from rides.models import OfferSeries, RideOffer
from rides.weekly import series, series_changes, series_pattern
from tests.rides.machine.books import CONFIRMED, HELD, WAITING, Row
from tests.rides.machine.player import ANY, WITH_A_CAR, Player, one_of
from tests.rides.machine.stage import CARS, doors

DAY = timedelta(days=1)
HORIZON = 21


class Weekly(Player):
    """Rules of `rides.weekly.series` and `rides.weekly.series_changes`."""

    def __init__(self) -> None:
        super().__init__()
        self.series: dict[int, Row] = {}

    @rule(driver=WITH_A_CAR, weekday=st.integers(0, 6), hour=st.integers(7, 9), automatic=st.booleans())
    def drives_every_week(self, driver: int, weekday: int, hour: int, automatic: bool) -> None:
        person = self.person(driver)
        roads = series_pattern.look_up(doors()[0], doors()[-1])
        pattern = series.Pattern(weekdays=(weekday,), leaves_at=time(hour), starts_on=self._today())
        terms = {"flexibility_s": 600, "max_detour_s": 3600, "max_detour_m": 60_000, "cents_per_km": 10}
        begin = partial(
            series.begin, driver=person, vehicle=self.stage.cars[person.pk], roads=roads, pattern=pattern,
            terms=terms | {"automatic": automatic}, now=self.now(),
        )  # fmt: skip
        if made := self.step(None, begin):
            row: Row = {
                "id": made.pk, "driver": person.pk, "weekday": weekday, "hour": hour, "automatic": automatic,
                "until": date.min, "not_on": set(), "seconds": roads.out[0],
            }  # fmt: skip
            self.series[made.pk] = row
            self._make(row, HORIZON)

    @precondition(lambda self: self.series)
    @rule(number=ANY, horizon=st.sampled_from([HORIZON, HORIZON, 35]))
    def a_job_makes_the_rides_of_the_next_weeks(self, number: int, horizon: int) -> None:
        """Once, or again."""
        row = one_of(list(self.series.values()), number)
        roads = series_pattern.roads_of(OfferSeries.objects.select_related("origin", "destination").get(pk=row["id"]))
        make = partial(series.make_instances, series_id=row["id"], roads=roads, now=self.now())
        made = self.step(None, lambda: make(horizon=timedelta(days=horizon)))
        assert len(made) == self._make(row, horizon)

    @precondition(lambda self: self.series)
    @rule(number=ANY, weeks=st.integers(0, 4))
    def leaves_out_a_day(self, number: int, weeks: int) -> None:
        row = one_of(list(self.series.values()), number)
        day = self._today() + timedelta(days=(row["weekday"] - self._today().weekday()) % 7 + 7 * weeks)
        named: Any = {
            "series_id": row["id"], "driver": self.user(row["driver"]), "scope": series_changes.Scope.THIS, "day": day,
            "now": self.now(),
        }  # fmt: skip
        prepared = series_changes.prepare_cancel(**named)
        if not self.step(None, lambda: series_changes.cancel(prepared=prepared, **named)):
            return
        row["not_on"].add(day)
        for offer in self.rides_of(row["id"]):
            to_come = offer["state"] == "published" and self.books.departs(offer["id"]) > self.books.now
            if offer["day"] == day and to_come:
                self.books.leaves(offer["id"], "cancelled", "offer_cancelled", (WAITING, HELD, CONFIRMED))
                offer["series"] = None
        self._make(row, HORIZON)

    def _today(self) -> date:
        return self.now().astimezone(ZoneInfo(streets.the_region().manifest.time_zone)).date()

    def rides_of(self, series_id: int) -> list[Row]:
        return [offer for offer in self.books.offers.values() if offer.get("series") == series_id]

    def _make(self, row: Row, horizon: int) -> int:
        """What the job makes; a day on which its driver is busy is left out."""
        today, made = self._today(), 0
        zone = ZoneInfo(streets.the_region().manifest.time_zone)
        there = {offer["day"] for offer in self.rides_of(row["id"])}
        day = max(today - DAY, row["until"]) + DAY
        while day <= today + timedelta(days=horizon):
            at = int(datetime.combine(day, time(row["hour"]), zone).timestamp())
            wanted = day.weekday() == row["weekday"] and day not in row["not_on"] and day not in there
            if wanted and at > self.books.now and not self.books.busy(row["driver"], at, at + row["seconds"]):
                self._write(row, day, at)
                made += 1
            day += DAY
        row["until"] = max(today + timedelta(days=horizon), row["until"])
        return made

    def _write(self, row: Row, day: date, at: int) -> None:
        offer = RideOffer.objects.get(series=row["id"], local_date=day)
        stops = list(offer.stops.order_by("sequence").values_list("pk", flat=True))
        points = [streets.public(streets.place_row(door)) for door in (doors()[0], doors()[-1])]
        self.books.offers[offer.pk] = {
            "id": offer.pk, "driver": row["driver"], "state": "published", "plan": 0, "back": False, "day": day,
            "automatic": row["automatic"], "flexibility_s": 600, "reserved": None, "max_detour_s": 3600,
            "open_ended": False, "return_of": None, "aboard": 0, "series": row["id"],
            "ways": CARS[self.user(row["driver"]).first_name],
            "line": [
                {"id": stop, "at": hour, "dwell": 0, "point": point}
                for stop, hour, point in zip(stops, (at, at + row["seconds"]), points, strict=True)
            ],
        }  # fmt: skip
