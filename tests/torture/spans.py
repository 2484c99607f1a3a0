"""Nobody has two confirmed rides at the same time, and nobody drives two."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import combinations

from tests.torture.tables import Tables


def violations(tables: Tables) -> Iterator[str]:
    """A sentence for each. Who was moved by the driver, and may leave freely, decides for herself."""
    riding: dict[int, list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for booking in tables.bookings:
        if booking.state == "CONFIRMED" and not booking.may_leave_freely:
            riding[booking.rider].append((booking.starts_at, booking.ends_at, booking.id))
    driving: dict[int, list[tuple[datetime, datetime, int]]] = defaultdict(list)
    for offer in tables.offers:
        if offer.state in ("published", "departed"):
            driving[offer.driver].append((offer.departs_at, offer.arrives_at, offer.id))
    for what, people in (("rides in bookings", riding), ("drives offers", driving)):
        for person, spans in people.items():
            for (start, end, one), (other_start, other_end, other) in combinations(spans, 2):
                if start < other_end and other_start < end:
                    yield f"Person {person} {what} {one} and {other} at the same time."
