"""Who does not want to meet whom: both ways, at once, told to nobody."""

from django.db import connection
from django.db.models import Q

from accounts.models import Block, User

# Asked twice for every seat that is sold, and ten times as fast as the same through a queryset.
EITHER = "SELECT EXISTS (SELECT FROM accounts_block WHERE blocker_id = ANY (%s) AND blocked_id = ANY (%s))"


def unseen_by(person: User) -> set[int]:
    """Ids of the people this person blocked or was blocked by."""
    pairs = Block.objects.filter(Q(blocker=person) | Q(blocked=person)).values_list("blocker_id", "blocked_id")
    return {one for pair in pairs for one in pair} - {person.pk}


def between(one_id: int, other_id: int) -> bool:
    """Whether either of the two blocked the other."""
    pair = [one_id, other_id]
    with connection.cursor() as cursor:
        cursor.execute(EITHER, [pair, pair])
        return bool(cursor.fetchone()[0])


def pairs_among(ids: set[int]) -> set[tuple[int, int]]:
    """The blocked pairs within a group, the smaller id first."""
    pairs = Block.objects.filter(blocker__in=ids, blocked__in=ids).values_list("blocker_id", "blocked_id")
    return {(min(pair), max(pair)) for pair in pairs}
