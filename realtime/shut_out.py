"""Shut somebody out of the site, and let her in again."""

from collections.abc import Collection

from django.contrib.auth import get_user_model
from django.db import transaction

from realtime import publish


def shut_out(person_ids: Collection[int]) -> int:
    """Switch accounts off: nobody signs in with them, and what is open closes at once; how many it changed.

    What they have promised stays as it is: rides and bookings are called off by whoever looks after them.
    """
    return _switch(person_ids, on=False)


def let_in(person_ids: Collection[int]) -> int:
    """Switch accounts on again; how many it changed."""
    return _switch(person_ids, on=True)


@transaction.atomic
def _switch(person_ids: Collection[int], *, on: bool) -> int:
    people = get_user_model()._default_manager.filter(pk__in=person_ids).exclude(is_active=on)
    changed = sorted(people.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    get_user_model()._default_manager.filter(pk__in=changed).update(is_active=on)
    for person_id in changed:
        publish.recheck(person_id)
    return len(changed)
