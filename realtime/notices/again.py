"""An operator has mended what was wrong: failed messages leave once more."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from realtime.models import Message
from realtime.notices import jobs

State, Way = Message.State, Message.Way
REACHES = (State.WAITING, State.DELIVERED)


def try_again(message_ids: Collection[int], now: datetime) -> int:
    """Those that can still be told and have reached nobody by another way; returns how many.

    What is no longer news by then is dropped when its turn comes, as always. Without its device no push leaves, and a
    call that nobody made was written instead, or is over.
    """
    count = 0
    wanted = Message.objects.filter(pk__in=message_ids).order_by("person", "seq", "pk")
    for person_id, seq in wanted.values_list("person", "seq").distinct():
        with transaction.atomic():
            mates = Message.objects.filter(person=person_id, seq=seq).order_by("pk")
            together = list(mates.select_for_update())
            if any(row.state in REACHES for row in together):
                continue
            for row in together:
                if row.pk in message_ids and _can_leave(row):
                    row.state, row.tries, row.due_at, row.settled_at = State.WAITING, 0, now, None
                    row.save(update_fields=["state", "tries", "due_at", "settled_at"])
                    jobs.deliver(row)
                    count += 1
    return count


def _can_leave(row: Message) -> bool:
    if row.state != State.FAILED or row.way == Way.CALL:
        return False
    return row.way != Way.PUSH or row.subscription_id is not None
