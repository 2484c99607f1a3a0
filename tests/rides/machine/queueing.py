"""The waiting list, and what a job does after room has come free: tidy the plan, let people move up."""

from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from rides import planner, streets
from rides.bookings import booking, waiting
from rides.driving import tending
from rides.models import RideOffer, RideRequest, WaitingEntry
from tests.rides.machine.asking import Asking
from tests.rides.machine.books import HELD, HOUR, LOOKING, Row
from tests.rides.machine.player import ANY, LOADS, SOMEBODY, WAYS, afresh, one_of, trip_of
from tests.rides.machine.stage import doors


class Queueing(Asking):
    """Rules of `rides.bookings.waiting` and `rides.driving.tending`."""

    def __init__(self) -> None:
        super().__init__()
        self.entry_looks: list[tuple[int, Row]] = []
        self.tidiers: list[tuple[int, int, tending.Tidier]] = []
        self.tended: list[tuple[int, Any]] = []

    @precondition(lambda self: self.books.offers)
    @rule(rider=SOMEBODY, offer=ANY, way=WAYS, what=LOADS, again=st.booleans(), mine=ANY)
    def joins(self, rider: int, offer: int, way: tuple[int, int], what: str, again: bool, mine: int) -> None:
        books, person = self.books, self.person(rider)
        offer_id = one_of(list(books.offers), offer)
        ends = [doors()[number] for number in way][:: -1 if books.offers[offer_id]["back"] else 1]
        departs = books.departs(offer_id)
        trip = trip_of(ends, (departs - HOUR, departs + 3 * HOUR), what)
        own = [one for one in books.requests.values() if one["rider"] == person.pk]
        this = one_of(own, mine) if again and own else None
        expected = None
        if books.offers[offer_id]["driver"] == person.pk:
            expected = "own_ride"
        elif not books.is_live(offer_id):
            expected = "not_live"
        elif any(row["rider"] == person.pk and row["state"] != HELD for row in books.aboard(offer_id)):
            expected = "already_asked"
        elif any(books.requests[entry["request"]]["rider"] == person.pk for entry in books.queue(offer_id)):
            expected = "already_waiting"
        elif this and this["state"] not in LOOKING:
            expected = "not_found"
        form = booking.Form(
            wanted=self.wanted(trip),
            ends=(streets.place_row(trip.origin), streets.place_row(trip.destination)),
            request_id=this["id"] if this else None,
        )
        join = partial(waiting.join, rider_id=person.pk, offer_id=offer_id, form=form, now=self.now())
        if made := self.step(expected, join):
            if not this:
                books.wish(made.request, "chosen", trip)
            books.entries[made.pk] = {
                "id": made.pk, "offer": offer_id, "request": made.request_id, "state": "waiting", "since": books.now,
                "booking": None,
            }  # fmt: skip
            assert ("tend_offer", offer_id) in self.stage.enqueued

    @precondition(lambda self: self.books.entries)
    @rule(number=ANY)
    def waits_no_more(self, number: int) -> None:
        entry = one_of(list(self.books.entries.values()), number)
        request = self.books.requests[entry["request"]]
        self.step(None, lambda: waiting.leave(entry_id=entry["id"], rider_id=request["rider"]))
        if entry["state"] == "waiting":
            entry["state"] = "left"
            elsewhere = [one for one in self.books.entries.values() if one["request"] == request["id"]]
            waits = any(one["state"] == "waiting" for one in elsewhere)
            booked = any(one["request"] == request["id"] for one in self.books.bookings.values())
            if request["state"] == "chosen" and not waits and not booked:
                self.books.not_wanted(request["id"])

    @precondition(lambda self: self._waiting())
    @rule(number=ANY, later=st.booleans())
    def moves_up(self, number: int, later: bool) -> None:
        """If the ride takes her along now; the job may be slow."""
        entry = one_of(self._waiting(), number)
        request = RideRequest.objects.select_related("origin", "destination").get(pk=entry["request"])
        seen = self.look_at(request.rider_id, entry["offer"], planner.trip_of(request, as_stranger=False))
        if seen and later:
            self.entry_looks = [*self.entry_looks[-2:], (entry["id"], seen)]
        elif seen:
            self._promote(entry, seen)

    @precondition(lambda self: self.entry_looks)
    @rule(number=ANY)
    def moves_up_at_last(self, number: int) -> None:
        entry_id, seen = one_of(self.entry_looks, number)
        self._promote(self.books.entries[entry_id], seen)

    @precondition(lambda self: self.books.offers)
    @rule(number=ANY)
    def a_job_looks_at_the_list(self, number: int) -> None:
        offer_id = one_of(list(self.books.offers), number)
        row = RideOffer.objects.get(pk=offer_id)
        self.tended = [*self.tended[-2:], (offer_id, row.reserved_until)]

    @precondition(lambda self: self.tended)
    @rule(number=ANY)
    def everybody_on_the_list_was_looked_at(self, number: int) -> None:
        """What is free is for anyone; but not what came free since."""
        offer_id, reserved_until = one_of(self.tended, number)
        self.step(None, lambda: waiting.done(offer_id=offer_id, reserved_until=reserved_until))
        seen = planner.epoch_s(reserved_until) if reserved_until else None
        if self.books.offers[offer_id]["reserved"] == seen:
            self.books.offers[offer_id]["reserved"] = None

    @precondition(lambda self: self.books.offers)
    @rule(number=ANY)
    def a_job_looks_for_stops_nobody_uses(self, number: int) -> None:
        offer_id = one_of(list(self.books.offers), number)
        tidier = tending.prepare(RideOffer.objects.get(pk=offer_id))
        alone = self._unused(offer_id)
        assert (tidier.stop_ids if tidier else frozenset()) == alone
        if tidier:
            self.tidiers = [*self.tidiers[-2:], (offer_id, self.books.offers[offer_id]["plan"], tidier)]

    @precondition(lambda self: self.tidiers)
    @rule(number=ANY)
    def unused_stops_go(self, number: int) -> None:
        offer_id, plan, tidier = one_of(self.tidiers, number)
        offer = self.books.offers[offer_id]
        expected = None
        if plan != offer["plan"] or (offer["state"] == "published" and not tidier.stop_ids <= self._unused(offer_id)):
            expected = "plan_changed"
        self.step(expected, lambda: tending.tidy(offer_id=offer_id, tidier=tidier, now=self.now()))
        if not expected and offer["state"] == "published":
            offer["line"] = [stop for stop in offer["line"] if stop["id"] not in tidier.stop_ids]
            offer["plan"] += 1
            for row in self.books.of_offer(offer_id):  # rides that are over forget where it was
                row |= {end: None for end in ("pickup", "dropoff") if row[end] in tidier.stop_ids}

    def _waiting(self) -> list[Row]:
        return [entry for entry in self.books.entries.values() if entry["state"] == "waiting"]

    def _unused(self, offer_id: int) -> frozenset[int]:
        inner = {stop["id"] for stop in self.books.offers[offer_id]["line"][1:-1]}
        return frozenset(inner - {row[end] for row in self.books.aboard(offer_id) for end in ("pickup", "dropoff")})

    def _promote(self, entry: Row, seen: Row) -> None:
        books, request = self.books, self.books.requests[entry["request"]]
        waits = entry["state"] == "waiting" and request["state"] in LOOKING
        yes = self.accepts_by_itself(seen)
        expected = None
        if waits:
            expected = self.refusal_to_ask(seen, request["id"]) or self.refusal_to_lay(seen, first_in_line=True)
            if yes and not expected:
                other = (
                    books.accepted_half(books.other_half(request["id"]))
                    if books.waits_for_half(request["id"])
                    else None
                )
                expected = self.refusal_of_halves(other, seen["start"], seen["end"])
        named: Any = {"entry_id": entry["id"], "prepared": afresh(seen["prepared"]), "now": self.now()}
        made = self.step(expected, lambda: waiting.promote(**named))
        assert expected or bool(made) == waits
        if made:
            entry_row = WaitingEntry.objects.select_related("booking").get(pk=entry["id"])
            entry |= {"state": "promoted", "booking": entry_row.booking_id}
            books.ask(seen, entry_row.booking, request["id"], yes=yes)
