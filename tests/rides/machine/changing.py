"""The driver changes her mind: another hour, another end, other seats, other terms."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from rides import planner, streets
from rides.driving import offer_changes, offers
from rides.models import RideOffer
from tests.rides.machine.books import MINUTE, Row, fits
from tests.rides.machine.player import ANY, Player, one_of
from tests.rides.machine.stage import CARS, doors


class Changing(Player):
    """Rules of `rides.driving.offer_changes`."""

    def __init__(self) -> None:
        super().__init__()
        self.relaid: list[tuple[int, int, offer_changes.Changes, Any]] = []

    @precondition(lambda self: self.books.offers)
    @rule(number=ANY, minutes=st.sampled_from([-25, -6, -3, 4, 8, 35, 240]))
    def moves_the_hour(self, number: int, minutes: int) -> None:
        offer = one_of(list(self.books.offers.values()), number)
        departs_at = planner.instant(self.books.departs(offer["id"]) + minutes * MINUTE)
        changes = offer_changes.Changes(departs_at=departs_at)
        self._change(offer, changes, None)

    @precondition(lambda self: self.books.offers)
    @rule(number=ANY, door=st.integers(0, 5), origin=st.booleans(), later=st.booleans())
    def moves_an_end(self, number: int, door: int, origin: bool, later: bool) -> None:
        """At once, or after others have had time to book."""
        offer = one_of(list(self.books.offers.values()), number)
        changes = offer_changes.Changes(**{"origin" if origin else "destination": doors()[door]})
        ends = [offer["line"][0]["point"], offer["line"][-1]["point"]]
        if streets.public(streets.place_row(doors()[door])) in ends:
            return
        relaid = offer_changes.prepare(RideOffer.objects.get(pk=offer["id"]), changes)
        if later:
            self.relaid = [*self.relaid[-2:], (offer["id"], offer["plan"], changes, relaid)]
        else:
            self._change(offer, changes, relaid)

    @precondition(lambda self: self.relaid)
    @rule(number=ANY)
    def moves_an_end_at_last(self, number: int) -> None:
        offer_id, plan, changes, relaid = one_of(self.relaid, number)
        self._change(self.books.offers[offer_id], changes, relaid, plan)

    @precondition(lambda self: self.books.offers)
    @rule(number=ANY, seats=st.sampled_from([1, 2, 3, 9]), aboard=st.sampled_from([None, 0, 1]))
    def offers_other_seats(self, number: int, seats: int, aboard: int | None) -> None:
        self._change(
            one_of(list(self.books.offers.values()), number), offer_changes.Changes(seats=seats, already_aboard=aboard)
        )

    @precondition(lambda self: self.books.offers)
    @rule(number=ANY, changes=st.sampled_from([
        {"automatic": True}, {"automatic": False}, {"flexibility_s": 0}, {"flexibility_s": 900}, {"max_detour_s": 60},
        {"max_detour_s": 3600}, {"cents_per_km": 2}, {"cents_per_km": 14}, {"tolls_cents": 300},
    ]))  # fmt: skip
    def thinks_again(self, number: int, changes: dict[str, Any]) -> None:
        self._change(one_of(list(self.books.offers.values()), number), offer_changes.Changes(**changes))

    def _change(self, offer: Row, changes: offer_changes.Changes, relaid: Any = None, plan: int | None = None) -> None:
        books, after = self.books, dict(offer)
        if relaid:
            at, line = books.departs(offer["id"]), []
            ends = {0: relaid.origin, len(offer["line"]) - 1: relaid.destination}
            for number, (stop, road) in enumerate(zip(offer["line"], [*relaid.roads, (0, 0)], strict=False)):
                point = streets.public(ends[number]) if ends.get(number) else stop["point"]
                line.append(stop | {"at": at, "point": point})
                at += stop["dwell"] + road[0]
            after |= {"line": line, "plan": offer["plan"] + 1}
        elif changes.departs_at:
            by = planner.epoch_s(changes.departs_at) - books.departs(offer["id"])
            after |= {"line": [stop | {"at": stop["at"] + by} for stop in offer["line"]], "plan": offer["plan"] + 1}
        if changes.seats is not None:
            aboard = offer["aboard"] if changes.already_aboard is None else changes.already_aboard
            ways = [way for way in CARS[self.driver_of(offer).first_name] if way["seats"] >= aboard]
            after |= {
                "aboard": aboard,
                "ways": [way | {"seats": min(way["seats"] - aboard, changes.seats)} for way in ways],
            }
        for name in ("automatic", "flexibility_s", "max_detour_s"):
            wanted = getattr(changes, name)
            if wanted is not None and wanted != offer[name]:
                after[name] = wanted
                after["plan"] += name != "automatic"
        expected = self._refusal_to_change(offer, after, changes, plan)

        def change() -> RideOffer:
            row = offers.lock_with_riders(offer["id"], self.driver_of(offer))[offer["id"]]
            offer_changes.change(row, changes=changes, relaid=relaid, now=self.now())
            return row

        if self.step(expected, change):
            offer |= after
            books.tell(offer["id"])
            books.make_room(offer["id"])

    def _refusal_to_change(
        self, offer: Row, after: Row, changes: offer_changes.Changes, plan: int | None
    ) -> str | None:
        books = self.books
        if offer["state"] not in ("draft", "published"):
            return "wrong_state"
        if changes.departs_at and planner.epoch_s(changes.departs_at) <= books.now:
            return "in_the_past"
        if changes.seats is not None:
            ways = [way for way in CARS[self.driver_of(offer).first_name] if way["seats"] >= after["aboard"]]
            if not 1 <= changes.seats <= max(way["seats"] - after["aboard"] for way in ways):
                return "invalid"
            if not fits(after["ways"], books.taken(offer["id"])):
                return "seats_in_use"
        if plan is not None and plan != offer["plan"]:
            return "plan_changed"
        if offer["state"] == "published" and after["line"] != offer["line"]:
            return books.busy(offer["driver"], after["line"][0]["at"], after["line"][-1]["at"], but_offer=offer["id"])
        return None
