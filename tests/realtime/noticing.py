"""What the tests of messages to the outside share: hours, a worker's doing, and what became of it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from realtime.models import Event, Message
from realtime.notices import looking, sending

PARIS = ZoneInfo("Europe/Paris")
NOON = datetime(2030, 7, 3, 10, tzinfo=UTC)  # a summer's day in Paris


def look(now):
    """Whatever happened until now was long enough ago."""
    Event.objects.filter(considered=False).update(created_at=now - looking.GRACE)
    while looking.look(now):
        pass


def run_due(now):
    """What a worker does with the messages that are due."""
    while due := list(Message.objects.filter(state="waiting", due_at__lte=now).order_by("pk")):
        for message in due:
            sending.deliver(message.pk, now)


def states(person, **only):
    return list(Message.objects.filter(person=person, **only).order_by("pk").values_list("way", "state"))


def later(now, **delta):
    return now + timedelta(**delta)
