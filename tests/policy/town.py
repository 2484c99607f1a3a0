"""A town in which there is everything once in every state, and it is known who is who to it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts import tokens
from accounts.models import Block, Community, Membership, User
from rides import commands
from rides.commands import Answer
from rides.models import Booking, RideOffer, Stop
from tests.policy.terms import Role, Thing
from tests.rides import world
from tests.rides.programs import ALL, Program, carry, client

PEOPLE = {
    Role.STRANGER: "Zoe",
    Role.BLOCKED: "Ida",
    Role.NEIGHBOUR: "Nia",
    Role.RIDER: "Bo",
    Role.CO_RIDER: "Cy",
    Role.DRIVER: "Dora",
    Role.OTHER_DRIVER: "Eve",
    Role.COORDINATOR: "Gus",
    Role.PARTICIPANT: "Pia",
    Role.ORGANISER: "Olga",
    Role.OWNER: "Bo",
}
OTHERS = ("Hal", "Wanda")
DRIVERS = ("Dora", "Eve", "Nia", "Olga", "Wanda", "Zoe")
APART = timedelta(hours=5)
"""So that no two rides of one person overlap, nor does a wish fit two of them."""
NEVER_WAS = 987_654_321
"""An id, and a slug, of nothing."""


@dataclass
class Scene:
    """One thing in one state; `people` are those who are somebody else here than usual."""

    thing_id: int | str
    people: dict[Role, str] = field(default_factory=dict)


class Town:
    """The people, and the scenes by thing and state."""

    def __init__(self) -> None:
        names = {*PEOPLE.values(), *OTHERS}
        self.people = {name: world.person(name, phone=f"+33 6 00 00 {i:04}") for i, name in enumerate(sorted(names))}
        for name in DRIVERS:
            world.car(self.people[name])
        self.scenes: dict[tuple[str, str], Scene] = {}
        self._program = client()
        self.homes = world.homes(40)
        self.store = world.store()
        self.home = max(self.homes, key=self._from_the_store)
        self.doors = {"Bo": {**world.near(self.home, 200, 0), "label": "Zwirbelsteig 2"}}
        self._hours = count(1)
        for driver in ("Dora", "Wanda"):
            Block.objects.create(blocker=self.people[driver], blocked=self.people["Ida"])
        street = Community.objects.create(name="Mill Lane", slug="mill-lane")
        for name in ("Dora", "Bo", "Nia", "Gus"):
            role = Membership.Role.COORDINATOR if name == "Gus" else Membership.Role.MEMBER
            Membership.objects.create(community=street, person=self.people[name], role=role)
        self.free_ride = self.ride(self.people["Eve"])

    @property
    def door(self) -> dict[str, Any]:
        """Bo's, some steps from where Dora starts."""
        return self.doors["Bo"]

    def __getattr__(self, name: str) -> User:
        """`town.bo` is Bo."""
        if name.startswith("_") or "people" not in self.__dict__:
            raise AttributeError(name)
        try:
            return self.people[name.capitalize()]
        except KeyError:
            raise AttributeError(name) from None

    def who(self, role: Role, thing: Thing, state: str) -> User | None:
        """The person in this role; None is somebody who did not sign in."""
        if role == Role.NOBODY:
            return None
        return self.people[self.scene(thing, state).people.get(role, PEOPLE[role])]

    def program(self, person: User | None, scopes: tuple[str, ...] = ALL) -> Program:
        """The one program of all these tests, now in these hands; a new one would look for all static files again."""
        self._program.credentials()
        return carry(self._program, tokens.issue(person, name="test", scopes=scopes)) if person else self._program

    def scene(self, thing: Thing, state: str) -> Scene:
        return self.scenes[thing.name, state]

    # --- what scenes are made of ---------------------------------------------------------------------------------

    def hour(self) -> datetime:
        """When there is nothing else going on."""
        return timezone.now() + APART * next(self._hours)

    def ride(self, driver: User | None = None, **fields: Any) -> RideOffer:
        """From the village to the store."""
        fields = {"departs_at": self.hour().isoformat()} | fields
        return world.publish(driver or self.people["Dora"], self.home, self.store, **fields)

    def asks(self, rider: User, ride: RideOffer, **fields: Any) -> Booking:
        answer = done(world.book(rider, ride, self.doors["Bo"], self.store, **fields))
        return Booking.objects.get(pk=answer.data["id"])

    def rides_along(self, rider: User, ride: RideOffer) -> Booking:
        """Asked and accepted."""
        booking = self.asks(rider, ride)
        done(commands.accept_booking(ride.driver, booking.pk))
        return booking

    def _from_the_store(self, home: dict[str, Any]) -> float:
        return abs(home["lon"] - self.store["lon"]) + abs(home["lat"] - self.store["lat"])


def done(answer: Answer) -> Answer:
    assert answer.ok, answer.data
    return answer


def let_it_be(ride: RideOffer, minutes_ago: float) -> None:
    """Let Bo's pickup have been due so many minutes ago: everything of the ride moves by the same span."""
    pickup_at = Booking.objects.filter(offer=ride, rider__first_name="Bo").values_list("pickup_at", flat=True).get()
    shift = timezone.now() - timedelta(minutes=minutes_ago) - pickup_at
    moments = ("pickup_at", "dropoff_at", "latest_pickup_at", "latest_dropoff_at")
    Booking.objects.filter(offer=ride).update(**{name: F(name) + shift for name in moments})
    Stop.objects.filter(offer=ride).update(planned_at=F("planned_at") + shift)
    RideOffer.objects.filter(pk=ride.pk).update(departs_at=F("departs_at") + shift)
