"""I10: a worker that is killed in the middle of a push loses nothing."""

import threading
import time
from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from realtime.models import NoticeHours
from rides import tasks
from tests.realtime.noticing import look, states
from tests.realtime.push_worker import push_worker
from tests.realtime.waiting import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)


def until(condition):
    end = time.monotonic() + 3 * PATIENCE_S
    while not condition():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)


def job_states():
    return list(ProcrastinateJob.objects.filter(task_name="realtime.tasks.deliver").values_list("status", flat=True))


def an_hour_passes():
    """Nobody has heard of the dead worker any more; another looks what there is to take up."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")
    async_to_sync(tasks.take_up.func)(SimpleNamespace(app=app), 0)


@pytest.fixture
def no_jobs_stay():
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def test_what_a_killed_worker_was_sending_is_sent_by_the_next(service, subscribe, tell, bo, no_jobs_stay):
    phone = subscribe(bo)
    NoticeHours.objects.create(person=bo, quiet_from=None, quiet_until=None)
    never = threading.Event()
    service.answers = [never]
    tell(bo)
    look(timezone.now())
    with push_worker() as first:
        until(service.came.is_set)
        first.kill()
        first.wait(PATIENCE_S)
    never.set()
    assert (states(bo), job_states()) == ([("push", "waiting")], ["doing"]), "it died in the middle"
    an_hour_passes()
    with push_worker():
        until(lambda: states(bo) == [("push", "delivered")])
    assert [phone.opened(arrived)["seq"] for arrived in service.arrived] == [1, 1]
    assert len({arrived.headers["topic"] for arrived in service.arrived}) == 1, "the phone shows them as one"
