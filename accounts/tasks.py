"""What this room does at night."""

from django.utils import timezone
from procrastinate.contrib.django import app

from accounts import limits


@app.periodic(cron="29 3 * * *")
@app.task(queueing_lock="forget_limits")
def forget_limits(timestamp: int) -> None:
    """Drop the limits that nobody is near."""
    limits.forget(timezone.now())
