"""I10: a worker that is killed while it opens a call leaves exactly one of them."""

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import ByPhone
from realtime.models import Call, Event, Message, NoticeHours
from tests.realtime.noticing import look, states
from tests.realtime.push_worker import push_worker
from tests.realtime.test_push_killed import an_hour_passes, job_states, no_jobs_stay, until
from tests.realtime.waiting import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["no_jobs_stay"]
WAITING_FOR_A_ROW = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees what it saw at first otherwise
        cursor.execute(WAITING_FOR_A_ROW)
        return cursor.fetchone()[0] > 0


@pytest.mark.parametrize(
    ("held", "opened"),
    [("the person, so before the call is open", 0), ("the message, so after it is open and before that is noted", 1)],
)
def test_a_worker_killed_in_the_middle_leaves_one_call(outside, tell, bo, ann, no_jobs_stay, held, opened):
    NoticeHours.objects.create(person=bo, quiet_from=None, quiet_until=None)
    ByPhone.objects.create(person=bo, phone="+33 1 22 33 44 55", helper=ann, helper_agreed_at=timezone.now())
    tell(bo)
    look(timezone.now())
    rows = Message.objects.filter(person=bo) if opened else type(bo).objects.filter(pk=bo.pk)
    with push_worker() as first, transaction.atomic():
        assert rows.select_for_update().get()
        until(somebody_waits)
        first.kill()
        first.wait(PATIENCE_S)
    assert (states(bo), job_states(), Call.objects.count()) == ([("call", "waiting")], ["doing"], opened)
    an_hour_passes()
    with push_worker():
        until(lambda: states(bo) == [("call", "delivered")])
    assert Call.objects.get(person=bo).state == "open"
    assert Event.objects.filter(stream_id=ann.pk, kind="call").count() == 1
