"""I2 for what is made: a ride, a journey or a booking is there once if its person was told so, and never if refused."""

from collections import Counter
from collections.abc import Iterable, Iterator

from tests.torture.history import Deed
from tests.torture.tables import Tables

JOURNEYS = ("book", "wait", "ask")
"""What makes a journey, whose note is the key."""


def violations(deeds: list[Deed], tables: Tables) -> Iterator[str]:
    """A sentence for each."""
    journeys = [deed for deed in deeds if deed.call.kind in JOURNEYS]
    yield from _once(journeys, Counter((one.rider, one.note) for one in tables.requests))
    rides = [deed for deed in deeds if deed.call.kind == "publish"]
    yield from _once(rides, Counter((one.driver, one.note) for one in tables.offers))
    yield from _told_of(deeds, tables)
    yield from _bookings_of_somebody(deeds, tables)


def _once(deeds: Iterable[Deed], found: Counter[tuple[int, str]]) -> Iterator[str]:
    asked_for = set()
    for deed in deeds:
        mark = deed.call.person, (deed.call.body or {})["note"]
        asked_for.add(mark)
        if found[mark] > 1:
            yield f"I2: {deed.call.kind} {mark[1]} was done {found[mark]} times."
        if deed.acknowledged and not found[mark]:
            yield f"I2: {deed.call.kind} {mark[1]} was acknowledged and is not there."
        if deed.refused and found[mark]:
            yield f"I2: {deed.call.kind} {mark[1]} was refused and is there."
    for person, note in found:
        if (person, note) not in asked_for:
            yield f"I2: person {person} never sent {note!r}, and it is there."


def _told_of(deeds: Iterable[Deed], tables: Tables) -> Iterator[str]:
    """The booking in an answer is the one of that command."""
    bookings = {one.id: one for one in tables.bookings}
    notes = {one.id: one.note for one in tables.requests}
    for deed in deeds:
        if deed.acknowledged and deed.call.kind in ("book", "take"):
            booking = bookings.get(deed.made or 0)
            if booking is None:
                yield f"I2: booking {deed.made} of {deed.call.key} was acknowledged and is not there."
            elif deed.call.kind == "book" and (
                booking.offer != deed.call.about or notes.get(booking.request or 0) != (deed.call.body or {})["note"]
            ):
                yield f"I2: booking {booking.id} is not what {deed.call.key} asked for."


def _bookings_of_somebody(deeds: Iterable[Deed], tables: Tables) -> Iterator[str]:
    """Each booking was asked for by its rider, or taken along by a driver; each once."""
    seats = {(d.call.person, (d.call.body or {})["note"]) for d in deeds if d.call.kind in ("book", "wait")}
    holds = {(d.call.person, d.call.about) for d in deeds if d.call.kind == "hold" and d.possible}
    taken = {d.call.about for d in deeds if d.call.kind == "take" and d.possible}
    allowed = {one.id: int((one.rider, one.note) in seats) for one in tables.requests}
    for card in tables.askings:
        allowed[card.request] += card.id in taken
    there = Counter(booking.request for booking in tables.bookings if booking.request is not None)
    for request, count in there.items():
        if count > allowed[request]:
            yield f"I2: journey {request} has {count} bookings, and was asked for {allowed[request]} times."
    for booking in tables.bookings:
        if booking.request is None and not (booking.state == "HELD" and (booking.rider, booking.offer) in holds):
            yield f"I2: nobody asked for booking {booking.id}."
