"""Look after a case; close it."""

from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import User
from rides.commands.answer import Answer
from rides.commands.execute import execute
from rides.models import Case
from rides.serializers.cases import CaseOut
from rides.underway import cases


def take_case(person: User, case_id: int, key: str = "") -> Answer:
    """A coordinator looks after it."""
    return execute(
        person=person, name="take_case", body=case_id, key=key,
        change=lambda: cases.take(case_id=case_id, coordinator=person), render=partial(_as_seen_by, person),
    )  # fmt: skip


def close_case(person: User, case_id: int, key: str = "", *, note: str = "") -> Answer:
    """It is over."""
    return execute(
        person=person, name="close_case", body=[case_id, note], key=key,
        change=lambda: cases.close(case_id=case_id, person=person, now=timezone.now(), note=note),
        render=partial(_as_seen_by, person),
    )  # fmt: skip


def _as_seen_by(person: User, case: Case) -> dict[str, Any]:
    return dict(CaseOut(cases.shown_to(person).get(pk=case.pk), context={"person": person}).data)
