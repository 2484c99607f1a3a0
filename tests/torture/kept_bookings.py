"""I2 for steps of a booking: what was acknowledged shows at the end, and nothing shows that nobody may have done."""

from collections import defaultdict
from collections.abc import Iterator

from tests.torture.history import Deed
from tests.torture.record import Record
from tests.torture.tables import Booking, Tables

RIDES = ("CONFIRMED", "COMPLETED_PENDING_VALIDATION", "VALIDATED")
BEFORE_A_YES = ("declined", "no_answer", "withdrawn")
"""Reasons for which only those bookings end to which no driver has said yes."""
ENDS = {"decline": ("declined",), "cancel": ("by_rider", "by_driver", "after_change")}
"""The reasons that a step leaves behind."""


class Bookings:
    """The bookings at the end, and the record of what was done to them."""

    def __init__(self, deeds: list[Deed], record: Record, tables: Tables) -> None:
        self._record, self._tables = record, tables
        self._offers = {offer.id: offer for offer in tables.offers}
        self._taken = {deed.made for deed in deeds if deed.call.kind == "take" and deed.acknowledged}
        self._wanted = {
            (deed.call.person, (deed.call.body or {})["note"]): (deed.call.body or {})["seats"]
            for deed in deeds
            if deed.call.kind in ("book", "wait", "ask")
        }
        self._journeys = {one.id: one for one in tables.requests}
        self._cards: dict[int, list[int]] = defaultdict(list)
        for card in tables.askings:
            self._cards[card.request].append(card.id)
        self._of_rider: dict[int, list[Booking]] = defaultdict(list)
        for booking in tables.bookings:
            self._of_rider[booking.rider].append(booking)

    def violations(self) -> Iterator[str]:
        """A sentence for each."""
        for booking in self._tables.bookings:
            state = f"booking {booking.id} is {booking.state} {booking.reason}".rstrip()
            if booking.state in RIDES and not self._may_have_yes(booking):
                yield f"I2: {state}, and nobody said yes."
            if self._has_yes(booking) and not self._follows_a_yes(booking):
                yield f"I2: a yes was acknowledged, and {state}."
            if booking.state == "CANCELLED" and not self._may_have_ended(booking):
                yield f"I2: {state}, and nobody did that."
            for kind, reasons in ENDS.items():
                if self._record.told(kind, booking.id) and not (
                    booking.state == "CANCELLED" and booking.reason in reasons
                ):
                    yield f"I2: {kind} was acknowledged, and {state}."
            yield from self._seats(booking)

    def _has_yes(self, booking: Booking) -> bool:
        return booking.id in self._taken or bool(self._record.told("accept", booking.id))

    def _may_have_yes(self, booking: Booking) -> bool:
        return (
            self._offers[booking.offer].automatic
            or bool(self._record.possible("accept", booking.id))
            or any(self._record.possible("take", card) for card in self._cards[booking.request or 0])
        )

    def _follows_a_yes(self, booking: Booking) -> bool:
        return booking.state in RIDES or (booking.state == "CANCELLED" and booking.reason not in BEFORE_A_YES)

    def _may_have_ended(self, booking: Booking) -> bool:
        offer, possible = self._offers[booking.offer], self._record.possible
        match booking.reason:
            case "by_rider" | "after_change":
                return bool(possible("cancel", booking.id, booking.rider))
            case "by_driver":
                return bool(possible("cancel", booking.id, offer.driver))
            case "declined":
                return bool(possible("decline", booking.id, offer.driver))
            case "offer_cancelled":
                return bool(possible("call off", offer.id))
            case "no_answer":
                return bool(possible("depart", offer.id))
            case "withdrawn":
                return any(self._may_have_yes(one) for one in self._of_rider[booking.rider] if one is not booking)
        return False

    def _seats(self, booking: Booking) -> Iterator[str]:
        journey = self._journeys.get(booking.request or 0)
        if journey is None:
            return
        seats = booking.carried["seats"]
        wanted = self._wanted.get((journey.rider, journey.note))
        fewer = {(deed.call.body or {})["seats"] for deed in self._record.possible("reduce", booking.id)}
        if seats not in fewer | {wanted}:
            yield f"I2: booking {booking.id} has {seats} seats; {wanted} were wanted, then {sorted(fewer)}."
        for deed in self._record.told("reduce", booking.id):
            if seats > (deed.call.body or {})["seats"]:
                yield f"I2: {deed.call.key} left fewer seats to booking {booking.id} than the {seats} it has."
