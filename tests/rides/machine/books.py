"""The model: what there is, as plain dicts of numbers and texts, and the questions that the rules ask of it.

It knows people, time, state and room. It does not know streets: where an insertion goes, and when, it takes from the
look that was taken beforehand.
"""

from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]

KINDS = ("seats", "child_seats", "wheelchairs", "litres", "roof_kg", "length_cm")
HELD, WAITING, CONFIRMED, CANCELLED = "HELD", "WAITING_CONFIRMATION", "CONFIRMED", "CANCELLED"
COMPLETED, VALIDATED = "COMPLETED_PENDING_VALIDATION", "VALIDATED"
HOLDS, UNSURE = (HELD, WAITING, CONFIRMED), (HELD, WAITING)
LOOKING = ("chosen", "open")
UNDER_WAY = ("published", "departed")
MINUTE, HOUR = 60, 3600
MAY_BE_LATER = 10 * MINUTE


class Books:
    """Offers, bookings, requests, cards and waiting entries by id, and the hour."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.offers: dict[int, Row] = {}
        self.bookings: dict[int, Row] = {}
        self.requests: dict[int, Row] = {}
        self.cards: dict[int, Row] = {}
        self.entries: dict[int, Row] = {}

    # --- room

    def aboard(self, offer_id: int, but: int | None = None) -> list[Row]:
        """The bookings that take room in an offer."""
        return [one for one in self.of_offer(offer_id) if one["state"] in HOLDS and one["id"] != but]

    def taken(self, offer_id: int, but: int | None = None) -> list[Row]:
        """What is taken on each leg."""
        line = [stop["id"] for stop in self.offers[offer_id]["line"]]
        legs = [dict.fromkeys(KINDS, 0) for _leg in line[1:]]
        for one in self.aboard(offer_id, but):
            for leg in legs[line.index(one["pickup"]) : line.index(one["dropoff"])]:
                put_on(leg, one)
        return legs

    def has_room(self, offer_id: int, look: Row, but: int | None = None) -> bool:
        """Whether one configuration covers the whole trip with the load of `look` aboard."""
        legs, new = self.taken(offer_id, but), look["new"]
        for position in sorted(new):  # a new stop splits the leg that it lies on
            legs.insert(position, dict(legs[position - 1]))
        for leg in legs[look["pickup"] : look["dropoff"]]:
            put_on(leg, look["what"])
        return fits(self.offers[offer_id]["ways"], legs)

    def seats_left(self, offer_id: int) -> int:
        """How many people could still get on for the whole way: the slow way, one after the other."""
        legs, more = self.taken(offer_id), 0
        while fits(self.offers[offer_id]["ways"], [leg | {"seats": leg["seats"] + more + 1} for leg in legs]):
            more += 1
        return more

    # --- time

    def departs(self, offer_id: int) -> int:
        return self.offers[offer_id]["line"][0]["at"]

    def arrives(self, offer_id: int) -> int:
        return self.offers[offer_id]["line"][-1]["at"]

    def hours(self, one: Row) -> tuple[int, int]:
        """When somebody gets on and off, as the plan has it."""
        at = {stop["id"]: stop["at"] for stop in self.offers[one["offer"]]["line"]}
        return at[one["pickup"]], at[one["dropoff"]]

    def is_live(self, offer_id: int) -> bool:
        offer = self.offers[offer_id]
        return offer["state"] == "published" and self.departs(offer_id) + offer["flexibility_s"] >= self.now

    def is_reserved(self, offer_id: int) -> bool:
        """Whether what is free is for those who wait."""
        return self.offers[offer_id]["reserved"] is not None and self.now < self.offers[offer_id]["reserved"]

    def busy(
        self, person: int, start: int, end: int, but_offer: int | None = None, but: int | None = None
    ) -> str | None:
        """The refusal for who rides, or drives, at that time."""
        for one in self.bookings.values():
            if one["rider"] == person and one["state"] == CONFIRMED and one["id"] != but and meets(one, start, end):
                return "already_riding"
        for offer in self.offers.values():
            drives = offer["driver"] == person and offer["state"] in UNDER_WAY and offer["id"] != but_offer
            if drives and self.departs(offer["id"]) < end and start < self.arrives(offer["id"]):
                return "already_driving"
        return None

    # --- people and their wishes

    def asked(self, person: int, start: int, end: int, request: int | None = None, but: int | None = None) -> list[Row]:
        """What somebody asks for, or holds, at that time or for that journey."""
        return [
            one
            for one in self.bookings.values()
            if one["rider"] == person
            and one["state"] in (HELD, WAITING)
            and one["id"] != but
            and (meets(one, start, end) or (request is not None and one["request"] == request))
        ]

    def hold_of(self, person: int) -> Row | None:
        return next((one for one in self.bookings.values() if one["rider"] == person and one["state"] == HELD), None)

    def of_offer(self, offer_id: int) -> list[Row]:
        return [one for one in self.bookings.values() if one["offer"] == offer_id]

    def of_request(self, request_id: int) -> list[Row]:
        """The bookings of a journey that hold room."""
        return [one for one in self.bookings.values() if one["request"] == request_id and one["state"] in HOLDS]

    def other_half(self, request_id: int | None) -> Row | None:
        """The way back of a way out, or the other way round."""
        if request_id is None:
            return None
        if out := self.requests[request_id]["return_of"]:
            return self.requests[out]
        return next((one for one in self.requests.values() if one["return_of"] == request_id), None)

    def waits_for_half(self, request_id: int | None) -> bool:
        """Both or none: whether the other half has no car yet."""
        if request_id is None:
            return False
        half = self.other_half(request_id)
        if not (self.requests[request_id]["both"] or (half and half["both"])):
            return False
        return half is None or half["state"] != "matched"

    def accepted_half(self, half: Row | None) -> Row | None:
        """The booking of the other half that has its driver's yes."""
        if half is None:
            return None
        found = [one for one in self.of_request(half["id"]) if one["state"] == WAITING and one["accepted"]]
        return min(found, key=lambda one: one["accepted"], default=None)

    def is_lost(self, request_id: int) -> bool:
        """Whether this is a way back whose rider is out there already."""
        out = self.requests[request_id]["return_of"]
        rode = [one for one in self.bookings.values() if out and one["request"] == out]
        return any(one["state"] in (COMPLETED, VALIDATED) or self._has_begun(one) for one in rode)

    def _has_begun(self, one: Row) -> bool:
        if one["state"] != CONFIRMED:
            return False
        is_on_the_way = one["boarded"] or self.offers[one["offer"]]["state"] != "published"
        return is_on_the_way or self.hours(one)[0] <= self.now

    def queue(self, offer_id: int) -> list[Row]:
        """Who waits for a seat, the longest first."""
        waiting = [one for one in self.entries.values() if one["offer"] == offer_id and one["state"] == "waiting"]
        return sorted(waiting, key=lambda one: (one["since"], one["id"]))


def put_on(leg: Row, what: Row) -> None:
    """Sums, but of lengths the largest."""
    for kind in KINDS:
        leg[kind] = max(leg[kind], what[kind]) if kind == "length_cm" else leg[kind] + what[kind]


def fits(ways: Iterable[Row], legs: list[Row]) -> bool:
    """Whether one way to set up the car is enough for every leg."""
    return any(all(leg[kind] <= way.get(kind, 0) for leg in legs for kind in KINDS) for way in ways)


def meets(one: Row, start: int, end: int) -> bool:
    """Whether the agreed span of a booking overlaps that time."""
    return one["agreed"][0] < end and start < one["agreed"][1]
