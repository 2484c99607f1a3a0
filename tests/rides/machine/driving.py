"""The driver's part: publish, answer, leave, arrive, call off."""

from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from rides import planner, streets
from rides.bookings import answers
from rides.driving import offers
from rides.models import RideOffer
from tests.rides.machine.books import COMPLETED, CONFIRMED, HELD, MINUTE, WAITING, Row
from tests.rides.machine.player import ANY, WITH_A_CAR, Player, one_of
from tests.rides.machine.stage import BEGINS, CARS, doors

DEPARTS = st.integers(0, 8)
"""Twenty minutes each, from two hours after the beginning."""
SEATS = st.sampled_from([None, None, 1, 2])
USUAL = {"seats": None, "automatic": False, "draft": False, "patient": True, "flexible": True, "for_you": False}


class Driving(Player):
    """Rules of `rides.driving.offers`, and of a driver's own steps in `rides.bookings.answers`."""

    def two_rides(self, seats: int | None, automatic: bool) -> None:
        """With which a run begins, at the same hour."""
        self._publish(0, back=False, departs=1, **USUAL | {"seats": seats})
        self._publish(2, back=False, departs=1, **USUAL | {"automatic": automatic})

    @rule(
        driver=WITH_A_CAR, back=st.booleans(), departs=DEPARTS, seats=SEATS, automatic=st.booleans(),
        draft=st.sampled_from([False, False, True]), patient=st.booleans(), flexible=st.booleans(),
        for_you=st.sampled_from([False, False, True]),
    )  # fmt: skip
    def publishes(self, driver: int, back: bool, departs: int, **terms: Any) -> None:
        self._publish(driver, back=back, departs=departs, **terms)

    @precondition(lambda self: self._offers_in("draft"))
    @rule(number=ANY)
    def shows_a_draft(self, number: int) -> None:
        offer = one_of(self._offers_in("draft"), number)
        departs, arrives = self.books.departs(offer["id"]), self.books.arrives(offer["id"])
        late = "in_the_past" if departs <= self.books.now else None
        expected = late or self.books.busy(offer["driver"], departs, arrives)
        if self.step(
            expected, lambda: offers.publish_draft(offer_id=offer["id"], driver=self.driver_of(offer), now=self.now())
        ):
            offer["state"] = "published"

    @precondition(lambda self: self.books.bookings)
    @rule(number=ANY, yes=st.sampled_from([True, True, False]))
    def answers(self, number: int, yes: bool) -> None:
        """What waits for a word, and if nothing does, whatever there is."""
        waiting = [row for row in self.books.bookings.values() if row["state"] == WAITING]
        row = one_of(waiting or list(self.books.bookings.values()), number)
        offer = self.books.offers[row["offer"]]
        named: Any = {"booking_id": row["id"], "driver": self.driver_of(offer), "now": self.now()}
        settled = "not_found" if row["state"] == HELD else None if row["state"] == WAITING else "already_settled"
        if yes:
            settled = "already_settled" if row["accepted"] else settled
            late = None if self.books.is_live(offer["id"]) else "not_live"
            if self.step(settled or late or self.refusal_of_yes(row), lambda: answers.accept(**named)):
                self.books.accept(row)
        elif self.step(settled, lambda: answers.decline(**named)):
            self.books.end([row], "declined")
            self.books.lost_a_driver(row["request"])

    @precondition(lambda self: self.books.offers)
    @rule(number=ANY)
    def leaves(self, number: int) -> None:
        offer = one_of(list(self.books.offers.values()), number)
        expected = None if offer["state"] == "published" else "wrong_state"
        if self.step(
            expected, partial(offers.depart, offer_id=offer["id"], driver=self.driver_of(offer), now=self.now())
        ):
            self.books.leaves(offer["id"], "departed", "no_answer", (WAITING, HELD))

    @precondition(lambda self: self._offers_in("departed"))
    @rule(number=ANY)
    def arrives(self, number: int) -> None:
        offer = one_of(self._offers_in("departed"), number)
        self.step(None, partial(offers.complete, offer_id=offer["id"], driver=self.driver_of(offer)))
        offer["state"] = "completed"
        for row in self.books.aboard(offer["id"]):
            row["state"] = COMPLETED

    @precondition(lambda self: self.books.offers)
    @rule(number=ANY)
    def calls_off(self, number: int) -> None:
        """And the linked way back with it."""
        offer = one_of(list(self.books.offers.values()), number)
        expected = None if offer["state"] in ("draft", "published", "departed") else "wrong_state"
        if self.step(
            expected, partial(offers.cancel, offer_id=offer["id"], driver=self.driver_of(offer), now=self.now())
        ):
            back = [one for one in self.books.offers.values() if one["return_of"] == offer["id"]]
            for one in [offer, *(one for one in back if one["state"] in ("draft", "published"))]:
                self.books.leaves(one["id"], "cancelled", "offer_cancelled", (WAITING, HELD, CONFIRMED))

    def _offers_in(self, state: str) -> list[Row]:
        return [offer for offer in self.books.offers.values() if offer["state"] == state]

    def _publish(self, driver: int, *, back: bool, departs: int, **terms: Any) -> None:
        person = self.person(driver)
        ends = (doors()[0], doors()[-1])[:: -1 if back else 1]
        departs_s = BEGINS + (120 + 20 * departs) * MINUTE
        draft = offers.Draft(
            origin=ends[0],
            destination=ends[1],
            departs_at=planner.instant(departs_s),
            flexibility_s=600 if terms["flexible"] else 0,
            max_detour_s=3600 if terms["patient"] else 240,
            max_detour_m=60_000,
            cents_per_km=30 if terms["for_you"] else 10,
            automatic=terms["automatic"],
            note="",
            seats=terms["seats"],
            purpose="for_you" if terms["for_you"] else "own",
            draft=terms["draft"],
        )
        publics = [streets.public(streets.place_row(end)) for end in ends]
        [(duration_s, _metres)] = planner.legs_through(publics)
        ways = CARS[person.first_name]
        out = self._way_out_of(person.pk, departs_s) if back else None
        expected = None
        if departs_s <= self.books.now:
            expected = "in_the_past"
        elif (terms["seats"] or 1) > max(way["seats"] for way in ways):
            expected = "invalid"
        elif not draft.draft:
            expected = self.books.busy(person.pk, departs_s, departs_s + duration_s)
        made = self.step(
            expected,
            lambda: offers.publish(
                driver=person,
                vehicle=self.stage.cars[person.pk],
                draft=draft,
                now=self.now(),
                return_of=RideOffer.objects.get(pk=out) if out else None,
                open_ended=bool(out) and terms["flexible"],
            ),
        )
        if made:
            stops = list(made.stops.order_by("sequence").values_list("pk", flat=True))
            self.books.offers[made.pk] = {
                "id": made.pk, "driver": person.pk, "state": "draft" if draft.draft else "published", "plan": 0,
                "back": back, "automatic": draft.automatic, "flexibility_s": draft.flexibility_s, "reserved": None,
                "max_detour_s": draft.max_detour_s, "open_ended": made.open_ended, "return_of": out, "aboard": 0,
                "ways": [way | {"seats": min(way["seats"], terms["seats"] or 9)} for way in ways],
                "line": [
                    {"id": stop, "at": at, "dwell": 0, "point": point}
                    for stop, at, point in zip(stops, (departs_s, departs_s + duration_s), publics, strict=True)
                ],
            }  # fmt: skip

    def _way_out_of(self, driver: int, before: int) -> int | None:
        """The driver's latest way out without a way back."""
        linked = {offer["return_of"] for offer in self.books.offers.values()}
        outs = [
            offer["id"]
            for offer in self.books.offers.values()
            if offer["driver"] == driver and not offer["back"] and offer["id"] not in linked and not offer.get("day")
        ]
        return next((one for one in reversed(outs) if self.books.departs(one) < before), None)
