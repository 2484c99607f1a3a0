"""Riders: hold, book, wait in line, ask everybody, take fewer seats, call off."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.torture.history import Call
from tests.torture.people import Person

LOADS: list[dict[str, int]] = [{}, {}, {"litres": 150}, {"length_cm": 90}, {"length_cm": 202, "litres": 300}]
WAITS_OR_RIDES = ("WAITING_CONFIRMATION", "CONFIRMED")


class Rider(Person):
    """Wants to get to the store, by whatever car."""

    def act(self) -> None:
        self.choose({self.book: 50, self.hold: 15, self.cancel: 15, self.reduce: 10, self.wait_in_line: 5, self.ask: 3})

    def book(self) -> None:
        if offer := self.one_of(self.look("offers/")):
            key = self.new_key()
            body = self._seat_in(offer["driver"], key) | {"offer": offer["id"]}
            other = body | {"seats": body["seats"] + 1, "note": f"{key} again"}
            self.insist(Call(self.who.id, key, "book", offer["id"], "POST", "bookings/", body), other)

    def hold(self) -> None:
        if offer := self.one_of(self.look("offers/")):
            self._about_offer("hold", offer, f"offers/{offer['id']}/hold/")

    def wait_in_line(self) -> None:
        if offer := self.one_of(self.look("offers/")):
            self._about_offer("wait", offer, f"offers/{offer['id']}/waiting/")

    def ask(self) -> None:
        key, now = self.new_key(), datetime.now(UTC)
        body = self._seat_in(self.one_of(list(self.town.doors)), key)
        body |= {"earliest_at": now.isoformat(), "latest_at": (now + timedelta(hours=12)).isoformat()}
        self.insist(Call(self.who.id, key, "ask", None, "POST", "requests/", body))

    def cancel(self) -> None:
        if booking := self.one_of(self._mine()):
            self.step("cancel", booking["id"], f"bookings/{booking['id']}/cancel/")

    def reduce(self) -> None:
        if booking := self.one_of([one for one in self._mine() if one["seats"] > 1]):
            carried = {kind: booking[kind] for kind in ("child_seats", "wheelchairs", "litres", "roof_kg", "length_cm")}
            body = {**carried, "seats": booking["seats"] - 1}
            path = f"bookings/{booking['id']}/reduce/"
            self.insist(Call(self.who.id, self.new_key(), "reduce", booking["id"], "POST", path, body))

    def _mine(self) -> list[dict[str, Any]]:
        return [one for one in self.look("bookings/") if one["state"] in WAITS_OR_RIDES]

    def _about_offer(self, kind: str, offer: dict[str, Any], path: str) -> None:
        key = self.new_key()
        body = self._seat_in(offer["driver"], key)
        self.insist(Call(self.who.id, key, kind, offer["id"], "POST", path, body))

    def _seat_in(self, driver: str, key: str) -> dict[str, Any]:
        """The form: its note is the key, by which the checker knows the journey again."""
        doors, line = self.town.doors[driver], self.town.store
        origin, destination = self.one_of(doors), line
        if self.chance.random() < 0.3:
            destination = self.one_of(doors)
        seats = self.chance.choice([1, 1, 1, 2])
        return {"origin": origin, "destination": destination, "seats": seats, "note": key, **self.one_of(LOADS)}
