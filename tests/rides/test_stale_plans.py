"""A plan that was worked out before somebody else booked: whoever is aboard keeps the hours she was promised."""

from datetime import timedelta

import pytest

from rides import planner
from rides.models import Booking
from tests.rides import world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def patient_dora(dora, far_home, store):
    """Dora may leave two hours later than she planned, as long as nobody counts on her."""
    world.car(dora)
    return world.publish(dora, far_home, store, flexibility_s=7200)


@pytest.fixture
def when_planned(monkeypatch):
    """Let something happen between the first plan and its booking."""

    def arrange(meanwhile):
        real = planner.prepare

        def prepare(offer, trip, **options):
            prepared = real(offer, trip, **options)
            monkeypatch.setattr(planner, "prepare", real)
            meanwhile()
            return prepared

        monkeypatch.setattr(planner, "prepare", prepare)

    return arrange


def hours(offer, later):
    """A window that begins so much later than the car leaves; plans know whole seconds."""
    earliest_at = offer.departs_at.replace(microsecond=0) + later
    return {"earliest_at": earliest_at, "latest_at": earliest_at + timedelta(hours=1)}


def test_a_driver_who_may_wait_does_when_nobody_is_aboard(patient_dora, bo, far_home, store):
    """Control: without Cy the plan below is a good one."""
    assert world.book(bo, patient_dora, far_home, store, **hours(patient_dora, timedelta(hours=1))).ok


def test_cy_is_not_made_to_wait_by_a_plan_from_before_her_booking(patient_dora, bo, cy, far_home, store, when_planned):
    when_planned(lambda: world.book(cy, patient_dora, far_home, store))
    world.book(bo, patient_dora, far_home, store, **hours(patient_dora, timedelta(hours=1)))
    hers = Booking.objects.get(rider=cy)
    assert hers.pickup_at == patient_dora.departs_at.replace(microsecond=0)
    world.require_books_balance()


def test_bo_does_not_miss_a_car_that_an_older_plan_lets_leave_earlier(
    patient_dora, bo, cy, far_home, store, when_planned
):
    later = hours(patient_dora, timedelta(hours=1))
    when_planned(lambda: world.book(bo, patient_dora, far_home, store, **later))
    world.book(cy, patient_dora, far_home, store)
    assert Booking.objects.get(rider=bo).pickup_at >= later["earliest_at"]
    patient_dora.refresh_from_db()
    assert patient_dora.departs_at >= later["earliest_at"]
    world.require_books_balance()
