"""Olga's outings; what Gus looks after; Bo's token."""

from functools import partial

from django.utils import timezone

from accounts.models import ApiToken
from realtime.models import Message, PushSubscription
from rides import commands, tasks
from rides.commands.execute import by_itself
from rides.models import Case, Outing
from rides.underway import cases
from tests.policy.pages import CAR
from tests.policy.policy import CASE, DEVICE, NOTICE, OUTING, SITE, TOKEN
from tests.policy.scenes.requests import wish
from tests.policy.terms import Role
from tests.policy.town import Scene, Town, done
from tests.rides import world


def outing(town: Town, state: str) -> Scene:
    """Olga drives, Pia rides."""
    made = done(world.plan_outing(town.olga, town.store)).data
    for person, role, home in ((town.olga, "drive", town.home), (town.pia, "ride", town.door)):
        done(world.join(person, made["id"], role, home, max_detour_s=7200))
    if state != "gathering":
        done(commands.propose_cars(town.olga, made["id"]))
    if state == "proposed":
        tasks.group_outing(made["id"], Outing.objects.get(pk=made["id"]).version)
    assert Outing.objects.get(pk=made["id"]).state == state
    return Scene(made["slug"])


def case(town: Town, state: str) -> Scene:
    """Bo's, in a street that Gus coordinates."""
    kind = {"said of her": Case.Kind.NO_SHOWS, "way home": Case.Kind.WAY_HOME}.get(state, Case.Kind.STRANDED)
    opened = partial(cases.open_case, kind=kind, person_id=town.bo.pk, now=timezone.now(), request=wish(town))
    one = by_itself(opened).pk
    if state == "taken":
        done(commands.take_case(town.gus, one))
    elif state == "closed":
        done(commands.close_case(town.gus, one, note="He sits in the bus."))
    return Scene(one)


def _told_of_cars(town: Town) -> Message:
    now = timezone.now()
    proposed = Outing.objects.get(slug=town.scenes[OUTING.name, "proposed"].thing_id)
    about = {"kind": "outing", "refs": {"outing": proposed.pk}, "seq": 1}
    return Message.objects.create(person=town.people["Pia"], way="push", told_at=now, due_at=now, **about)


def settle(town: Town) -> None:
    for make, thing in ((outing, OUTING), (case, CASE)):
        for state in thing.states:
            town.scenes[thing.name, state] = make(town, state)
    token = ApiToken.objects.create(person=town.bo, name="calendar", secret_sha256="0" * 64, scopes=["read"])
    town.scenes[TOKEN.name, "good"] = Scene(token.pk)
    device = PushSubscription.objects.create(person=town.bo, endpoint="https://push.example.net/bo")
    town.scenes[DEVICE.name, "awake"] = Scene(device.pk)
    town.scenes[NOTICE.name, "told"] = Scene(_told_of_cars(town).pk, {Role.OWNER: "Pia"})
    town.scenes[CAR.name, "hers"] = Scene(town.dora.vehicles.get().pk, {Role.OWNER: "Dora"})
    town.scenes[SITE.name, "open"] = Scene("")
