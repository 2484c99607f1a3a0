"""A seat on every ride of a series: asked for once, and taken ride by ride by a job."""

from dataclasses import replace
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from rides import streets
from rides.models import StandingBooking
from rides.weekly import standing, standing_rides
from tests.rides.machine.books import CANCELLED, HOLDS, KINDS, WAITING, Row
from tests.rides.machine.player import ANY, CARRIED, LOADS, SOMEBODY, WAYS, afresh, one_of
from tests.rides.machine.stage import doors
from tests.rides.machine.weekly import Weekly


class Standing(Weekly):
    """Rules of `rides.weekly.standing` and `rides.weekly.standing_rides`."""

    def __init__(self) -> None:
        super().__init__()
        self.standing: dict[int, Row] = {}
        self.ready: list[tuple[int, int, Row, Any]] = []

    @precondition(lambda self: self.series)
    @rule(number=ANY, rider=SOMEBODY, way=WAYS, what=LOADS)
    def wants_a_seat_every_week(self, number: int, rider: int, way: Any, what: str) -> None:
        row, person = one_of(list(self.series.values()), number), self.person(rider)
        ends = tuple(streets.place_row(doors()[door]) for door in way)
        carried = dict.fromkeys(KINDS, 0) | CARRIED[what]
        refusal = None
        if row["driver"] == person.pk:
            refusal = "own_ride"
        elif any(one["series"] == row["id"] and one["rider"] == person.pk for one in self._standing()):
            refusal = "already_standing"
        elif not self._is_visible(row, person.pk):
            refusal = "not_found"
        wanted = standing.Wanted(ends=ends, carried=carried)  # type: ignore[arg-type]
        take = partial(standing.take, series_id=row["id"], rider=person, wanted=wanted, now=self.now())
        yes = row["automatic"] and self.automatic_yeses(person.pk) < 5
        if made := self.step(refusal, take):
            self.standing[made.pk] = {
                "id": made.pk, "series": row["id"], "rider": person.pk, "state": "active", "yes": yes,
            }  # fmt: skip

    @precondition(lambda self: self.standing)
    @rule(number=ANY)
    def a_driver_says_yes_to_all(self, number: int) -> None:
        one = one_of(list(self.standing.values()), number)
        driver = self.user(self.series[one["series"]]["driver"])
        refusal = "already_settled" if one["state"] != "active" or one["yes"] else None
        if self.step(refusal, lambda: standing.accept(standing_id=one["id"], driver=driver, now=self.now())):
            one["yes"] = True
            for row in self._seats_of(one):
                to_come = self.seen["bookings"][row["id"]]["pickup_at"] > self.books.now
                if row["state"] == CANCELLED and row["reason"] == "no_answer" and to_come:
                    row["standing"] = None

    @precondition(lambda self: self.standing)
    @rule(number=ANY, ride=ANY, later=st.sampled_from([False, False, True]))
    def a_job_takes_the_seat_on_a_ride(self, number: int, ride: int, later: bool) -> None:
        one = one_of(list(self.standing.values()), number)
        rides = [offer["id"] for offer in self.rides_of(one["series"])]
        if not rides:
            return
        offer_id = one_of(rides, ride)
        ready = standing_rides.prepare(StandingBooking.objects.get(pk=one["id"]), offer_id)
        if ready.prepared is None:
            return
        seen = self.seen_as(one["rider"], offer_id, ready.prepared)
        if later:
            self.ready = [*self.ready[-2:], (one["id"], offer_id, seen, ready)]
        else:
            self._take_seat(one, offer_id, seen, ready)

    @precondition(lambda self: self.ready)
    @rule(number=ANY)
    def a_job_takes_it_at_last(self, number: int) -> None:
        standing_id, offer_id, seen, ready = one_of(self.ready, number)
        self._take_seat(self.standing[standing_id], offer_id, seen, ready)

    @precondition(lambda self: self.standing)
    @rule(number=ANY, by_driver=st.booleans())
    def needs_it_no_more(self, number: int, by_driver: bool) -> None:
        one, books = one_of(list(self.standing.values()), number), self.books
        person = self.user(self.series[one["series"]]["driver"] if by_driver else one["rider"])
        refusal = None if one["state"] == "active" else "already_settled"
        if not self.step(refusal, lambda: standing.end(standing_id=one["id"], person=person, now=self.now())):
            return
        one["state"] = "ended"
        rides = {offer["id"] for offer in self.rides_of(one["series"]) if offer["state"] == "published"}
        waited = {entry["booking"] for entry in books.entries.values() if entry["offer"] in rides and entry["booking"]}
        reason = "by_rider" if not by_driver else "by_driver" if one["yes"] else "declined"
        ended = [
            row
            for row in books.bookings.values()
            if row["rider"] == one["rider"]
            and row["state"] in HOLDS
            and (row["standing"] == one["id"] or row["id"] in waited)
            and books.offers[row["offer"]]["state"] == "published"
            and books.hours(row)[0] > books.now
            and not row["boarded"]
        ]
        left = [entry for entry in books.entries.values() if entry["offer"] in rides and entry["state"] == "waiting"]
        for row in ended:
            books.end([row], reason)
            if row["request"]:
                (books.lost_a_driver if by_driver else books.not_wanted)(row["request"])
        for entry in left if not by_driver else []:
            if books.requests[entry["request"]]["rider"] == one["rider"]:
                entry["state"] = "left"
                books.not_wanted(entry["request"])

    def _standing(self) -> list[Row]:
        return [one for one in self.standing.values() if one["state"] == "active"]

    def _seats_of(self, one: Row) -> list[Row]:
        return [row for row in self.books.bookings.values() if row.get("standing") == one["id"]]

    def _is_visible(self, row: Row, person: int) -> bool:
        """Whether there is a ride of it to be seen, or she has, or had, to do with it."""
        rides = {offer["id"] for offer in self.rides_of(row["id"])}
        stood = any(one["series"] == row["id"] and one["rider"] == person for one in self.standing.values())
        rode = any(one["offer"] in rides and one["rider"] == person for one in self.books.bookings.values())
        return bool(rides) or stood or rode

    def _take_seat(self, one: Row, offer_id: int, seen: Row, ready: Any) -> None:
        books = self.books
        has = any(row["offer"] == offer_id for row in self._seats_of(one))
        sits = any(row["rider"] == one["rider"] for row in books.aboard(offer_id))
        refusal, nothing = None, one["state"] != "active" or has or sits
        if not nothing:
            asked = books.asked(one["rider"], seen["start"], seen["end"])
            busy = books.busy(one["rider"], seen["start"], seen["end"])
            many = "too_many_asked" if sum(row["state"] == WAITING for row in asked) >= 3 else None
            refusal = busy or many or self.refusal_to_lay(seen)
        ready = replace(ready, prepared=afresh(ready.prepared))
        named: Any = {"standing_id": one["id"], "offer_id": offer_id, "ready": ready, "now": self.now()}
        yes = one["yes"] or self.accepts_by_itself(seen)
        made = self.step(refusal, lambda: standing_rides.book(**named))
        assert refusal or bool(made) != nothing
        if made:
            books.wish(made.request, "chosen", seen["trip"])
            books.ask(seen, made, made.request_id, yes=yes, standing=one["id"])
