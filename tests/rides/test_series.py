"""A weekly ride has one ride a date, whoever makes them and however often."""

from datetime import date, datetime, time, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from rides import commands, streets, tasks
from rides.commands.execute import by_itself
from rides.models import OfferSeries, RideOffer
from rides.weekly import series, series_pattern
from tests.rides import weekly, world
from tests.rides.weekly import EVERY_DAY, FIVE_PM, MONDAY, SUNDAY, TUESDAY, WEDNESDAY, news_of

pytestmark = pytest.mark.django_db

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@pytest.fixture
def drives(dora):
    """Dora has a car with three seats."""
    return world.car(dora)


@pytest.fixture
def mondays(dora, drives, far_home, store):
    """Dora's Mondays, to the store at seven."""
    return weekly.begin(dora, far_home, store, weekdays=[MONDAY])


def test_the_rides_of_three_weeks_are_there_at_once(mondays):
    assert len(weekly.dates(mondays)) == 3
    assert all(day.weekday() == MONDAY for day in weekly.dates(mondays))
    assert {weekly.on_the_wall(ride)[-5:] for ride in weekly.rides(mondays)} == {"07:00"}


def test_making_them_again_makes_no_more(mondays):
    before = set(RideOffer.objects.values_list("pk", flat=True))
    for _ in range(2):
        assert weekly.make(mondays, weekly.noon(weekly.today())) == []
        OfferSeries.objects.update(made_until=None)  # as if nobody had noted how far they are made
    assert set(RideOffer.objects.values_list("pk", flat=True)) == before


def test_the_rides_share_the_two_places_of_their_series(mondays):
    ends = {(ride.stops.first().place_id, ride.stops.last().place_id) for ride in weekly.rides(mondays)}
    assert ends == {(mondays.origin_id, mondays.destination_id)}


@pytest.mark.parametrize(
    ("begins", "jump", "hours_utc"),
    [
        pytest.param(date(2026, 3, 23), date(2026, 3, 29), (6, 5), id="to summer time"),
        pytest.param(date(2026, 10, 19), date(2026, 10, 25), (5, 6), id="to winter time"),
    ],
)
def test_seven_stays_seven_across_a_change_of_the_clocks(dora, drives, far_home, store, begins, jump, hours_utc):
    """I12, in steps of a day as the job goes; half of the days come before the jump, half from it on."""
    one = weekly.kept(dora, far_home, store, now=weekly.noon(begins - DAY), starts_on=begins, returns_at=FIVE_PM)
    for days in range(14):
        weekly.make(one, weekly.noon(begins + days * DAY))
    made = list(weekly.rides(one))
    assert [weekly.on_the_wall(ride) for ride in made] == [
        f"{begins + number * DAY} 07:00" for number in range(len(made))
    ]
    assert len(made) > 30
    before, after = hours_utc
    assert {ride.departs_at.hour for ride in made if ride.local_date < jump} == {before}
    assert {ride.departs_at.hour for ride in made if ride.local_date >= jump} == {after}
    assert {weekly.on_the_wall(ride.way_back)[-5:] for ride in made} == {"17:00"}


@pytest.mark.parametrize(
    ("begins", "jump", "wall_time", "reads"),
    [
        pytest.param(date(2026, 3, 27), date(2026, 3, 29), time(2, 30), "03:30", id="an hour that is not there"),
        pytest.param(date(2026, 10, 23), date(2026, 10, 25), time(2, 30), "02:30", id="an hour that comes twice"),
    ],
)
def test_a_night_ride_is_there_once_in_the_night_of_the_jump(
    dora, drives, far_home, store, begins, jump, wall_time, reads
):
    one = weekly.kept(dora, far_home, store, now=weekly.noon(begins - DAY), starts_on=begins, leaves_at=wall_time)
    [that_night] = weekly.rides(one).filter(local_date=jump)
    assert weekly.on_the_wall(that_night) == f"{jump} {reads}"
    [next_night] = weekly.rides(one).filter(local_date=jump + DAY)
    assert weekly.on_the_wall(next_night) == f"{jump + DAY} {wall_time:%H:%M}"
    if reads == "02:30":  # the first of the two: the day after is 25 hours later
        assert next_night.departs_at - that_night.departs_at == timedelta(hours=25)


def test_a_full_year_has_one_ride_a_date(dora, drives, far_home, store):
    """The job runs once a week, and every third time it runs twice."""
    begins, ends = date(2026, 1, 1), date(2026, 12, 31)
    days = (MONDAY, WEDNESDAY, SUNDAY)
    one = weekly.kept(
        dora, far_home, store, now=weekly.noon(begins - DAY), weekdays=days, starts_on=begins, ends_on=ends
    )
    for week in range(53):
        for _ in range(2 if week % 3 == 0 else 1):
            weekly.make(one, weekly.noon(begins + week * WEEK))
    calendar = [begins + number * DAY for number in range(365)]
    assert weekly.dates(one) == [day for day in calendar if day.weekday() in days]
    assert {weekly.on_the_wall(ride) for ride in weekly.rides(one)} == {
        f"{day} 07:00" for day in calendar if day.weekday() in days
    }
    tasks.extend_series(0)  # by the clock of this machine that year may be over
    one.refresh_from_db()
    assert one.state == ("ended" if weekly.today() > ends else "active")


def test_the_database_has_the_last_word_on_one_ride_a_date(mondays):
    ride = weekly.rides(mondays).first()
    ride.pk = None
    with pytest.raises(IntegrityError, match="offer_once_a_day"), transaction.atomic():
        ride.save(force_insert=True)


def test_the_way_home_is_linked_and_there_once(dora, drives, far_home, store):
    one = weekly.begin(dora, far_home, store, weekdays=[MONDAY], returns_at=FIVE_PM)
    for way_out in weekly.rides(one):
        back = way_out.way_back
        assert weekly.on_the_wall(back) == f"{way_out.local_date} 17:00"
        assert back.stops.first().place_id == one.destination_id
        assert back.stops.last().place_id == one.origin_id
    weekly.make(one, weekly.noon(weekly.today() + WEEK))
    assert RideOffer.objects.filter(return_of__series=one).count() == weekly.rides(one).count() == 4
    back.pk = None
    with pytest.raises(IntegrityError, match="return_of"), transaction.atomic():
        back.save(force_insert=True)


def test_a_day_on_which_dora_drives_already_is_left_out_and_she_reads_so(dora, drives, far_home, store):
    busy = weekly.next_day(WEDNESDAY)
    leaves_at = datetime.combine(busy, time(7, 5), weekly.zone())
    if leaves_at < world.soon(0.1):
        leaves_at += WEEK
    world.publish(dora, far_home, store, departs_at=leaves_at.isoformat())
    one = weekly.begin(dora, far_home, store, weekdays=[MONDAY, WEDNESDAY])
    left_out = leaves_at.date()
    assert left_out not in weekly.dates(one)
    assert len(weekly.dates(one)) == 5
    assert [refs["date"] for refs in news_of(dora, "series", what="left_out")] == [left_out.isoformat()]
    assert commands.series.as_seen_by(dora, one)["left_out"] == [left_out]
    weekly.make(one, weekly.noon(weekly.today() + DAY))
    assert len(news_of(dora, "series", what="left_out")) == 1  # told once


def test_a_holiday_that_was_named_before_its_ride_was_made_has_none(dora, mondays):
    last = weekly.dates(mondays)[-1]
    holiday = last + WEEK
    assert weekly.skip(dora, mondays, holiday).ok
    weekly.make(mondays, weekly.noon(last))
    assert holiday not in weekly.dates(mondays)
    assert holiday + WEEK in weekly.dates(mondays)


def test_a_day_that_is_skipped_is_called_off_and_its_rider_is_told(dora, bo, mondays, far_home, store):
    ride = weekly.rides(mondays)[1]
    asked = world.book(bo, ride, world.near(far_home, 200, 0), store)
    answer = weekly.skip(dora, mondays, ride.local_date, note="on holiday")
    assert answer.data["exceptions"] == [ride.local_date.isoformat()]
    ended = ride.bookings.get(pk=asked.data["id"])
    assert (ended.state, ended.reason, ended.reason_note) == ("CANCELLED", "offer_cancelled", "on holiday")
    assert len(weekly.dates(mondays)) == 2
    OfferSeries.objects.update(made_until=None)
    assert weekly.make(mondays, weekly.noon(weekly.today())) == []
    world.require_books_balance()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"starts_on": date(2020, 1, 6), "ends_on": date(2020, 2, 3)}, "invalid"),
        ({"starts_on": date(2031, 1, 7), "ends_on": date(2031, 1, 12)}, "invalid"),
        ({"returns_at": time(7, 1)}, "invalid"),
        ({"returns_at": time(6)}, "invalid"),
        ({"seats": 8}, "invalid"),
    ],
    ids=["is over", "has no day", "back before there", "back before it leaves", "more seats than the car has"],
)
def test_a_pattern_without_sense_is_refused_as_a_whole(dora, drives, far_home, store, fields, code):
    from rides.serializers.series import SeriesIn

    body = {"origin": far_home, "destination": store, "weekdays": [MONDAY], "leaves_at": time(7)}
    sent = world.valid(SeriesIn, body | {"starts_on": weekly.today() + DAY} | fields)
    answer = commands.begin_series(dora, sent)
    assert (answer.status, answer.data["code"]) == (400, code)
    assert not OfferSeries.objects.exists()


def test_a_series_that_cannot_be_made_holds_up_no_other_and_its_driver_reads_so(dora, bo, drives, far_home, store):
    """Dora sold the seats of her car; Bo's rides are made all the same."""
    broken = weekly.kept(dora, far_home, store, now=weekly.noon(weekly.today() - 2 * WEEK))
    world.car(bo)
    whole = weekly.kept(bo, far_home, store, now=weekly.noon(weekly.today() - 2 * WEEK))
    drives.configurations.all().delete()
    made = [weekly.rides(one).count() for one in (broken, whole)]
    tasks.extend_series(0)
    assert [weekly.rides(one).count() - before for one, before in zip((broken, whole), made, strict=True)] == [0, 14]
    left_out = news_of(dora, "series", what="left_out")
    assert [refs["code"] for refs in left_out] == ["invalid"] * 14
    tasks.extend_series(0)
    assert news_of(dora, "series", what="left_out") == left_out  # told once a day that is left out


def test_a_series_whose_last_day_has_passed_ends(dora, drives, far_home, store):
    then = weekly.today() - 3 * WEEK
    one = weekly.kept(dora, far_home, store, now=weekly.noon(then), ends_on=then + WEEK)
    tasks.extend_series(0)
    one.refresh_from_db()
    assert one.state == "ended"
    assert weekly.make(one, weekly.noon(weekly.today())) == []


def test_todays_ride_is_not_made_when_its_hour_has_passed(dora, drives, far_home, store):
    today = date(2026, 6, 1)
    one = weekly.kept(dora, far_home, store, now=weekly.noon(today), weekdays=EVERY_DAY, starts_on=today)
    assert weekly.dates(one)[0] == today + DAY


def test_nobody_keeps_a_series_with_someone_elses_car(dora, bo, drives, far_home, store):
    world.car(bo)
    with pytest.raises(series.NotFound):
        by_itself(
            partial(
                series.begin,
                driver=bo,
                vehicle=drives,
                roads=series_pattern.look_up(*(streets.place_from(place) for place in (far_home, store))),
                pattern=series.Pattern((TUESDAY,), time(7), weekly.today()),
                terms={},
                now=weekly.noon(weekly.today()),
            )
        )
