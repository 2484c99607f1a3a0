"""Ruth, who has no device: Nia calls her, and Gus coordinates their mill."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import ByPhone, Community, Membership, User
from realtime.models import Call, Message
from realtime.notices import calls, looking
from rides.models import RideRequest
from tests.policy.pages import CALLED, HELPED
from tests.policy.policy import CALL
from tests.policy.terms import Role
from tests.policy.town import Scene, Town, done
from tests.rides import world

PHONE = "+33 1 99 88 77 66"


def call(town: Town, ruth: User, number: int, state: str) -> Scene:
    """Nobody has an answer for her; each state is about a wish of its own."""
    now = timezone.now()
    at = town.hour()
    hours = {"earliest_at": at, "latest_at": at + timedelta(hours=1)}
    hers = done(world.ask(ruth, town.home, town.store, **hours)).data["id"]
    RideRequest.objects.filter(pk=hers).update(told_nobody_at=now)
    news: dict[str, Any] = {"kind": "request", "refs": {"request": hers}, "seq": number, "told_at": now}
    notice = looking.render(Message(person=ruth, **news), ruth, now)
    assert notice is not None
    with transaction.atomic():
        calls.put(Message(person=ruth, **news), notice, now)
        found = calls.locked(Call.objects.get(person=ruth, seq=number).pk)
        assert found is not None
        if state != "with the helper":
            calls.share(found, now)
        if state == "told":
            calls.knows(found, by=town.nia, seq=number, now=now)
        elif state == "over":
            calls.close(found, Call.State.OVER, None, now)
    return Scene(found.pk, {Role.RIDER: "Ruth"})


def settle(town: Town) -> None:
    ruth = town.people["Ruth"] = world.person("Ruth")
    mill = Community.objects.create(name="The old mill", slug="old-mill")
    for person in (ruth, town.nia, town.gus):
        role = Membership.Role.COORDINATOR if person == town.gus else Membership.Role.MEMBER
        Membership.objects.create(community=mill, person=person, role=role)
    ByPhone.objects.create(person=ruth, phone=PHONE, helper=town.nia, helper_agreed_at=timezone.now())
    for number, state in enumerate(CALL.states, start=1):
        town.scenes[CALL.name, state] = call(town, ruth, number, state)
    for thing in (CALLED, HELPED):
        town.scenes[thing.name, thing.states[0]] = Scene(ruth.pk, {Role.RIDER: "Ruth"})
