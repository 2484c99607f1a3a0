"""The rider's part: a form kept open, a seat asked for, with one driver or three; fewer people; off again."""

from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from rides import planner, streets
from rides.bookings import answers, booking
from rides.requests import journeys
from tests.rides.machine.books import HELD, HOLDS, KINDS, LOOKING, MINUTE, WAITING, Row
from tests.rides.machine.player import ANY, EARLIEST, LOADS, SOMEBODY, WAYS, Player, afresh, one_of

JOURNEY = st.sampled_from(["new", "new", "new", "that one", "and back", "both or none"])
"""What the booking is for: a journey of its own, one that is there, the way back of one."""


class Asking(Player):
    """Rules of `rides.bookings.booking`, and of a rider's own steps in `rides.bookings.answers`."""

    @precondition(lambda self: self.books.offers)
    @rule(rider=SOMEBODY, offer=ANY, way=WAYS, what=LOADS, earliest=EARLIEST)
    def reads_about_a_ride(self, rider: int, offer: int, way: Any, what: str, earliest: int) -> None:
        """And keeps the page open: the ride may change before she does anything."""
        if seen := self.look(rider, offer, way, what, earliest):
            self.looks = [*self.looks[-3:], seen]

    @precondition(lambda self: self.books.offers)
    @rule(rider=SOMEBODY, offer=ANY, way=WAYS, what=LOADS, earliest=EARLIEST, journey=JOURNEY, mine=ANY)
    def asks_for_a_seat(
        self, rider: int, offer: int, way: Any, what: str, earliest: int, journey: str, mine: int
    ) -> None:
        if seen := self.look(rider, offer, way, what, earliest):
            self.book(seen, journey, mine)

    @precondition(lambda self: self.looks)
    @rule(number=ANY, journey=JOURNEY, mine=ANY)
    def asks_for_what_she_saw_before(self, number: int, journey: str, mine: int) -> None:
        self.book(one_of(self.looks, number), journey, mine)

    @precondition(lambda self: self.books.offers)
    @rule(rider=SOMEBODY, offer=ANY, way=WAYS, what=LOADS, earliest=EARLIEST)
    def opens_the_form(self, rider: int, offer: int, way: Any, what: str, earliest: int) -> None:
        if seen := self.look(rider, offer, way, what, earliest):
            self._hold(seen)

    @precondition(lambda self: self.looks)
    @rule(number=ANY)
    def opens_the_form_of_what_she_saw_before(self, number: int) -> None:
        self._hold(one_of(self.looks, number))

    @precondition(lambda self: self._bookings_in(HELD))
    @rule(number=ANY, journey=JOURNEY, mine=ANY)
    def sends_the_form(self, number: int, journey: str, mine: int) -> None:
        held = one_of(self._bookings_in(HELD), number)
        if seen := self.look_at(held["rider"], held["offer"], held["trip"], instead_of=held):
            self.book(seen, journey, mine)

    @precondition(lambda self: self._bookings_in(HELD))
    @rule(number=ANY)
    def leaves_the_form_open(self, number: int) -> None:
        """Too long or not: a job gives the room back when the time is over."""
        held = one_of(self._bookings_in(HELD), number)
        over = held["held_until"] <= self.books.now
        done = self.step(None, lambda: answers.release(booking_id=held["id"], now=self.now()))
        assert done == over
        if over:
            self.books.end([held], "")

    @precondition(lambda self: self.books.bookings)
    @rule(number=ANY, by_driver=st.booleans())
    def is_called_off(self, number: int, by_driver: bool) -> None:
        row = one_of(list(self.books.bookings.values()), number)
        person = self.user(self.books.offers[row["offer"]]["driver"] if by_driver else row["rider"])
        expected = None if row["state"] in HOLDS else "already_settled"
        if row["state"] in HOLDS and row["boarded"]:
            expected = "already_aboard"
        if by_driver and row["state"] == HELD:  # an open form is nobody else's business
            expected = "not_found"
        if self.step(expected, lambda: answers.cancel(booking_id=row["id"], person=person, now=self.now())) is None:
            return
        if by_driver:
            self.books.end([row], "by_driver")
            self.books.lost_a_driver(row["request"])
            return
        self.books.end([row], "after_change" if row["free"] else "by_rider")
        if row["request"] and not self.books.of_request(row["request"]):
            self.books.not_wanted(row["request"])

    @precondition(lambda self: self.books.bookings)
    @rule(number=ANY, kind=st.sampled_from(KINDS), by=st.sampled_from([-1, -1, -1, 1]))
    def becomes_smaller(self, number: int, kind: str, by: int) -> None:
        row = one_of(list(self.books.bookings.values()), number)
        carried = {one: row[one] for one in KINDS} | {kind: max(0, row[kind] + by)}
        change = partial(answers.reduce, booking_id=row["id"], rider=self.user(row["rider"]), now=self.now())
        expected = None
        if row["state"] not in HOLDS:
            expected = "already_settled"
        elif carried[kind] > row[kind] or not any(carried.values()) or carried["child_seats"] > carried["seats"]:
            expected = "invalid"
        if self.step(expected, lambda: change(carried=carried, companions=[])):
            row |= carried
            self.books.make_room(row["offer"])

    @precondition(lambda self: self.books.bookings)
    @rule(number=ANY, who=SOMEBODY)
    def is_nobody_elses_business(self, number: int, who: int) -> None:
        row, stranger = one_of(list(self.books.bookings.values()), number), self.person(who)
        if stranger.pk in (row["rider"], self.books.offers[row["offer"]]["driver"]):
            return
        named = {"booking_id": row["id"], "now": self.now()}
        self.step("not_found", lambda: answers.accept(driver=stranger, **named))
        self.step("not_found", lambda: answers.decline(driver=stranger, **named))
        self.step("not_found", lambda: answers.cancel(person=stranger, **named))
        self.step("not_found", lambda: answers.reduce(rider=stranger, carried={}, companions=[], **named))

    def _bookings_in(self, state: str) -> list[Row]:
        return [row for row in self.books.bookings.values() if row["state"] == state]

    def look(self, rider: int, offer: int, way: Any, what: str, earliest: int) -> Row | None:
        offer_id = one_of(list(self.books.offers), offer)
        return self.look_for(self.person(rider).pk, offer_id, way, what, earliest)

    def _hold(self, seen: Row) -> None:
        held = self.books.hold_of(seen["rider"])
        expected = self.refusal_to_ask(seen) or self.refusal_to_lay(seen, held=held)
        change = partial(booking.hold, rider_id=seen["rider"], prepared=afresh(seen["prepared"]), now=self.now())
        if made := self.step(expected, change):
            self._let_go(held, seen)
            row = self.books.lay(seen, made, HELD, held_until=self.books.now + 5 * MINUTE, trip=seen["trip"])
            self._leave_the_rest(held, row)

    def book(self, seen: Row, journey: str, mine: int) -> None:
        books, rider = self.books, seen["rider"]
        held = books.hold_of(rider)
        own = [one for one in books.requests.values() if one["rider"] == rider]
        meant = one_of(own, mine)["id"] if own and journey != "new" else None
        this, out = (meant, None) if journey == "that one" else (None, meant)
        if not this:
            this = self._described_again(seen, out, both=journey == "both or none")
        expected = self.refusal_to_ask(seen, this if journey == "that one" else None)
        back = books.other_half(out) if out else None
        if not expected and this and books.requests[this]["state"] not in LOOKING:
            expected = "already_asked"
        if not expected and out and not this and books.requests[out]["state"] not in (*LOOKING, "matched"):
            expected = "already_asked"
        if not expected and back and not this and back["return_of"] == out and back["state"] in (*LOOKING, "matched"):
            expected = "has_way_back"
        expected = expected or self.refusal_to_lay(seen, held=held)
        yes = self.accepts_by_itself(seen)
        if yes and not expected:
            half = books.other_half(this) if this else books.requests[out] if out else None
            waits = books.waits_for_half(this) if this else self._waits(half, both=journey == "both or none")
            other = books.accepted_half(half) if waits else None
            expected = self.refusal_of_halves(other, seen["start"], seen["end"])
        trip = seen["trip"]
        form = booking.Form(
            wanted=self.wanted(trip),
            ends=(streets.place_row(trip.origin), streets.place_row(trip.destination)),
            request_id=meant if journey == "that one" else None,
            return_of=meant if journey != "that one" else None,
            both_or_none=journey == "both or none",
        )
        change = partial(booking.book, rider_id=rider, prepared=afresh(seen["prepared"]), form=form, now=self.now())
        if made := self.step(expected, change):
            self._let_go(held, seen)
            if not this:
                if back and back["return_of"] == out:
                    back["return_of"] = None
                books.wish(made.request, "chosen", trip, return_of=out, both=journey == "both or none")
            self._leave_the_rest(held, books.ask(seen, made, made.request_id, yes=yes))

    def _described_again(self, seen: Row, out: int | None, *, both: bool) -> int | None:
        """The journey that she asks for already at that time and now describes once more, for another driver."""
        asked = self.books.asked(seen["rider"], seen["start"], seen["end"])
        wishes = [self.books.requests[one["request"]] for one in asked if one["state"] == WAITING]
        for wish in wishes:
            trip, mine = wish["trip"], seen["trip"]
            alike = (trip.origin, trip.destination, trip.seats, trip.load) == (
                mine.origin, mine.destination, mine.seats, mine.load,
            )  # fmt: skip
            if wish["state"] in LOOKING and alike and (wish["return_of"], wish["both"]) == (out, both):
                return wish["id"]
        return None

    def _let_go(self, held: Row | None, seen: Row) -> None:
        """A hold in the same car turns into what comes now; in another one it ends."""
        if held and held["offer"] == seen["offer"]:
            del self.books.bookings[held["id"]]
        elif held:
            self.books.end([held], "")

    def _leave_the_rest(self, held: Row | None, row: Row) -> None:
        """What a hold had and its booking does not need is for those who wait."""
        names = ("pickup", "dropoff", *KINDS)
        if held and held["offer"] == row["offer"] and any(held[name] != row[name] for name in names):
            self.books.make_room(row["offer"])

    def _waits(self, half: Row | None, *, both: bool) -> bool:
        """Whether a way back that is not written yet will wait for its way out."""
        return bool(both or (half and half["both"])) and (half is None or half["state"] != "matched")

    def wanted(self, trip: Any) -> journeys.Wanted:
        """The journey behind a trip."""
        return journeys.Wanted(
            kind="ride",
            origin=trip.origin,
            destination=trip.destination,
            earliest_at=planner.instant(trip.earliest_s),
            latest_at=planner.instant(trip.latest_s),
            seats=trip.seats,
            load=trip.load,
            max_walk_m=trip.max_walk_m,
        )
