"""Who has no device, at which number she is reached, and who has agreed to call her."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts import blocks, communities
from accounts.models import ByPhone, User


class NoHelper(Exception):
    """This one cannot be asked to call her: no neighbour of hers, or one of the two blocked the other."""


def may_set(person: User, by: User) -> bool:
    """She herself, or whoever coordinates her."""
    return person.pk == by.pk or communities.coordinated_by(by).filter(pk=person.pk).exists()


def who_could_help(person: User) -> QuerySet[User]:
    """Neighbours of hers, and her coordinators."""
    neighbours = communities.neighbours_of(person).values("pk")
    leading = communities.coordinators_of(person).values("pk")
    near = User.objects.filter(Q(pk__in=neighbours) | Q(pk__in=leading), is_active=True)
    return near.exclude(pk__in={person.pk, *blocks.unseen_by(person)}).order_by("first_name", "pk")


def set_up(*, person: User, phone: str, helper: User | None, by: User, now: datetime) -> ByPhone:
    """From now on she is called. Raises NoHelper. The caller holds the person's lock.

    A helper whom she names says yes herself (`agree`); a coordinator who names one has asked her.
    """
    if helper is not None and not who_could_help(person).filter(pk=helper.pk).exists():
        raise NoHelper
    row = ByPhone.objects.filter(person=person).first() or ByPhone(person=person, since=now)
    if by.pk != person.pk:
        row.helper_agreed_at = now if helper else None
    elif row.helper != helper:
        row.helper_agreed_at = None
    row.phone, row.helper = phone, helper
    row.save()
    return row


def agree(*, row: ByPhone, now: datetime) -> None:
    """Her helper says yes; to say it again changes nothing."""
    row.helper_agreed_at = row.helper_agreed_at or now
    row.save(update_fields=["helper_agreed_at"])


def step_back(*, row: ByPhone) -> None:
    """Her helper says no, or no longer: her coordinators call."""
    row.helper, row.helper_agreed_at = None, None
    row.save(update_fields=["helper", "helper_agreed_at"])


def of_helper(helper: User) -> QuerySet[ByPhone]:
    """Those whom she calls, or is asked to call."""
    rows = ByPhone.objects.filter(helper=helper, person__is_active=True).select_related("person")
    return rows.exclude(person__in=blocks.unseen_by(helper)).order_by("pk")


# --- what whoever tells people has to know -----------------------------------------------------------------------


def among(people: Collection[int]) -> set[int]:
    """Those of them who are called."""
    return set(ByPhone.objects.filter(person__in=people).values_list("person_id", flat=True))


def helper_of(person_id: int) -> int | None:
    """Who calls her; nobody whom she blocked, or who blocked her."""
    row = ByPhone.objects.filter(person=person_id, helper__is_active=True).first()
    if row is None or row.caller_id is None or blocks.between(row.caller_id, person_id):
        return None
    return row.caller_id


def coordinators_of(person_id: int) -> list[int]:
    """Who calls her when no helper does."""
    person = User.objects.get(pk=person_id)
    return list(communities.coordinators_of(person).order_by("pk").values_list("pk", flat=True))


def helped_by(person: User) -> QuerySet[ByPhone, int]:
    """Ids of those whom this person has agreed to call."""
    return of_helper(person).filter(helper_agreed_at__isnull=False).values_list("person_id", flat=True)


def coordinated_by(person: User) -> QuerySet[User, int]:
    """Ids of those whom she calls when no helper does."""
    return communities.coordinated_by(person).filter(by_phone__isnull=False).values_list("pk", flat=True)
