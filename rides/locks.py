"""The one lock order (decision 0002): people → outing → requests → offers → streams, each kind once a transaction.

Rows of one kind are locked by ascending id. `no_key` lets others still refer to a locked row by foreign key.
"""

from collections.abc import Collection
from typing import TypeVar

from django.db import transaction
from django.db.models import Model

from accounts.models import User
from rides import preconditions
from rides.errors import NotFound
from rides.models import Outing, RideOffer, RideRequest

Row = TypeVar("Row", bound=Model)
# What `select_for_update(no_key=True)` would write. Every change begins with it, and to write it anew each time takes
# longer than to run it.
LOCK = "SELECT {} FROM {} WHERE id = ANY (%s) ORDER BY id FOR NO KEY UPDATE"


def require_transaction() -> None:
    """Domain functions insist that a command opened the transaction; starting one is not theirs to do."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("This changes rides: call it inside a command.")


def lock_people(*ids: int) -> dict[int, User]:
    """Keeps one person from two rides at once."""
    require_transaction()
    return _all(_locked(User, ids), ids)


def lock_outing(outing_id: int) -> Outing:
    """Keeps people from joining while cars are proposed."""
    require_transaction()
    return _all(_locked(Outing, [outing_id]), [outing_id])[outing_id]


def lock_requests(*ids: int) -> dict[int, RideRequest]:
    """Keeps a request from two drivers."""
    require_transaction()
    return _all(_locked(RideRequest, ids), ids)


def lock_request(request_id: int) -> RideRequest:
    """As `lock_requests`, for one."""
    return lock_requests(request_id)[request_id]


def lock_offers(*ids: int) -> dict[int, RideOffer]:
    """Keeps a seat from two riders."""
    require_transaction()
    return _all(_locked(RideOffer, ids), ids)


def lock_offer(offer_id: int) -> RideOffer:
    """As `lock_offers`, for one."""
    return lock_offers(offer_id)[offer_id]


def _locked(model: type[Row], ids: Collection[int]) -> list[Row]:
    if not ids:
        return []
    columns = ", ".join(field.attname for field in model._meta.concrete_fields)
    rows = list(model._default_manager.raw(LOCK.format(columns, model._meta.db_table), [sorted(set(ids))]))
    preconditions.locked(model)
    return rows


def _all(rows: list[Row], ids: Collection[int]) -> dict[int, Row]:
    found = {row.pk: row for row in rows}
    if len(found) < len(set(ids)):
        raise NotFound
    return found
