"""The verdict over a campaign: what people were told, held against what the database holds at the end."""

from collections.abc import Iterable, Iterator

from tests.torture import answers, kept_rides, made, room, spans, steps
from tests.torture.history import Attempt, deeds_of
from tests.torture.kept_bookings import Bookings
from tests.torture.record import Record
from tests.torture.tables import Tables


def violations(attempts: Iterable[Attempt], tables: Tables) -> Iterator[str]:
    """A sentence for each promise that was not kept, with the promise's number."""
    deeds = deeds_of(attempts)
    record = Record(deeds)
    yield from room.violations(tables)
    yield from answers.violations(deeds)
    yield from made.violations(deeds, tables)
    yield from kept_rides.violations(record, tables)
    yield from Bookings(deeds, record, tables).violations()
    yield from steps.violations(deeds)
    yield from spans.violations(tables)
