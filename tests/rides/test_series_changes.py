"""One change for this ride, this and the following ones, or all; whoever has booked is told, and seats survive."""

from datetime import time, timedelta

import pytest

from rides import commands, tasks
from rides.driving import offers
from rides.models import Booking, OfferSeries, RideOffer
from rides.weekly import series_rides
from tests.rides import weekly, world
from tests.rides.weekly import FIVE_PM, FRIDAY, MONDAY, TUESDAY, WEDNESDAY, news_of

pytestmark = pytest.mark.django_db

DAY, WEEK = timedelta(days=1), timedelta(days=7)
EIGHT = time(8)


@pytest.fixture
def series(dora, far_home, store):
    """Dora's Mondays and Wednesdays, to the store at seven."""
    world.car(dora)
    return weekly.begin(dora, far_home, store)


@pytest.fixture
def door(far_home):
    return world.near(far_home, 200, 0)


@pytest.fixture
def booked(series, bo, dora, door, store):
    """Bo's confirmed seats on all six rides, by ride."""
    return {ride.pk: seat(bo, dora, ride, door, store) for ride in weekly.rides(series)}


def seat(rider, driver, ride, door, store) -> int:
    booking_id = world.book(rider, ride, door, store).data["id"]
    assert commands.accept_booking(driver, booking_id).ok
    return booking_id


def hours(series):
    """The hours on the wall of the rides to come, first to last."""
    return [weekly.on_the_wall(ride)[-5:] for ride in weekly.rides(series)]


def test_this_one_changes_alone_and_follows_no_more(series, dora):
    second = weekly.dates(series)[1]
    assert weekly.change(dora, series, "this", second, leaves_at=EIGHT, note="later today").ok
    assert hours(series) == ["07:00", "08:00", *["07:00"] * 4]
    series.refresh_from_db()
    assert (series.leaves_at, series.terms["note"]) == (time(7), "")

    assert weekly.change(dora, series, "all", leaves_at=time(6)).ok
    assert hours(series) == ["06:00", "08:00", *["06:00"] * 4]


def test_a_ride_that_its_driver_changes_by_itself_follows_no_more(series, dora):
    first = weekly.rides(series).first()
    assert commands.change_offer(dora, first.pk, {"note": "with the trailer"}).ok
    weekly.change(dora, series, "all", note="as ever")
    assert [ride.note for ride in weekly.rides(series)] == ["with the trailer", *["as ever"] * 5]


def test_all_moves_every_ride_and_keeps_who_has_booked(series, dora, bo, booked):
    heard = len(news_of(bo, "booking"))
    assert weekly.change(dora, series, "all", leaves_at=EIGHT).ok
    assert hours(series) == ["08:00"] * 6
    assert {ride.pk for ride in weekly.rides(series)} == set(booked)
    for ride_id, booking_id in booked.items():
        booking = Booking.objects.get(pk=booking_id)
        assert (booking.offer_id, booking.state, booking.may_leave_freely) == (ride_id, "CONFIRMED", True)
        assert booking.pickup_at == booking.pickup.planned_at
    assert len(news_of(bo, "booking")) == heard + 6
    world.require_books_balance()


def test_a_few_minutes_are_within_what_riders_agreed_to(series, dora, booked):
    weekly.change(dora, series, "all", leaves_at=time(7, 8))
    assert not Booking.objects.filter(may_leave_freely=True).exists()


def test_this_and_the_following_ones_go_on_as_a_series_of_their_own(series, dora, booked):
    """The hour changes in the middle; ids, seats and riders are the same afterwards."""
    before, from_on = weekly.dates(series)[:2], weekly.dates(series)[2]
    answer = weekly.change(dora, series, "following", from_on, leaves_at=EIGHT, cents_per_km=5)
    later = OfferSeries.objects.get(pk=answer.data["id"])
    series.refresh_from_db()
    assert (weekly.dates(series), hours(series)) == (before, ["07:00"] * 2)
    assert (series.ends_on, later.starts_on) == (from_on - DAY, from_on)
    assert (hours(later), {ride.cents_per_km for ride in weekly.rides(later)}) == (["08:00"] * 4, {5})
    assert {ride.pk for ride in (*weekly.rides(series), *weekly.rides(later))} == set(booked)
    assert Booking.objects.filter(state="CONFIRMED").count() == 6
    assert Booking.objects.filter(may_leave_freely=True).count() == 4

    for one in (series, later):  # both go on being made, and no date twice
        weekly.make(one, weekly.noon(weekly.today() + 2 * WEEK))
    assert weekly.dates(series) == before
    every = sorted(weekly.dates(series) + weekly.dates(later))
    assert len(every) == len(set(every)) == 10


def test_following_from_the_first_day_on_is_all(series, dora):
    answer = weekly.change(dora, series, "following", weekly.dates(series)[0], leaves_at=EIGHT)
    assert answer.data["id"] == series.pk
    assert hours(series) == ["08:00"] * 6


def test_a_weekday_that_goes_takes_its_rides_and_one_that_comes_makes_them(series, dora, bo, booked):
    mondays = [day for day in weekly.dates(series) if day.weekday() == MONDAY]
    assert weekly.change(dora, series, "all", weekdays=[WEDNESDAY, FRIDAY]).ok
    assert {day.weekday() for day in weekly.dates(series)} == {WEDNESDAY, FRIDAY}
    assert len(weekly.dates(series)) == 6
    gone = Booking.objects.filter(state="CANCELLED", reason="offer_cancelled")
    assert sorted(booking.offer.local_date for booking in gone) == mondays
    assert all(news_of(bo, "booking", booking=booking.pk) for booking in gone)

    assert weekly.change(dora, series, "all", weekdays=[MONDAY, WEDNESDAY]).ok
    assert [day for day in weekly.dates(series) if day.weekday() == MONDAY] == mondays
    world.require_books_balance()


def test_a_way_home_comes_moves_and_goes(series, dora):
    def backs():
        found = RideOffer.objects.filter(return_of__series=series, state="published").order_by("departs_at")
        return [weekly.on_the_wall(back)[-5:] for back in found]

    assert weekly.change(dora, series, "all", returns_at=FIVE_PM).ok
    assert backs() == ["17:00"] * 6
    assert weekly.change(dora, series, "this", weekly.dates(series)[0], returns_at=time(16)).ok
    assert backs() == ["16:00", *["17:00"] * 5]
    assert weekly.change(dora, series, "all", leaves_at=time(17, 30), returns_at=time(20)).ok
    assert (hours(series), backs()) == (["07:00", *["17:30"] * 5], ["16:00", *["20:00"] * 5])
    assert weekly.change(dora, series, "all", leaves_at=time(5), returns_at=time(7)).ok
    assert backs() == ["16:00", *["07:00"] * 5]
    assert weekly.change(dora, series, "all", returns_at=None).ok
    assert backs() == ["16:00"]


def test_another_destination_moves_the_rides_there_and_back(series, dora, booked, far_home):
    weekly.change(dora, series, "all", returns_at=FIVE_PM)
    elsewhere = world.near(world.homes(3)[1], 0, 0)
    assert weekly.change(dora, series, "all", destination=elsewhere).ok
    series.refresh_from_db()
    for ride in weekly.rides(series):
        back = ride.way_back
        for place in (ride.stops.last().place, back.stops.first().place):
            assert (place.lat, place.lon) == (series.destination.lat, series.destination.lon)
        assert back.stops.last().place.label == far_home["label"]
    assert weekly.make(series, weekly.noon(weekly.today() + WEEK))[-1].stops.last().place_id == series.destination_id
    world.require_books_balance()


def test_a_ride_that_cannot_follow_stays_as_it_is_and_dora_reads_so(series, dora, bo, cy, door, store):
    """Two seats are booked on one ride when she wants to offer one."""
    full = weekly.rides(series)[2]
    for rider in (bo, cy):
        world.book(rider, full, door, store)
    assert weekly.change(dora, series, "all", seats=1).ok
    seats = {ride.pk: ride.configurations[0]["seats"] for ride in weekly.rides(series)}
    assert seats.pop(full.pk) == 3
    assert set(seats.values()) == {1}
    assert news_of(dora, "series", what="kept") == [
        {"series": series.pk, "what": "kept", "date": full.local_date.isoformat(), "code": "seats_in_use"}
    ]
    world.require_books_balance()


def test_a_ride_is_not_moved_onto_another_of_hers(series, dora, far_home, store):
    day = weekly.dates(series)[3]
    errand = weekly.datetime.combine(day, time(9), weekly.zone())
    world.publish(dora, far_home, store, departs_at=errand.isoformat())
    refused = weekly.change(dora, series, "this", day, leaves_at=time(9))
    assert (refused.status, refused.data["code"]) == (409, "already_driving")
    assert weekly.change(dora, series, "all", leaves_at=time(9)).ok
    assert hours(series) == ["09:00", "09:00", "09:00", "07:00", "09:00", "09:00"]
    assert [refs["date"] for refs in news_of(dora, "series", what="kept")] == [day.isoformat()]


@pytest.mark.parametrize(
    ("scope", "left"), [("this", [0, 2, 3, 4, 5]), ("following", [0]), ("all", [])], ids=["this", "following", "all"]
)
def test_calling_off_reaches_what_it_is_meant_for(series, dora, bo, booked, scope, left):
    days = weekly.dates(series)
    weekly.change(dora, series, "this", days[4], leaves_at=EIGHT)  # apart, but still one of them
    assert weekly.cancel(dora, series, scope, days[1]).ok
    assert weekly.dates(series) == [days[number] for number in left]
    ended = Booking.objects.filter(state="CANCELLED", reason="offer_cancelled")
    assert ended.count() == 6 - len(left)
    assert all(news_of(bo, "booking", booking=one.pk) for one in ended)
    series.refresh_from_db()
    assert series.state == ("ended" if scope == "all" else "active")
    weekly.make(series, weekly.noon(weekly.today() + 2 * WEEK))
    later = [day for day in weekly.dates(series) if day > days[-1]]
    assert bool(later) == (scope == "this")
    world.require_books_balance()


def test_more_people_than_one_transaction_tells_are_told_by_jobs(series, dora, bo, cy, door, store, monkeypatch):
    """With two a transaction (the driver and one more), Cy's ride is a job's; of two changes the later one stands."""
    rides = list(weekly.rides(series))
    for rider, ride in ((bo, rides[1]), (cy, rides[3])):
        seat(rider, dora, ride, door, store)
    monkeypatch.setattr(series_rides, "MAX_PEOPLE", 2)
    weekly.change(dora, series, "all", leaves_at=EIGHT, cents_per_km=7)
    [first] = deferred("follow_series")
    assert hours(series) == ["08:00"] * 3 + ["07:00"] * 3
    weekly.change(dora, series, "all", leaves_at=time(9))
    [_first, second] = deferred("follow_series")
    assert hours(series) == ["09:00"] * 3 + ["07:00"] * 3
    tasks.follow_series(**second)
    tasks.follow_series(**first)
    assert hours(series) == ["09:00"] * 6
    assert {ride.cents_per_km for ride in weekly.rides(series)} == {7}
    assert Booking.objects.filter(state="CONFIRMED", may_leave_freely=True).count() == 2


def test_a_ride_that_changes_apart_before_its_job_comes_keeps_its_change(
    series, dora, bo, cy, door, store, monkeypatch
):
    rides = list(weekly.rides(series))
    for rider, ride in ((bo, rides[1]), (cy, rides[3])):
        seat(rider, dora, ride, door, store)
    monkeypatch.setattr(series_rides, "MAX_PEOPLE", 2)
    weekly.change(dora, series, "all", leaves_at=EIGHT)
    weekly.change(dora, series, "this", rides[4].local_date, leaves_at=time(10))
    tasks.follow_series(**deferred("follow_series")[0])
    assert hours(series) == ["08:00"] * 4 + ["10:00", "08:00"]


def deferred(name):
    """The arguments of the jobs of that name, in the order in which they were put."""
    from procrastinate.contrib.django.models import ProcrastinateJob

    jobs = ProcrastinateJob.objects.filter(task_name=f"rides.tasks.{name}").order_by("pk")
    return list(jobs.values_list("args", flat=True))


@pytest.mark.parametrize(
    ("scope", "day", "changes"),
    [
        ("this", None, {"leaves_at": EIGHT}),
        ("following", None, {"leaves_at": EIGHT}),
        ("this", 0, {"weekdays": [TUESDAY]}),
        ("this", 0, {"ends_on": "2031-01-01"}),
        ("all", None, {}),
        ("all", None, {"returns_at": time(7, 1)}),
        ("all", None, {"ends_on": "2020-01-01"}),
    ],
)
def test_a_change_without_sense_changes_nothing(series, dora, scope, day, changes):
    day = None if day is None else weekly.dates(series)[day]
    before = list(RideOffer.objects.order_by("pk").values_list("version", "departs_at"))
    refused = weekly.change(dora, series, scope, day, **changes)
    assert (refused.status, refused.data["code"]) == (400, "invalid")
    assert list(RideOffer.objects.order_by("pk").values_list("version", "departs_at")) == before


def test_a_day_without_a_ride_cannot_be_changed_alone(series, dora):
    assert weekly.change(dora, series, "this", weekly.next_day(TUESDAY), leaves_at=EIGHT).status == 404


def test_somebody_elses_series_is_not_there(series, bo):
    for answer in (
        weekly.change(bo, series, "all", leaves_at=EIGHT),
        weekly.cancel(bo, series, "all"),
        weekly.skip(bo, series, weekly.today()),
    ):
        assert (answer.status, answer.data["code"]) == (404, "not_found")
    assert weekly.cancel(bo, OfferSeries(pk=10**9), "all").data == answer.data


def test_offers_can_still_be_called_off_one_by_one(series, dora):
    """And the day's ride is not made again behind its driver's back."""
    first = weekly.rides(series).first()
    assert commands.cancel_offer(dora, first.pk).ok
    OfferSeries.objects.update(made_until=None)
    weekly.make(series, weekly.noon(weekly.today()))
    assert first.local_date not in weekly.dates(series)
    assert RideOffer.objects.get(series=series, local_date=first.local_date).state == offers.State.CANCELLED
