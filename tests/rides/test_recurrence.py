"""Days of the week and hours on the wall, also where clocks jump."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rides.weekly.recurrence import dates, instant, local_date

PARIS, LORD_HOWE, KOLKATA, NUUK = "Europe/Paris", "Australia/Lord_Howe", "Asia/Kolkata", "America/Nuuk"
MONDAY, TUESDAY, SUNDAY = 0, 1, 6
AUTUMN = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def on_valley_streets():
    """No streets here, only the calendar."""


def days(*weekdays, starts_on=AUTUMN, ends_on=None, exceptions=(), after=date.min, until=date(2026, 9, 30)):
    found = dates(
        weekdays=weekdays, starts_on=starts_on, ends_on=ends_on, exceptions=exceptions, after=after, until=until
    )
    return [day.day for day in found]


@pytest.mark.parametrize(
    ("zone", "day", "wall_time", "utc"),
    [
        pytest.param(PARIS, "2026-03-28", "07:30", "2026-03-28T06:30", id="Paris in winter"),
        pytest.param(PARIS, "2026-03-30", "07:30", "2026-03-30T05:30", id="Paris in summer: 7:30 stays 7:30"),
        pytest.param(PARIS, "2026-03-29", "02:30", "2026-03-29T01:30", id="an hour that is not there: 3:30"),
        pytest.param(PARIS, "2026-03-29", "02:00", "2026-03-29T01:00", id="the first minute that is not there: 3:00"),
        pytest.param(PARIS, "2026-03-29", "01:59", "2026-03-29T00:59", id="the last minute before"),
        pytest.param(PARIS, "2026-10-25", "02:30", "2026-10-25T00:30", id="an hour that comes twice: the first"),
        pytest.param(PARIS, "2026-10-25", "03:00", "2026-10-25T02:00", id="the first minute that comes once"),
        pytest.param(LORD_HOWE, "2026-10-04", "02:10", "2026-10-03T15:40", id="half an hour that is not there: 2:40"),
        pytest.param(LORD_HOWE, "2026-04-05", "01:45", "2026-04-04T14:45", id="half an hour that comes twice"),
        pytest.param(KOLKATA, "2026-03-29", "02:30", "2026-03-28T21:00", id="clocks that never jump, off by 5:30"),
        pytest.param(NUUK, "2026-03-28", "23:30", "2026-03-29T01:30", id="a jump over midnight: 0:30 of the next date"),
    ],
)
def test_the_hour_on_the_wall_is_the_right_instant(zone, day, wall_time, utc):
    found = instant(date=date.fromisoformat(day), wall_time=time.fromisoformat(wall_time), zone=zone)
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert found.utcoffset() == timedelta(0)


def test_a_wall_time_that_says_it_is_the_second_one_is_still_the_first():
    twice = time(2, 30, fold=1)
    assert instant(date=date(2026, 10, 25), wall_time=twice, zone=PARIS) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 23), ("2026-06-01", 24), ("2026-10-24", 25)])
def test_from_one_morning_to_the_next_is_not_always_a_day(day, hours):
    """Control: adding 24 hours to the last ride would drift."""
    today = date.fromisoformat(day)
    first, second = (instant(date=one, wall_time=time(7, 30), zone=PARIS) for one in (today, today + timedelta(days=1)))
    assert second - first == timedelta(hours=hours)


@given(
    day=st.dates(date(2020, 1, 1), date(2037, 12, 31)),
    wall_time=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=st.sampled_from([PARIS, LORD_HOWE, KOLKATA, "America/New_York", "America/Havana", "Africa/Cairo"]),
)
def test_there_and_back_is_the_same_date_and_hour(day, wall_time, zone):
    """Or, in a gap, later by the gap."""
    at = instant(date=day, wall_time=wall_time, zone=zone)
    there = at.astimezone(ZoneInfo(zone))
    assert local_date(at, zone) == day
    later = datetime.combine(day, there.time()) - datetime.combine(day, wall_time)
    before = (at - timedelta(hours=2)).astimezone(ZoneInfo(zone)).utcoffset()
    assert later == timedelta(0) or later == there.utcoffset() - before > timedelta(0)


@given(
    weekdays=st.sets(st.integers(0, 6)),
    starts_on=st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    length=st.none() | st.integers(0, 400),
    exceptions=st.sets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=20),
    cuts=st.lists(st.dates(date(2026, 1, 1), date(2027, 12, 31)), min_size=2, max_size=8),
)
def test_each_day_comes_once_however_often_one_looks_ahead(weekdays, starts_on, length, exceptions, cuts):
    """Looking from horizon to horizon finds what one look finds, and that is what a plain calendar says."""
    pattern = {
        "weekdays": weekdays,
        "starts_on": starts_on,
        "ends_on": None if length is None else starts_on + timedelta(days=length),
        "exceptions": exceptions,
    }
    cuts.sort()
    steps = [dates(**pattern, after=one, until=two) for one, two in pairwise(cuts)]
    by_steps = [day for step in steps for day in step]
    calendar = (cuts[0] + timedelta(days=number) for number in range(1, (cuts[-1] - cuts[0]).days + 1))
    assert by_steps == [
        day
        for day in calendar
        if day >= starts_on
        and (pattern["ends_on"] is None or day <= pattern["ends_on"])
        and day.weekday() in weekdays
        and day not in exceptions
    ]


def test_mondays_and_tuesdays_of_a_month():
    assert days(MONDAY, TUESDAY) == [1, 7, 8, 14, 15, 21, 22, 28, 29]


def test_the_first_and_the_last_day_belong_to_it():
    assert days(TUESDAY, starts_on=date(2026, 9, 8), ends_on=date(2026, 9, 22)) == [8, 15, 22]


def test_a_holiday_is_left_out():
    assert days(SUNDAY, exceptions={date(2026, 9, 13)}) == [6, 20, 27]


def test_a_look_begins_after_the_last_one():
    assert days(SUNDAY, after=date(2026, 9, 13), until=date(2026, 9, 20)) == [20]


def test_a_pattern_that_ended_before_it_began_has_no_day():
    assert days(TUESDAY, ends_on=AUTUMN - timedelta(days=1)) == []
