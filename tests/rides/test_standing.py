"""A seat on every ride of a series: asked for once, booked ride by ride, each one once."""

from datetime import timedelta

import pytest

from accounts.models import Block
from rides import commands, tasks
from rides.models import Booking, OfferSeries, RideOffer, StandingBooking, WaitingEntry
from tests.rides import weekly, world
from tests.rides.weekly import FIVE_PM, MONDAY, TUESDAY, WEDNESDAY, news_of

pytestmark = pytest.mark.django_db

WEEK = timedelta(days=7)


@pytest.fixture
def series(dora, far_home, store):
    """Dora's Mondays and Wednesdays, to the store at seven."""
    world.car(dora)
    return weekly.begin(dora, far_home, store)


@pytest.fixture
def door(far_home):
    return world.near(far_home, 200, 0)


def states(standing):
    """How its bookings stand, in the order of the rides."""
    return [one.state for one in standing.bookings.order_by("pickup_at")]


def test_bo_asks_once_and_every_ride_is_asked_for(series, dora, bo, door, store):
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    assert states(standing) == ["WAITING_CONFIRMATION"] * 6
    assert {world.taken(ride)[0] for ride in weekly.rides(series)} == {1}
    assert news_of(dora, "standing", standing=standing.pk)
    world.require_books_balance()


def test_one_yes_counts_for_every_ride_to_come(series, dora, bo, door, store):
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    answer = commands.accept_standing(dora, standing.pk)
    assert answer.data["accepted_at"]
    weekly.attend(series)
    assert states(standing) == ["CONFIRMED"] * 6

    made = weekly.make(series, weekly.noon(weekly.today() + WEEK))
    assert made
    for ride in made:
        tasks.book_standing(ride.pk)
    assert states(standing) == ["CONFIRMED"] * (6 + len(made))


def test_the_jobs_are_put_in_the_transaction_that_makes_the_rides(series, bo, door, store):
    weekly.stand(bo, series, door, store)
    made = weekly.make(series, weekly.noon(weekly.today() + WEEK))
    from procrastinate.contrib.django.models import ProcrastinateJob

    jobs = ProcrastinateJob.objects.filter(task_name="rides.tasks.book_standing")
    asked = {job.args["offer_id"] for job in jobs}
    assert asked == {ride.pk for ride in weekly.rides(series)} >= {ride.pk for ride in made}


def test_looking_twice_books_once(series, bo, door, store):
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    for _ in range(2):
        weekly.attend(series)
    assert standing.bookings.count() == Booking.objects.count() == 6


def test_an_automatic_driver_has_said_yes_already(dora, bo, far_home, door, store):
    world.car(dora)
    series = weekly.begin(dora, far_home, store, automatic=True)
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    assert standing.accepted_at
    assert states(standing) == ["CONFIRMED"] * 6


def test_a_driver_looks_at_who_has_had_many_automatic_yeses(dora, bo, far_home, door, store):
    """Standing bookings are no way around the limit that keeps stops from being collected."""
    world.car(dora)
    series = weekly.begin(dora, far_home, store, automatic=True, returns_at=FIVE_PM)
    weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    second = weekly.standing(weekly.stand(bo, series, store, door, way_back=True))
    weekly.attend(series)
    assert second.accepted_at is None
    assert set(states(second)) == {"WAITING_CONFIRMATION"}


def test_leaving_one_day_keeps_the_rest(series, dora, bo, door, store):
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    commands.accept_standing(dora, standing.pk)
    weekly.attend(series)
    second = standing.bookings.order_by("pickup_at")[1]
    assert commands.cancel_booking(bo, second.pk).ok
    weekly.attend(series)
    assert states(standing) == ["CONFIRMED", "CANCELLED", *["CONFIRMED"] * 4]


def test_only_on_the_days_that_were_asked_for(series, bo, door, store):
    last = weekly.dates(series)[3]
    standing = weekly.standing(weekly.stand(bo, series, door, store, weekdays=[WEDNESDAY], ends_on=last))
    weekly.attend(series)
    days = [one.offer.local_date for one in standing.bookings.select_related("offer").order_by("pickup_at")]
    assert days == [day for day in weekly.dates(series) if day.weekday() == WEDNESDAY and day <= last]


def test_the_way_back_is_a_standing_booking_of_its_own(dora, bo, far_home, door, store):
    world.car(dora)
    series = weekly.begin(dora, far_home, store, returns_at=FIVE_PM)
    standing = weekly.standing(weekly.stand(bo, series, store, door, way_back=True))
    weekly.stand(bo, series, door, store)
    weekly.attend(series)
    assert {one.offer.return_of.series_id for one in standing.bookings.all()} == {series.pk}
    assert Booking.objects.filter(rider=bo).count() == 12
    world.require_books_balance()


def test_a_full_ride_puts_her_on_its_waiting_list_and_tells_her(dora, bo, cy, far_home, door, store):
    world.car(dora, 1)
    series = weekly.begin(dora, far_home, store)
    full = weekly.rides(series)[1]
    world.book(cy, full, door, store)
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    for _ in range(2):  # told once
        weekly.attend(series)
    assert standing.bookings.count() == 5
    entry = WaitingEntry.objects.get()
    assert (entry.offer_id, entry.request.rider_id) == (full.pk, bo.pk)
    assert [refs["offer"] for refs in news_of(bo, "standing", what="waiting")] == [full.pk]


def test_a_ride_that_passes_elsewhere_is_told_too(dora, bo, far_home, door, store):
    world.car(dora)
    series = weekly.begin(dora, far_home, store, max_detour_s=0, max_detour_m=0)
    away = max(world.homes(40), key=lambda home: abs(home["lat"] - store["lat"]))
    standing = weekly.standing(weekly.stand(bo, series, away, store, max_walk_m=0))
    weekly.attend(series)
    assert not standing.bookings.exists()
    assert [refs.get("what") for refs in news_of(bo, "standing", standing=standing.pk)][1:] == ["does_not_fit"] * 6


def test_who_rides_elsewhere_at_that_hour_hears_so(series, bo, far_home, door, store):
    ed = world.person("Ed")
    world.car(ed)
    same = weekly.rides(series)[0]
    other = world.publish(ed, far_home, store, departs_at=same.departs_at.isoformat(), automatic=True)
    assert world.book(bo, other, door, store).data["state"] == "CONFIRMED"
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    assert standing.bookings.count() == 5
    assert [refs["offer"] for refs in news_of(bo, "standing", what="already_riding")] == [same.pk]


def test_ending_it_ends_what_is_booked_ahead(series, dora, bo, door, store):
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    commands.accept_standing(dora, standing.pk)
    weekly.attend(series)
    assert commands.end_standing(bo, standing.pk, note="new job").data["state"] == "ended"
    assert {(one.state, one.reason) for one in standing.bookings.all()} == {("CANCELLED", "by_rider")}
    assert {one.request.state for one in standing.bookings.all()} == {"cancelled"}
    weekly.attend(series)
    assert standing.bookings.count() == 6
    again = weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    assert states(again) == ["WAITING_CONFIRMATION"] * 6
    world.require_books_balance()


def test_the_drivers_no_ends_it_and_the_journeys_look_on(series, dora, bo, door, store):
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    assert commands.end_standing(dora, standing.pk).ok
    assert {(one.state, one.reason) for one in standing.bookings.all()} == {("CANCELLED", "declined")}
    assert {one.request.state for one in standing.bookings.all()} == {"open"}
    assert commands.accept_standing(dora, standing.pk).data["code"] == "already_settled"


def test_a_late_yes_books_anew_what_had_lapsed(series, dora, bo, door, store):
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    Booking.objects.update(deadline_at=world.soon(-1))
    tasks.expire(0)
    assert set(states(standing)) == {"CANCELLED"}
    commands.accept_standing(dora, standing.pk)
    weekly.attend(series)
    assert states(standing) == ["CONFIRMED"] * 6


def test_a_change_in_the_middle_keeps_it_going(series, dora, bo, door, store):
    """The rides from then on belong to a new series, and so does Bo's seat on them."""
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    commands.accept_standing(dora, standing.pk)
    weekly.attend(series)
    from_on = weekly.dates(series)[2]
    later = OfferSeries.objects.get(
        pk=weekly.change(dora, series, "following", from_on, note="by the bakery").data["id"]
    )
    going_on = StandingBooking.objects.get(series=later)
    assert (states(standing), states(going_on)) == (["CONFIRMED"] * 2, ["CONFIRMED"] * 4)
    made = weekly.make(later, weekly.noon(weekly.today() + WEEK))
    for ride in RideOffer.objects.filter(series__in=(series, later)):
        tasks.book_standing(ride.pk)
    assert (len(states(standing)), states(going_on)) == (2, ["CONFIRMED"] * (4 + len(made)))
    world.require_books_balance()


def test_it_ends_with_its_series(series, dora, bo, door, store):
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    heard = len(news_of(bo, "standing"))
    weekly.cancel(dora, series, "all")
    tasks.end_standing_of(series.pk)
    standing.refresh_from_db()
    assert standing.state == "ended"
    assert set(states(standing)) == {"CANCELLED"}
    assert len(news_of(bo, "standing")) == heard + 2  # of its rides, and of its end


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"weekdays": [TUESDAY]}, "invalid"),
        ({"way_back": True}, "invalid"),
        ({"ends_on": "2020-01-01"}, "invalid"),
        ({"companions": ["Al"]}, "invalid"),
    ],
)
def test_what_makes_no_sense_is_refused(series, bo, door, store, fields, code):
    answer = weekly.stand(bo, series, door, store, **fields)
    assert (answer.status, answer.data["code"]) == (400, code)


def test_once_is_enough(series, bo, door, store):
    weekly.stand(bo, series, door, store, weekdays=[MONDAY])
    assert weekly.stand(bo, series, door, store).data["code"] == "already_standing"


def test_dora_does_not_ride_in_her_own_car(series, dora, door, store):
    assert weekly.stand(dora, series, door, store).data["code"] == "own_ride"


def test_who_may_not_see_the_rides_finds_no_series(series, dora, bo, cy, door, store):
    Block.objects.create(blocker=dora, blocked=bo)
    RideOffer.objects.filter(series=series).update(audience="link")
    missing = weekly.stand(bo, OfferSeries(pk=10**9), door, store)
    assert weekly.stand(bo, series, door, store) == weekly.stand(cy, series, door, store) == missing
    assert missing.status == 404


def test_a_stranger_neither_answers_nor_ends_it(series, bo, cy, door, store):
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    for step in (commands.accept_standing, commands.end_standing):
        assert step(cy, standing.pk) == step(cy, 10**9)
    assert commands.accept_standing(bo, standing.pk).status == 404


def test_out_and_home_with_the_same_car_are_one_journey(dora, bo, far_home, door, store):
    """So that a way home that falls through is known as one."""
    world.car(dora)
    series = weekly.begin(dora, far_home, store, returns_at=FIVE_PM)
    weekly.stand(bo, series, door, store)
    weekly.attend(series)
    weekly.stand(bo, series, store, door, way_back=True)
    weekly.attend(series)
    for ride in weekly.rides(series):
        out, back = ride.bookings.get(), ride.way_back.bookings.get()
        assert back.request.return_of_id == out.request_id


def test_the_way_home_may_be_asked_for_first(dora, bo, far_home, door, store):
    world.car(dora)
    series = weekly.begin(dora, far_home, store, returns_at=FIVE_PM, weekdays=[MONDAY])
    weekly.stand(bo, series, store, door, way_back=True)
    weekly.attend(series)
    weekly.stand(bo, series, door, store)
    weekly.attend(series)
    for ride in weekly.rides(series):
        assert ride.way_back.bookings.get().request.return_of_id == ride.bookings.get().request_id


def test_whoever_ends_it_waits_no_more_either(dora, bo, cy, far_home, door, store):
    world.car(dora, 1)
    series = weekly.begin(dora, far_home, store)
    world.book(cy, weekly.rides(series)[1], door, store)
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    assert commands.end_standing(bo, standing.pk).ok
    assert WaitingEntry.objects.get().state == "left"
    assert not Booking.objects.filter(rider=bo, state__in=Booking.HOLDS).exists()


def test_a_seat_that_came_free_later_ends_with_it_too(dora, bo, cy, far_home, door, store):
    world.car(dora, 1)
    series = weekly.begin(dora, far_home, store)
    full = weekly.rides(series)[1]
    first = world.book(cy, full, door, store).data["id"]
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    weekly.attend(series)
    commands.cancel_booking(cy, first)
    tasks.tend_offer(full.pk)
    assert Booking.objects.filter(rider=bo, offer=full, state__in=Booking.HOLDS).exists()
    assert commands.end_standing(bo, standing.pk).ok
    assert not Booking.objects.filter(rider=bo, state__in=Booking.HOLDS).exists()
    world.require_books_balance()


def test_a_change_far_ahead_splits_what_is_not_made_yet(series, dora, bo, door, store):
    """Until that day the old series goes on and Bo with it; from then on the new one."""
    standing = weekly.standing(weekly.stand(bo, series, door, store))
    from_on = weekly.today() + 6 * WEEK
    later = weekly.change(dora, series, "following", from_on, leaves_at="08:00")
    later = OfferSeries.objects.get(pk=later.data["id"])
    assert weekly.dates(later) == []
    for one in (series, later):
        weekly.make(one, weekly.noon(weekly.today() + 4 * WEEK))
        weekly.attend(one)
    assert max(weekly.dates(series)) < from_on <= min(weekly.dates(later))
    going_on = StandingBooking.objects.get(series=later)
    assert standing.bookings.count() == len(weekly.dates(series))
    assert going_on.bookings.count() == len(weekly.dates(later)) > 0
