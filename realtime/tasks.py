"""What this room does at night."""

from django.utils import timezone
from procrastinate.contrib.django import app

from realtime import streams


@app.periodic(cron="23 3 * * *")
@app.task(pass_context=False)
def forget_old_events(timestamp: int) -> None:
    """Events are kept for a week; who was away longer fetches everything anew."""
    streams.forget(timezone.now() - streams.RETENTION)
