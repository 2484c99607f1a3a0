"""I1: for every leg and load type, taken is what the bookings add up to, and one configuration has room for all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from tests.torture.tables import KINDS, Booking, Leg, Tables


def violations(tables: Tables) -> Iterator[str]:
    """A sentence for each."""
    legs_of: dict[int, list[Leg]] = defaultdict(list)
    holding: dict[int, list[Booking]] = defaultdict(list)
    for leg in tables.legs:
        legs_of[leg.offer].append(leg)
    for booking in tables.bookings:
        if booking.holds:
            holding[booking.offer].append(booking)
    for offer in tables.offers:
        legs, aboard = legs_of[offer.id], holding[offer.id]
        if sorted(leg.sequence for leg in legs) != list(range(len(legs))):
            yield f"I1: the legs of offer {offer.id} are numbered {sorted(leg.sequence for leg in legs)}."
        for leg in legs:
            right = _added_up(booking for booking in aboard if _is_on(booking, leg))
            if leg.taken != right:
                yield f"I1: leg {leg.sequence} of offer {offer.id} has taken {leg.taken}; its bookings are {right}."
        fullest = {kind: max((leg.taken[kind] for leg in legs), default=0) for kind in KINDS}
        if not any(all(way[kind] >= fullest[kind] for kind in KINDS) for way in offer.configurations):
            yield f"I1: no configuration of offer {offer.id} has room for {fullest}."


def _is_on(booking: Booking, leg: Leg) -> bool:
    return (
        booking.pickup is not None and booking.dropoff is not None and booking.pickup <= leg.sequence < booking.dropoff
    )


def _added_up(bookings: Iterable[Booking]) -> dict[str, int]:
    total = dict.fromkeys(KINDS, 0)
    for booking in bookings:
        for kind in KINDS:
            amount = booking.carried[kind]
            total[kind] = max(total[kind], amount) if kind == "length_cm" else total[kind] + amount
    return total
