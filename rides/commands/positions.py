"""The driver says where she is, or that nobody is to know any more; a rider lets somebody else see."""

from typing import Any

from django.utils import timezone

from accounts.models import User
from rides.commands.answer import Answer
from rides.commands.execute import execute
from rides.serializers.positions import fix_from
from rides.underway import links, position


def share_position(person: User, offer_id: int, sent: dict[str, Any], key: str = "") -> Answer:
    """Where the car is (`FixIn`). Nothing that is kept under the key says where that was."""
    now, fix = timezone.now(), fix_from(sent)
    return execute(
        person=person,
        name="share_position",
        body=[offer_id, sent.get("at")],
        key=key,
        prepare=lambda: position.look(offer_id=offer_id, driver=person, fix=fix, now=now),
        change=lambda seen: position.share(seen=seen, now=now),
        render=lambda kept: {"offer": offer_id, "kept": kept, "again_in_s": position.AGAIN_S},
    )


def want_link(person: User, booking_id: int, key: str = "", *, wanted: bool = True) -> Answer:
    """The rider wants a link for somebody she chose, or none any more."""
    return execute(
        person=person,
        name="want_link",
        body=[booking_id, wanted],
        key=key,
        change=lambda: links.want(booking_id=booking_id, person=person, wanted=wanted),
        render=lambda link: {"booking": booking_id, "token": link.token if link else ""},
    )


def stop_sharing(person: User, offer_id: int) -> Answer:
    """Nobody sees the car any more."""
    return execute(
        person=person,
        name="stop_sharing",
        body=offer_id,
        change=lambda: position.stop_sharing(offer_id=offer_id, driver=person),
        render=lambda _nothing: {},
        status=204,
    )
