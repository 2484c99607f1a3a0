"""The hour of the ride: here, late, nobody came, aboard, off again; and the word about it afterwards."""

from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from rides.underway import completion, kerb, no_shows
from tests.rides.machine.books import COMPLETED, CONFIRMED, HELD, HOUR, LOOKING, MINUTE, VALIDATED, WAITING, Row
from tests.rides.machine.player import ANY, Player, one_of

BY_DRIVER = st.booleans()


class Kerb(Player):
    """Rules of `rides.underway.kerb`, `rides.underway.no_shows` and `rides.underway.completion`."""

    @precondition(lambda self: self.books.offers)
    @rule(number=ANY, minutes=st.sampled_from([-50, -5, 5, 20]), at_the_end=st.booleans())
    def its_hour_comes(self, number: int, minutes: int, at_the_end: bool) -> None:
        """The clock goes on to just before, or after, a ride begins or ends."""
        live = [one["id"] for one in self.books.offers.values() if one["state"] in ("published", "departed")]
        if live:
            hour = self.books.arrives if at_the_end else self.books.departs
            self.books.now = max(self.books.now, hour(one_of(live, number)) + minutes * MINUTE)

    @precondition(lambda self: self._rides())
    @rule(
        number=ANY, by_driver=BY_DRIVER, kind=st.sampled_from(["here", "here", "late", "nobody_came", "nobody_came"]),
        minutes=st.sampled_from([None, None, 5, 20, 90]),
    )  # fmt: skip
    def says_something(self, number: int, by_driver: bool, kind: str, minutes: int | None) -> None:
        row = one_of(self._rides(), number)
        by, said = "driver" if by_driver else "rider", minutes if kind in ("here", "late") else None
        refusal, repeats = None, False
        if (kind == "late" and not 1 <= (said or 0) <= 60) or (kind == "here" and not 10 <= (said or 10) <= 30):
            refusal = "invalid"
        else:
            before = [one for one in row["said"] if (one["by"], one["kind"], one["minutes"]) == (by, kind, said)]
            repeats = any(one["at"] > self.books.now - MINUTE for one in before)
            if not repeats:
                refusal = self._refusal_of_no_show(row, by) if kind == "nobody_came" else self._refusal_now(row)
        named: Any = {"booking_id": row["id"], "person": self._side(row, by_driver), "now": self.now()}
        made = self.step(refusal, lambda: kerb.say(kind=kind, minutes=minutes, **named))
        if not made or repeats:
            return
        signal = {"by": by, "kind": kind, "minutes": said, "at": self.books.now, "until": None}
        if kind == "nobody_came":
            row["said"].append(signal)
            self._nobody_came(row, by)
            return
        if kind == "here":
            since = max(self.books.now, self.books.hours(row)[0])
            signal["until"] = self._wait_until(row) or since + (said or 10) * MINUTE
        row["said"].append(signal)
        if kind == "late" and by_driver:
            for other in self._further_on(row):
                other["said"].append(signal)

    @precondition(lambda self: self._rides())
    @rule(number=ANY, by_driver=BY_DRIVER, off=st.booleans())
    def gets_on_or_off(self, number: int, by_driver: bool, off: bool) -> None:
        row = one_of(self._rides(), number)
        named: Any = {"booking_id": row["id"], "person": self._side(row, by_driver), "now": self.now()}
        if self.step(self._refusal_now(row), partial(kerb.got_off if off else kerb.aboard, **named)):
            row["boarded"] = True

    @precondition(lambda self: self._rides())
    @rule(number=ANY, by_driver=BY_DRIVER, yes=st.booleans())
    def says_whether_it_took_place(self, number: int, by_driver: bool, yes: bool) -> None:
        row = one_of(self._rides(), number)
        named: Any = {"booking_id": row["id"], "person": self._side(row, by_driver), "now": self.now()}
        refusal, state = None, row["state"]
        if state == CONFIRMED and self.books.now < self.books.hours(row)[1]:
            refusal = "not_over"
        elif state not in (CONFIRMED, COMPLETED) and not (yes and state == VALIDATED):
            refusal = "already_settled"
        made = self.step(refusal, partial(completion.took_place if yes else completion.did_not_happen, **named))
        if not made or state == VALIDATED:
            return
        if not yes:
            self.books.end([row], "did_not_happen")
            if row["request"] and not self.books.of_request(row["request"]):
                self.books.move(row["request"], "expired", "closed")
        elif not by_driver:
            row["state"] = VALIDATED
            if state == CONFIRMED:
                self.books.make_room(row["offer"])

    @precondition(lambda self: self.books.offers)
    @rule(number=ANY)
    def the_clock_ends_what_nobody_ended(self, number: int) -> None:
        books = self.books
        offer = one_of(list(books.offers.values()), number)
        long_ago, ends = books.now - 3 * HOUR, books.arrives(offer["id"])
        over = books.departs(offer["id"]) < long_ago
        over = over and (
            (offer["state"] == "departed" and ends < long_ago) or (offer["state"] == "published" and ends < books.now)
        )
        made = self.step(None, lambda: completion.finish(offer_id=offer["id"], now=self.now()))
        assert bool(made) == over
        if over:
            books.leaves(offer["id"], "completed", "no_answer", (WAITING, HELD))
            for row in books.aboard(offer["id"]):
                row["state"] = COMPLETED

    @precondition(lambda self: self.books.requests)
    @rule(number=ANY)
    def wants_it_after_all(self, number: int) -> None:
        request = one_of(list(self.books.requests.values()), number)
        named: Any = {"request_id": request["id"], "rider": self.user(request["rider"]), "now": self.now()}
        refusal = None
        if request["state"] == "matched":
            refusal = "already_settled"
        elif request["state"] not in LOOKING and request["latest"] <= self.books.now:
            refusal = "too_late"
        if self.step(refusal, lambda: no_shows.look_on(**named)) and request["state"] not in LOOKING:
            request["state"] = "open"

    def _rides(self) -> list[Row]:
        """Bookings that a driver has said yes to, and if there are none, any but open forms."""
        stand = [row for row in self.books.bookings.values() if row["state"] in (CONFIRMED, COMPLETED, VALIDATED)]
        return stand or [row for row in self.books.bookings.values() if row["state"] != HELD]

    def _side(self, row: Row, by_driver: bool) -> Any:
        return self.user(self.books.offers[row["offer"]]["driver"] if by_driver else row["rider"])

    def _refusal_now(self, row: Row, states: tuple[str, ...] = (CONFIRMED,)) -> str | None:
        if row["state"] not in states:
            return "already_settled"
        pickup, dropoff = self.books.hours(row)
        return None if pickup - HOUR <= self.books.now < dropoff + 2 * HOUR else "not_now"

    def _refusal_of_no_show(self, row: Row, by: str) -> str | None:
        """Who says so was there, and has waited as long as agreed, unless the rider is later than that by herself."""
        if refusal := self._refusal_now(row, (CONFIRMED, COMPLETED)):
            return refusal
        if row["boarded"]:
            return "already_aboard"
        if by == "driver" and not any(one["by"] == "driver" and one["kind"] == "here" for one in row["said"]):
            return "not_here"
        pickup, until = self.books.hours(row)[0], self._wait_until(row)
        mine = [one for one in row["said"] if one["by"] == "rider" and one["kind"] in ("here", "late")]
        if until is None:
            until = pickup + 10 * MINUTE
        elif by == "driver" and mine and mine[-1]["minutes"] and pickup + mine[-1]["minutes"] * MINUTE > until:
            until = pickup
        return "still_waiting" if self.books.now < until else None

    def _wait_until(self, row: Row) -> int | None:
        return next((one["until"] for one in row["said"] if one["kind"] == "here"), None)

    def _nobody_came(self, row: Row, by: str) -> None:
        books, request = self.books, row["request"]
        books.end([row], "rider_no_show" if by == "driver" else "driver_no_show")
        if by == "driver":
            if request and not books.of_request(request):
                books.not_wanted(request)
        elif request:
            books.requests[request]["latest"] = max(books.requests[request]["latest"], books.now + 2 * HOUR)
            books.lost_a_driver(request)

    def _further_on(self, row: Row) -> list[Row]:
        """Whom the driver fetches at the same stop or later."""
        line = [stop["id"] for stop in self.books.offers[row["offer"]]["line"]]
        others = [one for one in self.books.aboard(row["offer"], but=row["id"]) if one["state"] == CONFIRMED]
        after = line.index(row["pickup"])
        return [one for one in others if not one["boarded"] and line.index(one["pickup"]) >= after]
