"""A weekly ride has one ride a date, whoever makes them and however often; one change reaches what it is meant for."""

from datetime import date, timedelta

import pytest

from realtime.models import Event
from rides import commands, series
from rides.models import Booking, OfferSeries, RideOffer
from tests.rides import weekly, world
from tests.rides.weekly import FIVE_PM, FRIDAY, MONDAY, SEVEN, TUESDAY, WEDNESDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def drives(dora):
    """Dora has a car with three seats."""
    return world.car(dora)


@pytest.fixture
def mondays(dora, drives, far_home, store):
    """Dora's Mondays, to the store at seven."""
    return weekly.begin(dora, far_home, store, weekdays=[MONDAY])


def news_of(person, kind, **wanted):
    """The events of that kind in somebody's stream whose references are these."""
    events = Event.objects.filter(stream_id=person.pk, kind=kind).order_by("seq")
    return [event.refs for event in events if all(event.refs.get(name) == one for name, one in wanted.items())]


def test_the_rides_of_three_weeks_are_there_at_once(mondays):
    assert len(weekly.dates(mondays)) == 3
    assert all(day.weekday() == MONDAY for day in weekly.dates(mondays))
    assert {weekly.on_the_wall(ride)[-5:] for ride in weekly.rides(mondays)} == {"07:00"}


def test_making_them_again_makes_no_more(mondays):
    before = list(RideOffer.objects.values_list("pk", flat=True))
    now = weekly.noon(weekly.today())
    assert weekly.make(mondays, now) == []
    OfferSeries.objects.update(made_until=None)
    assert weekly.make(mondays, now) == []
    assert list(RideOffer.objects.values_list("pk", flat=True)) == before
