"""What other rooms say of their events for somebody who sees no page: a sentence, and where it leads."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from realtime.models import NoticeChoice
from realtime.registry import Person


@dataclass(frozen=True, slots=True)
class Notice:
    """How an event reads outside. `path` is the page behind it.

    `urgent` is told in quiet hours, too; and so is what would be of no use after them (`before`). `accept` is the
    address of the API that says yes, and only given where the text says who asks, what it costs and what they need: it
    is a button right below that text.
    """

    title: str
    body: str
    path: str
    urgent: bool = False
    before: datetime | None = None
    accept: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of news that people choose ways for; `push` and `mail` hold until they do."""

    code: str
    label: Any  # lazily translated
    push: bool = True
    mail: NoticeChoice.Mail = NoticeChoice.Mail.INSTEAD


Read = Callable[[dict[str, Any], Person, datetime], Notice | None]

_readers: dict[str, tuple[str, Read]] = {}
_subjects: dict[str, Subject] = {}
_zone: list[Callable[[], ZoneInfo]] = []


def register_subject(subject: Subject) -> None:
    _subjects[subject.code] = subject


def register_reader(kind: str, subject: str, read: Read) -> None:
    """`read(refs, person, told_at)` says how an event that was written at `told_at` reads for the person now.

    It runs in her language and the region's time, may read the database, and returns None when there is nothing to
    tell: she did it herself, it is over, or no longer hers to see. What cannot be read here is told on pages only.
    """
    _readers[kind] = (subject, read)


def register_zone(zone: Callable[[], ZoneInfo]) -> None:
    """In which time the people of this site live."""
    _zone[:] = [zone]


def zone() -> ZoneInfo:
    return _zone[0]() if _zone else ZoneInfo(str(timezone.get_default_timezone()))


def subjects() -> list[Subject]:
    """In the order in which they were registered."""
    return list(_subjects.values())


def subject_of(kind: str) -> Subject | None:
    """None for what is told on pages only."""
    found = _readers.get(kind)
    return _subjects[found[0]] if found else None


def read(kind: str, refs: dict[str, Any], person: Person, told_at: datetime) -> Notice | None:
    found = _readers.get(kind)
    return found[1](refs, person, told_at) if found else None
