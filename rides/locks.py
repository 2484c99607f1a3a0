"""The one lock order (decision 0002): people → outing → requests → offers → streams, each kind once a transaction.

Rows of one kind are locked by ascending id. `no_key` lets others still refer to a locked row by foreign key.
"""

from collections.abc import Iterable
from typing import TypeVar

from django.db import transaction
from django.db.models import Model

from accounts.models import User
from rides.errors import NotFound
from rides.models import Outing, RideOffer, RideRequest

Row = TypeVar("Row", bound=Model)


def require_transaction() -> None:
    """Domain functions insist that a command opened the transaction; starting one is not theirs to do."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("This changes rides: call it inside a command.")


def lock_people(*ids: int) -> dict[int, User]:
    """Keeps one person from two rides at once."""
    require_transaction()
    people = {person.pk: person for person in _locked(User, ids)}
    if len(people) < len(set(ids)):
        raise NotFound
    return people


def lock_outing(outing_id: int) -> Outing:
    """Keeps people from joining while cars are proposed."""
    require_transaction()
    return _the_one(_locked(Outing, [outing_id]))


def lock_request(request_id: int) -> RideRequest:
    """Keeps a request from two drivers."""
    require_transaction()
    return _the_one(_locked(RideRequest, [request_id]))


def lock_offer(offer_id: int) -> RideOffer:
    """Keeps a seat from two riders."""
    require_transaction()
    return _the_one(_locked(RideOffer, [offer_id]))


def _locked(model: type[Row], ids: Iterable[int]) -> list[Row]:
    return list(model._default_manager.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk"))


def _the_one(rows: list[Row]) -> Row:
    if not rows:
        raise NotFound
    return rows[0]
