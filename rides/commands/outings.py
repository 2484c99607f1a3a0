"""Plan an outing, join, leave, have cars proposed, say yes or no."""

from functools import partial
from typing import Any

from django.utils import timezone

from accounts.models import User
from rides.commands.answer import Answer
from rides.commands.execute import execute
from rides.models import Outing
from rides.outings import outings, proposals
from rides.serializers.outings import OutingOut


def plan_outing(person: User, sent: dict[str, Any], key: str = "") -> Answer:
    """A new outing (`OutingIn`)."""
    now = timezone.now()
    return execute(
        person=person, name="plan_outing", body=sent, key=key,
        change=lambda: outings.begin(organiser=person, outing=outings.Plan(**sent), now=now),
        render=partial(as_seen_by, person), status=201,
    )  # fmt: skip


def join_outing(person: User, outing_id: int, sent: dict[str, Any], key: str = "") -> Answer:
    """Take part, or change how (`ParticipantIn`)."""
    now = timezone.now()
    return execute(
        person=person, name="join_outing", body=[outing_id, sent], key=key,
        change=lambda: outings.join(outing_id=outing_id, person=person, part=outings.Part(**sent), now=now),
        render=partial(as_seen_by, person),
    )  # fmt: skip


def leave_outing(person: User, outing_id: int, key: str = "") -> Answer:
    """Not coming after all."""
    now = timezone.now()
    return execute(
        person=person, name="leave_outing", body=outing_id, key=key,
        change=lambda: outings.leave(outing_id=outing_id, person=person, now=now),
        render=partial(as_seen_by, person),
    )  # fmt: skip


def propose_cars(person: User, outing_id: int, key: str = "") -> Answer:
    """The organiser has cars worked out; the proposal comes as news when it is there."""
    now = timezone.now()
    return execute(
        person=person, name="propose_cars", body=outing_id, key=key,
        change=lambda: outings.ask_for_cars(outing_id=outing_id, organiser=person, now=now),
        render=partial(as_seen_by, person), status=202,
    )  # fmt: skip


def answer_proposal(person: User, outing_id: int, sent: dict[str, Any], key: str = "") -> Answer:
    """My own yes or no (`AnswerIn`)."""
    now = timezone.now()
    return execute(
        person=person, name="answer_proposal", body=[outing_id, sent], key=key,
        prepare=lambda: proposals.prepare_answer(outing_id, person, sent["proposal_version"]),
        change=lambda roads: proposals.answer(
            outing_id=outing_id, person=person, yes=sent["yes"], roads=roads, now=now
        ),
        render=partial(as_seen_by, person),
    )  # fmt: skip


def as_seen_by(person: User | None, outing: Outing) -> dict[str, Any]:
    """An outing as JSON."""
    shown = Outing.objects.with_people().get(pk=outing.pk)
    return dict(OutingOut(shown, context={"person": person}).data)
