"""A ride takes as long as roads take at its hour, and is judged by that."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rides import planner, streets
from rides.models import Booking
from routing.streets.hours import DAYS, hours_of
from tests.rides import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def jam(valley, monkeypatch):
    """All roads are twice as slow in the hour in which a ride of the tests leaves; that hour."""
    zone = streets.the_region().hours.zone
    at = world.soon().astimezone(zone)
    rule = {"days": [DAYS[at.weekday()]], "from": at.hour, "to": at.hour + 1, "factors": {"other": 2.0}}
    busy = replace(streets.the_region(), hours=hours_of([rule], zone.key), _paces={})
    monkeypatch.setattr(streets, "_load", lambda _directory: busy)
    return at


def test_a_ride_that_leaves_at_rush_hour_takes_longer(jam, dora, far_home, store):
    world.car(dora)
    slow = world.publish(dora, far_home, store, departs_at=jam)
    calm = world.publish(dora, far_home, store, departs_at=jam + timedelta(hours=5))
    assert slow.empty_s > 1.5 * calm.empty_s
    assert planner.legs_of(slow)[0].duration_s == slow.empty_s


def test_who_is_met_on_the_way_costs_what_the_jam_makes_of_it(jam, dora, bo, far_home, half_way, store):
    """All roads of the plan, old and new, are of one hour: else the rider would seem to make the ride quicker."""
    world.car(dora)
    slow = world.publish(dora, far_home, store, departs_at=jam)
    answer = world.book(bo, slow, half_way, store)
    assert answer.status == 201, answer.data
    assert Booking.objects.get(pk=answer.data["id"]).offer_id == slow.pk
    slow.refresh_from_db()
    line = [streets.public(stop.place) for stop in slow.stops.select_related("place").order_by("sequence")]
    legs = [(leg.duration_s, leg.distance_m) for leg in planner.legs_of(planner.with_plan(type(slow).objects).get())]
    assert len(line) > 2
    assert legs == planner.legs_through(line, jam)
    assert legs != planner.legs_through(line)
