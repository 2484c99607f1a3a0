"""What a person may hear now, asked of the other rooms with the person as they are now."""

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth import get_user_model

from realtime import registry


class NobodyThere(Exception):
    """The account is gone or switched off."""


@dataclass(frozen=True, slots=True)
class Access:
    """Of the topics asked for, those that may be heard; and the people whose events are kept back."""

    topics: frozenset[str]
    hidden: frozenset[int]


def person_now(person_id: int) -> registry.Person:
    person = get_user_model()._default_manager.filter(pk=person_id).first()
    if person is None or not person.is_active:
        raise NobodyThere
    return person


def access(person_id: int | None, topics: Collection[str]) -> Access:
    """Reads the database, through the functions that other rooms have registered."""
    person = None if person_id is None else person_now(person_id)
    hidden = frozenset[int]() if person is None else registry.people_hidden_from(person)
    return Access(registry.may_join(person, topics), hidden)


def may_hear(person_id: int | None, topics: Collection[str]) -> frozenset[str]:
    """Of the topics asked for, those that may be heard."""
    return registry.may_join(None if person_id is None else person_now(person_id), topics)
