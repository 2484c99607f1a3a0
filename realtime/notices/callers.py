"""Who is called because she has no device, and by whom: other rooms know, and say so at start."""

from collections.abc import Collection
from typing import Any, Protocol

from realtime.registry import Person


class Callers(Protocol):
    """What there is to know of those who are called; all of it may read the database."""

    def among(self, people: Collection[int]) -> Collection[int]:
        """Those of these people who are called."""

    def helper_of(self, person_id: int) -> int | None:
        """Who has agreed to call her first."""

    def coordinators_of(self, person_id: int) -> Collection[int]:
        """Who calls her when the helper does not."""

    def helped_by(self, person: Person) -> Any:
        """Ids of those whose helper this person is; a queryset may stand for them."""

    def coordinated_by(self, person: Person) -> Any:
        """Ids of those whom she coordinates; a queryset may stand for them."""


_callers: list[Callers] = []


def register(callers: Callers) -> None:
    """A module, or anything else that has these functions."""
    _callers[:] = [callers]


def known() -> Callers | None:
    """None where nobody is called."""
    return _callers[0] if _callers else None


def among(people: Collection[int]) -> Collection[int]:
    return _callers[0].among(people) if _callers else ()
