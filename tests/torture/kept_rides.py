"""I2 for steps of a ride: what was acknowledged shows at the end, and nothing shows that its driver did not do."""

from collections.abc import Iterator

from tests.torture.record import Record
from tests.torture.tables import Offer, Tables

AFTER = {"call off": ("cancelled",), "depart": ("departed", "completed", "cancelled"), "complete": ("completed",)}
"""Where a ride may be at the end when a step was acknowledged."""
BY = {"cancelled": "call off", "departed": "depart", "completed": "complete"}
"""The step by which a ride gets there."""


def violations(record: Record, tables: Tables) -> Iterator[str]:
    """A sentence for each."""
    for offer in tables.offers:
        for kind, states in AFTER.items():
            if record.told(kind, offer.id) and offer.state not in states:
                yield f"I2: {kind} of offer {offer.id} was acknowledged; it is {offer.state}."
        if offer.state in BY and not record.possible(BY[offer.state], offer.id):
            yield f"I2: offer {offer.id} is {offer.state}, and its driver did not do that."
        yield from _mark(record, offer)


def _mark(record: Record, offer: Offer) -> Iterator[str]:
    """Each change leaves a mark of its own; the last one is there."""
    changes = record.possible("change", offer.id)
    marks = {(change.call.body or {})["tolls_cents"] for change in changes}
    if offer.tolls_cents not in marks | {0}:
        yield f"I2: offer {offer.id} has the mark {offer.tolls_cents}, which nobody gave it."
    if not changes:
        return
    last = max(changes, key=lambda change: change.began_at)
    alone = all(change.known_at < last.began_at for change in changes if change is not last)
    if alone and last.acknowledged and offer.tolls_cents != (last.call.body or {})["tolls_cents"]:
        yield f"I2: change {last.call.key} of offer {offer.id} was acknowledged; its mark is {offer.tolls_cents}."
