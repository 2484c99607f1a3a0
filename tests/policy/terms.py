"""The words of the policy: who somebody is to a thing, what she is answered, and one rule for a route and a method."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.models import ApiToken

Scope = ApiToken.Scope
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
"""All but HEAD, which is a GET."""


class Role(StrEnum):
    """Who somebody is to the thing of the address."""

    NOBODY = "nobody"  # did not sign in
    STRANGER = "stranger"
    BLOCKED = "blocked"  # by the driver
    NEIGHBOUR = "neighbour"  # in a community with her whose thing it is
    RIDER = "rider"
    CO_RIDER = "fellow rider"
    DRIVER = "driver"
    OTHER_DRIVER = "other driver"  # who was asked the same
    COORDINATOR = "coordinator"
    PARTICIPANT = "participant"
    ORGANISER = "organiser"
    OWNER = "owner"


class Outcome(StrEnum):
    """What is answered, as far as the policy cares."""

    DONE = "yes"
    SHOWN = "listed"  # 200, and the thing is in it
    LEFT_OUT = "not listed"  # 200, and it is not
    SIGN_IN = "401"
    FORBIDDEN = "403"
    NOTHING = "404"  # the same bytes as for an id that does not exist
    NO_SUCH_METHOD = "405"
    NOT_NOW = "409"


Answers = Mapping[str, Outcome]
"""By state; "*" is every other one."""

ANY = "*"
YES: Answers = {ANY: Outcome.DONE}
LISTED: Answers = {ANY: Outcome.SHOWN}


def only(*states: str, otherwise: Outcome = Outcome.NOT_NOW) -> Answers:
    """Done in these states, and refused with a reason in the others."""
    return {ANY: otherwise} | dict.fromkeys(states, Outcome.DONE)


@dataclass(frozen=True)
class Thing:
    """A kind of thing, the states it goes through, and who finds it there in which of them."""

    name: str
    states: tuple[str, ...]
    there_for: Mapping[Role, tuple[str, ...]]

    @property
    def roles(self) -> tuple[Role, ...]:
        return tuple(self.there_for)

    def all_but(self, *states: str) -> tuple[str, ...]:
        return tuple(state for state in self.states if state not in states)


@dataclass(frozen=True)
class Rule:
    """Who may send this method to this route. Who is not named in `may` finds nothing there.

    `scope` is what a token needs, one of them where there are several. `about` says which field of the body names the
    thing, where the address does not; `public` opens it to who did not sign in.
    """

    method: str
    route: str
    thing: Thing
    may: Mapping[Role, Answers]
    scope: tuple[str, ...] = (Scope.READ,)
    about: str = ""
    public: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.route}" + (f" with its {self.about}" if self.about else "")

    @property
    def lists(self) -> bool:
        """Whether the thing is one of many in the answer."""
        return any(Outcome.SHOWN in answers.values() for answers in self.may.values())

    def outcome(self, role: Role, state: str) -> Outcome:
        """What this role is answered while the thing is in this state."""
        if role == Role.NOBODY and not self.public:
            return Outcome.SIGN_IN
        hidden = Outcome.LEFT_OUT if self.lists else Outcome.NOTHING
        if state not in self.thing.there_for[role]:
            return hidden
        answers = self.may.get(role, {})
        return answers.get(state, answers.get(ANY, hidden))


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    rule: Rule
    role: Role
    state: str
    outcome: Outcome

    def __str__(self) -> str:
        return f"{self.rule} by {self.role} when {self.state}"


def rows(rules: Iterable[Rule]) -> list[Row]:
    """Every route × method × role × state."""
    return [
        Row(rule, role, state, rule.outcome(role, state))
        for rule in rules
        for role in rule.thing.roles
        for state in rule.thing.states
    ]
