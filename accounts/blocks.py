"""Who does not want to meet whom: both ways, at once, told to nobody."""

from django.db.models import Q

from accounts.models import Block, User


def unseen_by(person: User) -> set[int]:
    """Ids of the people this person blocked or was blocked by."""
    pairs = Block.objects.filter(Q(blocker=person) | Q(blocked=person)).values_list("blocker_id", "blocked_id")
    return {one for pair in pairs for one in pair} - {person.pk}


def between(one_id: int, other_id: int) -> bool:
    """Whether either of the two blocked the other."""
    pair = (one_id, other_id)
    return Block.objects.filter(blocker__in=pair, blocked__in=pair).exists()


def pairs_among(ids: set[int]) -> set[tuple[int, int]]:
    """The blocked pairs within a group, the smaller id first."""
    pairs = Block.objects.filter(blocker__in=ids, blocked__in=ids).values_list("blocker_id", "blocked_id")
    return {(min(pair), max(pair)) for pair in pairs}
