"""What this room does later, and at night: loops, no rules."""

from datetime import timedelta

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from realtime import streams
from realtime.notices import attending, calls, looking, sending

KEPT = timedelta(days=30)
"""What became of messages to the outside."""


@app.periodic(cron="23 3 * * *")
@app.task(pass_context=False)
def forget_old_events(timestamp: int) -> None:
    """Events are kept for a week; who was away longer fetches everything anew."""
    streams.forget(timezone.now() - streams.RETENTION)


@app.periodic(cron="* * * * * */3")  # the sixth is seconds
@app.task(queueing_lock="tell_outside", priority=-1)
def tell_outside(timestamp: int) -> None:
    """Find what nobody has seen on a page, until there is no more of it."""
    while looking.look(timezone.now()) == looking.AT_ONCE:
        pass


@app.task(retry=3)
def deliver(message_id: int) -> None:
    """Bring one message on its way."""
    sending.deliver(message_id, timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="deliver_overdue")
def deliver_overdue(timestamp: int) -> None:
    """Whatever became of its job, a message leaves."""
    sending.take_up(timezone.now())


@app.periodic(cron="37 3 * * *")
@app.task(queueing_lock="forget_messages")
def forget_messages(timestamp: int) -> None:
    """Drop what became of old messages, and of old calls."""
    sending.forget(timezone.now() - KEPT)
    calls.forget(timezone.now() - KEPT)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="attend_to_calls")
def attend_to_calls(timestamp: int) -> None:
    """Calls that a helper has not made come to the coordinators; what is over is reported."""
    attending.attend(timezone.now())


@app.periodic(cron="43 3 * * *")
@app.task(queueing_lock="forget_jobs", pass_context=True)
async def forget_jobs(context: JobContext, timestamp: int) -> None:
    """Drop the many jobs that went well; those that failed stay to be looked at."""
    await context.app.job_manager.delete_old_jobs(nb_hours=24)
