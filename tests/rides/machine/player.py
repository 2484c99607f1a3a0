"""Who plays a run: each step is taken in the world and in the model, and both have to come out alike."""

from collections.abc import Callable, Sequence
from copy import copy, deepcopy
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant

from rides import planner
from rides.errors import RideError
from rides.models import Booking, RideOffer
from routing.plan import Load, Place, TripRequest
from tests.rides.machine import invariants
from tests.rides.machine.books import HOUR, KINDS, WAITING, Row, meets
from tests.rides.machine.ledger import Ledger
from tests.rides.machine.look import look
from tests.rides.machine.stage import BEGINS, CARS, NAMES, Stage, doors

ANY = st.integers(0, 11)
"""Which one of however many there are."""
SOMEBODY = st.integers(0, len(NAMES) - 1)
WITH_A_CAR = st.integers(0, len(CARS) - 1)
WAYS = st.sampled_from([(first, last) for first in range(5) for last in range(first + 1, 6)])
"""From which door to which, in the direction of the ride."""
CARRIED: dict[str, Row] = {
    "one": {"seats": 1},
    "one with a bag": {"seats": 1, "litres": 60},
    "two": {"seats": 2},
    "three": {"seats": 3},
    "one with a child": {"seats": 2, "child_seats": 1},
    "one in a wheelchair and one": {"seats": 1, "wheelchairs": 1},
    "two and a bookcase": {"seats": 2, "litres": 200, "length_cm": 202},
    "a parcel": {"litres": 90, "length_cm": 70},
    "one with skis": {"seats": 1, "roof_kg": 30},
}
LOADS = st.sampled_from(sorted(CARRIED))
PLACES = ("pickup", "dropoff", "pickup_stop", "dropoff_stop")
"""The rows that come with a look."""
EARLIEST = st.sampled_from([-HOUR, 5 * 60, 15 * 60])
"""Seconds after the planned departure."""


class Player(RuleBasedStateMachine):
    """The stage, the model, and what both need to meet."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage()
        self.books = Ledger(BEGINS)
        self.looks: list[Row] = []
        self.seen = look()

    def teardown(self) -> None:
        self.stage.close()

    def now(self) -> Any:
        return planner.instant(self.books.now)

    def step(self, expected: str | None, change: Callable[[], Any]) -> Any:
        """Do it; the refusal has to be the one that the model expects. Gives what was made, or None."""
        try:
            made = self.stage.act(change)
        except RideError as refusal:
            assert refusal.code == expected, f"{refusal.code}, but the model says {expected or 'yes'}"
            return None
        assert expected is None, f"done, but the model says {expected}"
        return made

    @invariant()
    def what_is_true_stays_true(self) -> None:
        before, self.seen = self.seen, look(max(self.seen["events"], default=0))
        invariants.require_sense(self.seen, self.books.now)
        invariants.require_told(before, self.seen, self.books.offers)
        invariants.require_same(self.seen, self.books, self.stage.published)

    # --- choosing

    def person(self, number: int) -> Any:
        return self.stage.people[number]

    def user(self, person_id: int) -> Any:
        return next(one for one in self.stage.people if one.pk == person_id)

    def driver_of(self, offer: Row) -> Any:
        return self.user(offer["driver"])

    def look_for(self, rider: int, offer_id: int, way: tuple[int, int], what: str, earliest: int) -> Row | None:
        """How an offer would take somebody along, now; None when it cannot."""
        ends = [doors()[number] for number in way]
        if self.books.offers[offer_id]["back"]:
            ends.reverse()
        departs = self.books.departs(offer_id)
        trip = trip_of(ends, (departs + earliest, departs + 3 * HOUR), what)
        return self.look_at(rider, offer_id, trip, instead_of=self.books.hold_of(rider))

    def look_at(self, rider: int, offer_id: int, trip: TripRequest, instead_of: Row | None = None) -> Row | None:
        """As `look_for`, for a trip that is there."""
        offer = planner.with_plan(RideOffer.objects.filter(pk=offer_id)).get()
        own = instead_of["id"] if instead_of and instead_of["offer"] == offer_id else None
        try:
            prepared = planner.prepare(offer, trip, instead_of=Booking.objects.get(pk=own) if own else None)
        except planner.NoWay:
            return None
        seen = self.seen_as(rider, offer_id, prepared)
        assert self.books.has_room(offer_id, seen, but=own), "the search sells room that is not there"
        return seen

    def seen_as(self, rider: int, offer_id: int, prepared: planner.Prepared) -> Row:
        """What the model takes from a look: where it goes, and when."""
        way = prepared.insertion
        ends = (way.pickup_sequence, way.pickup_is_stop), (way.dropoff_sequence, way.dropoff_is_stop)
        return {
            "rider": rider, "offer": offer_id, "plan": self.books.offers[offer_id]["plan"], "prepared": prepared,
            "trip": prepared.trip, "what": carried(prepared.trip), "start": way.pickup_s, "end": way.dropoff_s,
            "pickup": way.pickup_sequence, "dropoff": way.dropoff_sequence,
            "new": {position for position, is_stop in ends if not is_stop},
        }  # fmt: skip

    # --- what the model refuses

    def refusal_to_ask(self, look: Row, request_id: int | None = None) -> str | None:
        """Of the rider's own day."""
        if busy := self.books.busy(look["rider"], look["start"], look["end"]):
            return busy
        asked = self.books.asked(look["rider"], look["start"], look["end"], request_id)
        waiting = [one for one in asked if one["state"] == WAITING]
        if any(one["offer"] == look["offer"] for one in waiting):
            return "already_asked"
        return "too_many_asked" if len(waiting) >= 3 else None

    def refusal_to_lay(self, look: Row, *, first_in_line: bool = False, held: Row | None = None) -> str | None:
        """Of the offer; what the rider holds there herself is hers."""
        books, offer = self.books, self.books.offers[look["offer"]]
        own = held if held and held["offer"] == look["offer"] else None
        if not books.is_live(look["offer"]):
            return "not_live"
        if offer["driver"] == look["rider"]:
            return "own_ride"
        if offer["plan"] != look["plan"]:
            return "plan_changed"
        if books.is_reserved(look["offer"]) and not first_in_line and not (own and self._within(own, look)):
            return "seats_taken"
        if not books.has_room(look["offer"], look, but=own["id"] if own else None):
            return "seats_taken"
        hours = [stop.at_s for stop in look["prepared"].plan.stops]
        return "does_not_fit" if books.busy(offer["driver"], hours[0], hours[-1], but_offer=look["offer"]) else None

    def refusal_of_yes(self, row: Row) -> str | None:
        """Nobody rides twice, nor while she drives; both halves of a round trip at once, if they want both or none."""
        waits = self.books.waits_for_half(row["request"])
        other = self.books.accepted_half(self.books.other_half(row["request"])) if waits else None
        if waits and not other:
            return None
        busy = self.books.busy(row["rider"], *row["agreed"], but=row["id"])
        return busy or self.refusal_of_halves(other, *row["agreed"])

    def refusal_of_halves(self, other: Row | None, start: int, end: int) -> str | None:
        """Of a yes, when the other half of the round trip has only waited for it."""
        if other is None:
            return None
        if meets(other, start, end):
            return "already_riding"
        return self.books.busy(other["rider"], *other["agreed"], but=other["id"])

    def automatic_yeses(self, rider: int) -> int:
        """How many she got within the hour."""
        mine = [one for one in self.books.bookings.values() if one["rider"] == rider and one["accepted"]]
        lately = [one for one in mine if one["accepted"] > self.books.now - HOUR]
        return sum(self.books.offers[one["offer"]]["automatic"] for one in lately)

    def accepts_by_itself(self, look: Row) -> bool:
        """Whether an automatic yes comes at once: to a way that is not too long, and to nobody too often."""
        offer, way = self.books.offers[look["offer"]], look["prepared"]
        often = self.automatic_yeses(look["rider"]) >= 5
        near = way.insertion.detour_s + way.exact_s <= offer["max_detour_s"]
        return offer["automatic"] and near and not often

    def _within(self, held: Row, look: Row) -> bool:
        """Whether all of it is room that the rider holds already."""
        line = [stop["id"] for stop in self.books.offers[look["offer"]]["line"]]
        stretch = line.index(held["pickup"]) <= look["pickup"] and look["dropoff"] <= line.index(held["dropoff"])
        return not look["new"] and stretch and all(look["what"][kind] <= held[kind] for kind in KINDS)


def afresh(prepared: planner.Prepared) -> planner.Prepared:
    """The same with places that nobody has saved yet, and rows of its own, as every command makes and reads them."""
    rows = {id(row): copy(row) for row in (getattr(prepared, name) for name in PLACES)}
    for row in rows.values():
        row.pk = None
    own = {name: rows[id(getattr(prepared, name))] for name in PLACES}
    return replace(prepared, offer=deepcopy(prepared.offer), **own)


def one_of(rows: Sequence[Any], number: int) -> Any:
    """One of them, by a number that may be larger than there are."""
    return rows[number % len(rows)]


def trip_of(ends: Sequence[Place], window: tuple[int, int], what: str) -> TripRequest:
    """A journey with one of the things of `CARRIED`."""
    load = Load(**{kind: amount for kind, amount in CARRIED[what].items() if kind != "seats"})
    return TripRequest(*ends, *window, seats=CARRIED[what].get("seats", 0), load=load)


def carried(trip: TripRequest) -> Row:
    """Every kind by its name."""
    return {kind: trip.seats if kind == "seats" else getattr(trip.load, kind) for kind in KINDS}
