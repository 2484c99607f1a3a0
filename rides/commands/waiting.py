"""Join a ride's waiting list, and leave it."""

from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import User
from rides.bookings import waiting
from rides.commands import bookings
from rides.commands.answer import Answer
from rides.commands.execute import execute
from rides.models import WaitingEntry
from rides.serializers.waiting import WaitingOut


def join_waiting_list(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """Wait for a seat on one offer (`BookingIn`)."""
    now = timezone.now()
    return execute(
        person=person, name="join_waiting_list", body=sent, key=key,
        prepare=lambda: bookings.form_for(person, sent, now),
        change=lambda form: waiting.join(rider_id=person.pk, offer_id=sent["offer"], form=form, now=now),
        render=partial(_as_seen_by, person), status=201,
    )  # fmt: skip


def leave_waiting_list(person: User, entry_id: int, key: str = "") -> Answer:
    """Wait no more."""
    return execute(
        person=person, name="leave_waiting_list", body=entry_id, key=key,
        change=lambda: waiting.leave(entry_id=entry_id, rider_id=person.pk),
        render=partial(_as_seen_by, person),
    )  # fmt: skip


def _as_seen_by(person: User, entry: WaitingEntry) -> dict[str, Any]:
    return dict(WaitingOut(entry, context={"person": person}).data)
