"""Drivers: publish, say yes and no, call off, move, start, arrive."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.torture.history import Call
from tests.torture.people import Person

LIVE = 2
"""Rides that a driver has on offer at a time: few, so that many want the same seat."""


class Driver(Person):
    """Drives to the store, again and again."""

    think_s = (0.05, 0.4)

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._under_way: list[int] = []
        self._marks = 0

    def act(self) -> None:
        mine = [offer for offer in self.look("offers/") if offer["mine"]]
        if self._under_way:
            self.arrive(self._under_way.pop())
        elif len(mine) < LIVE and self.chance.random() < 0.7:
            self.publish()
        elif mine:
            offer = self.one_of(mine)
            self.choose(
                {
                    self.accept: 40,
                    self.decline: 8,
                    self.call_off_booking: 5,
                    self.answer_card: 10,
                    lambda: self.change(offer["id"]): 10,
                    lambda: self.depart(offer["id"]): 3,
                    lambda: self.call_off(offer["id"]): 3,
                }
            )

    def publish(self) -> None:
        key = self.new_key()
        departs_at = datetime.now(UTC) + timedelta(hours=2 + 3 * self.chance.randrange(LIVE + 1))
        body = {
            "origin": self.town.doors[self.who.name][0],
            "destination": self.town.store,
            "departs_at": departs_at.isoformat(),
            "max_detour_s": 1800,
            "max_detour_m": 30_000,
            "automatic": self.chance.random() < 0.4,
            "note": key,
        }
        other = body | {"note": f"{key} again"}
        self.insist(Call(self.who.id, key, "publish", None, "POST", "offers/", body), other)

    def accept(self) -> None:
        self._answer("accept", "WAITING_CONFIRMATION")

    def decline(self) -> None:
        self._answer("decline", "WAITING_CONFIRMATION")

    def call_off_booking(self) -> None:
        self._answer("cancel", "CONFIRMED")

    def answer_card(self) -> None:
        if card := self.one_of([one for one in self.look("askings/") if one["state"] == "asked"]):
            self.step("take", card["id"], f"askings/{card['id']}/accept/")

    def change(self, offer_id: int) -> None:
        """The tolls are a mark, by which the checker knows the change again."""
        self._marks += 1
        body: dict[str, Any] = {"tolls_cents": self._marks % 50_000}
        if self.chance.random() < 0.2:
            body["departs_at"] = (datetime.now(UTC) + timedelta(hours=self.chance.uniform(2, 8))).isoformat()
        call = Call(self.who.id, self.new_key(), "change", offer_id, "PATCH", f"offers/{offer_id}/", body)
        self.insist(call, {"tolls_cents": 50_000})

    def depart(self, offer_id: int) -> None:
        self._under_way.append(offer_id)
        self.step("depart", offer_id, f"offers/{offer_id}/depart/")

    def arrive(self, offer_id: int) -> None:
        self.step("complete", offer_id, f"offers/{offer_id}/complete/")

    def call_off(self, offer_id: int) -> None:
        self.step("call off", offer_id, f"offers/{offer_id}/cancel/")

    def _answer(self, verb: str, state: str) -> None:
        asked = [one for one in self.look("bookings/") if one["role"] == "driver" and one["state"] == state]
        if booking := self.one_of(asked):
            self.step(verb, booking["id"], f"bookings/{booking['id']}/{verb}/")
