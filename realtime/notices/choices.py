"""Which ways a person has chosen for what, and when she wants to be left alone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from realtime.models import NoticeChoice, NoticeHours
from realtime.notices.readers import Subject, subjects

Mail = NoticeChoice.Mail
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ways:
    """For one subject."""

    push: bool
    mail: str


@dataclass(frozen=True, slots=True)
class Choices:
    """All that one person has chosen, or what holds until she does."""

    ways: dict[str, Ways]
    hours: NoticeHours

    def of(self, subject: Subject) -> Ways:
        return self.ways.get(subject.code, Ways(subject.push, subject.mail))


def of_people(people: Collection[int]) -> dict[int, Choices]:
    """Two queries for all of them."""
    hours = NoticeHours.objects.in_bulk(people)
    found = {person: Choices({}, hours.get(person) or NoticeHours(person_id=person)) for person in people}
    for row in NoticeChoice.objects.filter(person__in=people):
        found[row.person_id].ways[row.subject] = Ways(row.push, row.mail)
    return found


def of_person(person_id: int) -> Choices:
    return of_people([person_id])[person_id]


def choose(person_id: int, subject: str, *, push: bool, mail: str) -> None:
    """From now on she hears of this subject so."""
    NoticeChoice.objects.update_or_create(person_id=person_id, subject=subject, defaults={"push": push, "mail": mail})


def is_a_night(quiet_from: time | None, quiet_until: time | None) -> bool:
    """Both ends of the quiet hours, or neither: one alone would be a night without a morning."""
    return (quiet_from is None) == (quiet_until is None)


def keep(
    person_id: int, ways: Mapping[str, Ways], *, quiet_from: time | None, quiet_until: time | None, digest_at: time
) -> None:
    """All that a person has chosen at a time; subjects of which she says nothing new go on as they were."""
    before = of_person(person_id)
    hours = {"quiet_from": quiet_from, "quiet_until": quiet_until, "digest_at": digest_at}
    with transaction.atomic():
        NoticeHours.objects.update_or_create(person_id=person_id, defaults=hours)
        for subject in subjects():
            wanted = ways.get(subject.code)
            if wanted is not None and wanted != before.of(subject):
                choose(person_id, subject.code, push=wanted.push, mail=wanted.mail)


def no_more_mail(person_id: int, codes: Collection[str]) -> None:
    """What comes on devices goes on coming there."""
    chosen = of_person(person_id)
    for subject in subjects():
        if subject.code in codes:
            choose(person_id, subject.code, push=chosen.of(subject).push, mail=Mail.NEVER)


def quiet_until(hours: NoticeHours, now: datetime, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end in which `now` lies; None outside of them."""
    start, end = hours.quiet_from, hours.quiet_until
    if start is None or end is None or start == end:
        return None
    wall = now.astimezone(zone)
    clock = wall.time()
    is_quiet = start <= clock < end if start < end else clock >= start or clock < end
    if not is_quiet:
        return None
    return next_time(end, now, zone)


def next_time(clock: time, now: datetime, zone: ZoneInfo) -> datetime:
    """The next instant at which clocks show this; the hour that comes twice is the first."""
    day = now.astimezone(zone).date()
    at = datetime.combine(day, clock, zone)
    if at.astimezone(now.tzinfo) <= now:
        at = datetime.combine(day + ONE_DAY, clock, zone)
    return at.astimezone(now.tzinfo)
