"""Whom somebody does not see, and whose rides for neighbours she does: both in one query, asked for each search."""

from typing import NamedTuple

from django.db import connection

# The same as `blocks.unseen_by` and `communities.neighbours_of`, in a quarter of the time.
SIGHT = """
    SELECT array(SELECT blocked_id FROM accounts_block WHERE blocker_id = %(person)s
                 UNION SELECT blocker_id FROM accounts_block WHERE blocked_id = %(person)s),
           array(SELECT DISTINCT other.person_id FROM accounts_membership mine
                 JOIN accounts_membership other USING (community_id) WHERE mine.person_id = %(person)s)
"""


class Sight(NamedTuple):
    """Ids of people."""

    unseen: frozenset[int]
    neighbours: frozenset[int]


def of(person_id: int) -> Sight:
    """Of the people this one blocked or was blocked by, and of those who share a community with her."""
    with connection.cursor() as cursor:
        cursor.execute(SIGHT, {"person": person_id})
        unseen, neighbours = cursor.fetchone()
    return Sight(frozenset(unseen), frozenset(neighbours))
