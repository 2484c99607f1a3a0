"""A request is put to drivers by a worker that is woken, not by one that comes by: a real one, in its own process."""

import time

import pytest
from django.db import connection

from rides.models import Asking
from tests.rides import world

PATIENCE_S = 60
WITHIN_S = 1
"""Between two looks of its own a worker sleeps for five seconds."""
REQUESTS = 4
WAITED = """
    SELECT extract(epoch FROM started.at - deferred.at)::float
    FROM procrastinate_jobs AS job
    JOIN procrastinate_events AS started ON started.job_id = job.id AND started.type = 'started'
    JOIN procrastinate_events AS deferred ON deferred.job_id = job.id AND deferred.type = 'deferred'
    WHERE job.task_name = 'rides.tasks.match_request' AND job.scheduled_at IS NULL
"""


@pytest.fixture
def valley_ride(site):
    """Dora's, on the running site."""
    dora = world.person("Dora")
    world.car(dora)
    far = max(world.homes(40), key=lambda home: abs(home["lon"] - world.store()["lon"]))
    return world.publish(dora, far, world.store()), far


def cards_come(count: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while Asking.objects.count() < count:
        assert time.monotonic() < until, "nobody is asked"
        time.sleep(0.01)


def test_matching_begins_within_a_second_of_the_commit(valley_ride):
    """The quickest of a few, since this machine may have something else to do; none of them would be by a tick."""
    _ride, far = valley_ride
    for number in range(REQUESTS):
        answer = world.ask(world.person(f"R{number}"), world.near(far, 200, 0), world.store())
        assert answer.ok, answer.data
        cards_come(number + 1)
    with connection.cursor() as cursor:
        cursor.execute(WAITED)
        waited = sorted(seconds for (seconds,) in cursor.fetchall())
    print(f"matching began after {', '.join(f'{1000 * one:.0f} ms' for one in waited)}")  # noqa: T201
    assert len(waited) == REQUESTS
    assert waited[0] < WITHIN_S
