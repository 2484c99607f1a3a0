"""What a worker was doing when it was killed is not forgotten."""

from types import SimpleNamespace

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate.contrib.django import app

from rides import tasks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def jobs():
    """Rows of jobs as a worker leaves them; they are gone after the test."""
    yield _job
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def _job(task: str, *, heartbeat: str | None, queueing_lock: str | None = None) -> int:
    """Begun by a worker that was last heard of so long ago; None when nobody knows it any more."""
    with connection.cursor() as cursor:
        worker_id = None
        if heartbeat:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval) RETURNING id",
                [heartbeat],
            )
            [worker_id] = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, status, worker_id, queueing_lock)"
            " VALUES (%s, 'default', 'doing', %s, %s) RETURNING id",
            [task, worker_id, queueing_lock],
        )
        return cursor.fetchone()[0]


def _status(job_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job_id])
        return cursor.fetchone()[0]


def _take_up() -> None:
    async_to_sync(tasks.take_up.func)(SimpleNamespace(app=app), 0)


@pytest.mark.parametrize("heartbeat", [None, "5 minutes"])
def test_a_job_of_a_dead_worker_is_taken_up(jobs, heartbeat):
    job = jobs("rides.tasks.call_neighbours", heartbeat=heartbeat)
    _take_up()
    assert _status(job) == "todo"


def test_a_job_of_a_living_worker_is_left_alone(jobs):
    job = jobs("rides.tasks.call_neighbours", heartbeat="1 second")
    _take_up()
    assert _status(job) == "doing"


def test_what_comes_by_the_clock_is_not_taken_up(jobs):
    """Its next one may wait already, and two of them may not."""
    job = jobs("rides.tasks.expire", heartbeat=None, queueing_lock="expire")
    jobs("rides.tasks.expire", heartbeat=None, queueing_lock="expire")
    _take_up()
    assert _status(job) == "doing"
