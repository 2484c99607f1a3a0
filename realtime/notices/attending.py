"""What becomes of a call that nobody has made yet: coordinators make it, too, or it is over and reported so."""

import logging
from datetime import datetime, timedelta

from django.db import Error as DatabaseProblem
from django.db import transaction

from realtime.models import Call, Stream
from realtime.notices import callers, calls, looking, sending

logger = logging.getLogger(__name__)
PAST = timedelta(hours=3)
"""After it was of no use any more: until then a ride that has left can be caught up with."""
State = Call.State


def attend(now: datetime) -> int:
    """Look after every open call, each in a transaction of its own; returns how many have changed."""
    waiting = Call.objects.filter(state=State.OPEN).order_by("pk").select_related("person")
    return sum(_one(call, now) for call in waiting)


def _one(call: Call, now: datetime) -> bool:
    try:
        notice = looking.render(call, call.person, call.told_at)
    except DatabaseProblem:
        raise  # the next look tries again
    except Exception:  # a bug in one reader must not stop everything behind it, nor close what it is about
        logger.exception("%s could not be read, and stays as it is.", call)
        return False
    is_past = notice is None or (call.before is not None and call.before + PAST < now)
    with transaction.atomic():
        found = calls.locked(call.pk)
        if found is None or found.seq != call.seq:
            return False
        if Stream.objects.filter(pk=found.person_id, acked__gte=found.seq).exists():
            calls.close(found, State.TOLD, found.person, now)
        elif is_past or not callers.among([found.person_id]):
            calls.close(found, State.OVER, None, now)
            why = "over before anybody told her" if is_past else "she is not called any more"
            sending.was_not_told(found, why, now, is_over=is_past)
        elif found.shared_at is None and _is_time(found, now):
            calls.share(found, now)
        else:
            return False
    return True


def _is_time(call: Call, now: datetime) -> bool:
    """Nobody alone has it, or has had it for long enough."""
    known = callers.known()
    return call.helper_until <= now or known is None or known.helper_of(call.person_id) is None
