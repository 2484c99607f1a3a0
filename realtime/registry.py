"""What other rooms tell this one: how their events read, who may join their topics, which versions are true now."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Person = Any  # settings.AUTH_USER_MODEL, which this room does not know
Render = Callable[[dict[str, Any], Person], dict[str, Any] | None]
MayJoin = Callable[[Person | None, list[str]], Collection[str]]
Versions = Callable[[list[str]], dict[str, int]]
PeopleHidden = Callable[[Person], Collection[int]]


@dataclass(frozen=True, slots=True)
class PublicNews:
    """What is true of a thing now, for those on a topic; `about` is the person it comes from (see `publish`)."""

    topic: str
    event: dict[str, Any]
    about: int | None


Changes = Callable[[str, Collection[str]], tuple[str, list[PublicNews]]]


@dataclass(frozen=True, slots=True)
class TopicRules:
    may_join: MayJoin
    versions: Versions


_renderers: dict[str, Render] = {}
_topics: dict[str, TopicRules] = {}
_hidden: list[PeopleHidden] = []
_changes: list[Changes] = []


def register_event(kind: str, render: Render) -> None:
    """`render(refs, person)` says how an event of this kind reads for the person as they are now.

    It runs at each sending, may read the database, and returns None when the person may no longer see it.
    """
    _renderers[kind] = render


def register_topic(prefix: str, may_join: MayJoin, versions: Versions) -> None:
    """Topics called `<prefix>.…`: who may join, and what is true now.

    `may_join(person, topics)` hears None for a stranger, and says which of them she may. `versions(topics)` gets all
    the topics of this prefix that anyone here has joined, once a heartbeat, and returns a number for each (or leaves it
    out): whoever has seen another number has missed something and fetches again. Both may read the database.
    """
    if prefix == "person":
        raise ValueError("Topics of people carry hints between processes; nobody joins them.")
    _topics[prefix] = TopicRules(may_join, versions)


def register_hidden(people_hidden_from: PeopleHidden) -> None:
    """`people_hidden_from(person)`: ids of people whose public events this person does not get (blocks)."""
    _hidden.append(people_hidden_from)


def register_changes(changes_since: Changes) -> None:
    """`changes_since(mark, topics)`: a mark for the next time, and what has changed on these topics since `mark`.

    At first the mark is "", and nothing has. It is asked once a heartbeat and process, and may read the database; what
    it tells twice must have the same version.
    """
    _changes.append(changes_since)


def kinds() -> Collection[str]:
    """All kinds of events that somebody registered."""
    return _renderers.keys()


def require_event(kind: str) -> Render:
    try:
        return _renderers[kind]
    except KeyError:
        raise LookupError(f"Nobody registered how an event of kind {kind!r} reads.") from None


def may_join(person: Person | None, topics: Iterable[str]) -> frozenset[str]:
    """Those she may join; one question to each prefix.

    One that nobody has registered is not among them: what is private answers like what does not exist.
    """
    asked = _by_prefix(topics).items()
    return frozenset(
        topic for prefix, some in asked if prefix in _topics for topic in _topics[prefix].may_join(person, some)
    )


def versions(topics: Iterable[str]) -> dict[str, int]:
    """The number of each topic that has one; one question to each prefix."""
    numbers: dict[str, int] = {}
    for prefix, some in _by_prefix(topics).items():
        if prefix in _topics:
            numbers.update(_topics[prefix].versions(some))
    return numbers


def changes(marks: Sequence[str], topics: Collection[str]) -> tuple[list[str], list[PublicNews]]:
    """Ask each of those who know; `marks` are the answer of the last time, at first ()."""
    told = [ask(mark, topics) for ask, mark in zip(_changes, marks or [""] * len(_changes), strict=True)]
    return [mark for mark, _news in told], [item for _mark, news in told for item in news]


def people_hidden_from(person: Person) -> frozenset[int]:
    return frozenset(person_id for ask in _hidden for person_id in ask(person))


def _by_prefix(topics: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for topic in sorted(set(topics)):
        found.setdefault(topic.partition(".")[0], []).append(topic)
    return found
