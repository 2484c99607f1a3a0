"""The model goes on: what becomes of its dicts when something has happened."""

from collections.abc import Iterable
from typing import Any

from rides import planner, streets
from routing.distance import metres_between
from tests.rides.machine.books import (
    CANCELLED,
    CONFIRMED,
    HELD,
    HOUR,
    KINDS,
    LOOKING,
    MAY_BE_LATER,
    MINUTE,
    WAITING,
    Books,
    Row,
)


class Ledger(Books):
    """What is written down."""

    # --- bookings

    def lay(self, look: Row, booking: Any, state: str, **more: Any) -> Row:
        """A booking, its stops, and the hours that it gives to everybody else."""
        offer, prepared = self.offers[look["offer"]], look["prepared"]
        old, line = iter(offer["line"]), []
        for position, stop in enumerate(prepared.plan.stops):
            known = None if position in look["new"] else next(old)
            at = {"at": stop.at_s, "dwell": stop.dwell_s}
            line.append(known | at if known else {"id": 0, "point": stop.place} | at)
        for position, stop_id in ((look["pickup"], booking.pickup_id), (look["dropoff"], booking.dropoff_id)):
            line[position]["id"] = stop_id
        if [(stop["id"], stop["at"]) for stop in line] != [(stop["id"], stop["at"]) for stop in offer["line"]]:
            offer["plan"] += 1
        offer["line"], offer["flexibility_s"] = line, prepared.plan.flexibility_s
        row: Row = {
            "id": booking.pk, "offer": look["offer"], "rider": look["rider"], "request": None, "state": state,
            "reason": "", "pickup": booking.pickup_id, "dropoff": booking.dropoff_id, "free": False, "accepted": None,
            "met": (streets.public(prepared.pickup), streets.public(prepared.dropoff)),
            "agreed": (look["start"], look["end"]),
            "held_until": None, "deadline": None, "boarded": False, "said": [],
            "standing": None, **look["what"],
        }  # fmt: skip
        self.bookings[booking.pk] = row | more
        return self.bookings[booking.pk]

    def ask(self, look: Row, booking: Any, request_id: int, *, yes: bool, **more: Any) -> Row:
        """A booking that waits for its driver, or has the yes with it."""
        departs = self.departs(look["offer"])
        deadline = max(min(self.now + 12 * HOUR, departs - 15 * MINUTE), self.now + 5 * MINUTE)
        row = self.lay(look, booking, WAITING, request=request_id, deadline=deadline, **more)
        if yes:
            self.accept(row)
        return row

    def accept(self, row: Row) -> None:
        """A driver's yes."""
        row["accepted"] = self.now
        waits = self.waits_for_half(row["request"])
        other = self.accepted_half(self.other_half(row["request"])) if waits else None
        if waits and not other:
            return
        for one in [row, *([other] if other else [])]:
            self.confirm(one)

    def confirm(self, row: Row) -> None:
        """It stands; what else she asks for at that time, or for that journey, is withdrawn."""
        row["state"], row["deadline"], row["accepted"] = CONFIRMED, None, self.now
        for rival in self.asked(row["rider"], *row["agreed"], request=row["request"], but=row["id"]):
            self.end([rival], "withdrawn")
            if rival["request"] and rival["request"] != row["request"] and not self.of_request(rival["request"]):
                self.not_wanted(rival["request"])
        if row["request"]:
            self.move(row["request"], "matched", "taken")

    def end(self, rows: Iterable[Row], reason: str) -> None:
        """Room comes free; a hold leaves no trace."""
        for row in list(rows):
            if row["state"] == HELD:
                del self.bookings[row["id"]]
            else:
                row |= {"state": CANCELLED, "reason": reason, "pickup": None, "dropoff": None, "deadline": None}
            self.make_room(row["offer"])

    def make_room(self, offer_id: int) -> None:
        """Who waits comes first, for a minute."""
        if self.offers[offer_id]["state"] == "published" and self.queue(offer_id):
            self.offers[offer_id]["reserved"] = self.now + MINUTE

    def tell(self, offer_id: int) -> None:
        """After a change of the offer: beyond what was agreed to, its riders may leave freely."""
        offer = self.offers[offer_id]
        stops = {stop["id"]: stop for stop in offer["line"]}
        for row in self.aboard(offer_id):
            ends = stops[row["pickup"]], stops[row["dropoff"]]
            hours = ends[0]["at"], ends[1]["at"]
            late = any(abs(at - agreed) > MAY_BE_LATER for at, agreed in zip(hours, row["agreed"], strict=True))
            far = [metres_between(met, end["point"]) > 200 for met, end in zip(row["met"], ends, strict=True)]
            row["met"] = tuple(
                end["point"] if moved else met for met, end, moved in zip(row["met"], ends, far, strict=True)
            )
            if any(far) or (late and not offer["open_ended"]):
                row["free"] = True
            if any(far) or late or offer["open_ended"]:
                row["agreed"] = hours

    # --- journeys

    def wish(self, request: Any, state: str, trip: Any, **more: Any) -> None:
        """A journey that somebody wants to make."""
        self.requests[request.pk] = {
            "id": request.pk, "rider": request.rider_id, "state": state, "trip": trip, "return_of": None, "both": False,
            "earliest": planner.epoch_s(request.earliest_at), "latest": planner.epoch_s(request.latest_at), **more,
        }  # fmt: skip

    def move(self, request_id: int, state: str, cards: str | None) -> None:
        """A journey's state, and what its cards and its places in waiting lists become."""
        self.requests[request_id]["state"] = state
        for card in self.cards.values() if cards else ():
            if card["request"] == request_id and card["state"] == "asked":
                card["state"] = cards
        for entry in self.entries.values():
            if state not in LOOKING and entry["request"] == request_id and entry["state"] == "waiting":
                entry["state"] = "left"

    def not_wanted(self, request_id: int) -> None:
        if self.requests[request_id]["state"] in (*LOOKING, "matched"):
            self.move(request_id, "cancelled", "closed")

    def lost_a_driver(self, request_id: int | None) -> None:
        """It looks on, unless another driver is still asked or its time is over."""
        if request_id is None or self.of_request(request_id):
            return
        request = self.requests[request_id]
        if request["state"] not in (*LOOKING, "matched"):
            return
        if self.is_lost(request_id):
            self.call_for_help(request_id)
        else:
            over = request["latest"] <= self.now
            self.move(request_id, "expired" if over else "open", "closed" if over else None)

    def call_for_help(self, request_id: int) -> None:
        """Whoever is out there takes any ride for half a day."""
        request = self.requests[request_id]
        request["latest"] = max(request["latest"], self.now + 12 * HOUR)
        self.move(request_id, "open", None)

    def asked_lately(self, driver_id: int) -> int:
        """How many cards were put to a driver within the last hour."""
        hers = (card for card in self.cards.values() if self.offers[card["offer"]]["driver"] == driver_id)
        return sum(card["at"] > self.now - HOUR for card in hers)

    # --- offers

    def leaves(self, offer_id: int, state: str, reason: str, ended: tuple[str, ...]) -> None:
        """Nobody gets on any more: the ride has left, or is called off."""
        self.offers[offer_id]["state"] = state
        rows = [row for row in self.aboard(offer_id) if row["state"] in ended]
        journeys = {row["request"] for row in rows}
        self.end(rows, reason)
        for card in self.cards.values():
            if card["offer"] == offer_id and card["state"] == "asked":
                card["state"] = "closed"
        for entry in self.queue(offer_id):
            entry["state"] = "over"
            journeys.add(entry["request"])
        for request_id in sorted(one for one in journeys if one):
            self.lost_a_driver(request_id)


def carries(row: Row) -> Row:
    """What is carried, of each kind."""
    return {kind: row[kind] for kind in KINDS}
