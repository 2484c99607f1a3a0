"""A wish put to drivers: posted, looked at, asked round, taken or not, off again, over."""

from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from rides import planner
from rides.models import RideRequest
from rides.requests import cards, pace, ride_requests, way_home, widening
from tests.rides.machine.asking import Asking
from tests.rides.machine.books import HOUR, LOOKING, MINUTE, WAITING, Row
from tests.rides.machine.player import ANY, LOADS, SOMEBODY, WAYS, afresh, one_of, trip_of
from tests.rides.machine.stage import BEGINS, doors


class Wishing(Asking):
    """Rules of `rides.requests.ride_requests` and `rides.requests.widening`."""

    def __init__(self) -> None:
        super().__init__()
        self.glances: list[tuple[Row, widening.Look]] = []
        self.card_looks: list[tuple[int, Row]] = []

    @rule(
        rider=SOMEBODY, way=WAYS, what=LOADS, back=st.booleans(), hours=st.integers(1, 4),
        both=st.sampled_from([None, None, False, True]),
    )  # fmt: skip
    def posts(self, rider: int, way: Any, what: str, back: bool, hours: int, both: bool | None) -> None:
        """One way, or there and back, wanted both or none."""
        ends = [doors()[number] for number in way][:: -1 if back else 1]
        out = trip_of(ends, (BEGINS + hours * HOUR, BEGINS + (hours + 2) * HOUR), what)
        home = trip_of(ends[::-1], (BEGINS + (hours + 1) * HOUR, BEGINS + (hours + 4) * HOUR), what)
        trip = ride_requests.Trip(
            out=self.wanted(out), back=None if both is None else self.wanted(home), both_or_none=bool(both)
        )
        expected = "in_the_past" if out.latest_s <= self.books.now else None
        post = partial(ride_requests.post, rider=self.person(rider), trip=trip, now=self.now())
        if made := self.step(expected, post):
            self.books.wish(made, "open", out, both=bool(both))
            if both is not None:
                home_again = RideRequest.objects.get(return_of=made)
                self.books.wish(home_again, "open", home, both=bool(both), return_of=made.pk)
            assert ("match_request", made.pk) in self.stage.enqueued

    @precondition(lambda self: self.books.requests)
    @rule(number=ANY, later=st.sampled_from([False, False, True]))
    def drivers_are_looked_for(self, number: int, later: bool) -> None:
        looking = [one for one in self.books.requests.values() if one["state"] in LOOKING]
        request = one_of(looking or list(self.books.requests.values()), number)
        glance = widening.look(request["id"], self.now())
        assert glance is None or request["state"] in LOOKING
        if glance and later:
            self.glances = [*self.glances[-2:], (self._as_it_is(request["id"]), glance)]
        elif glance:
            self._go_on(self._as_it_is(request["id"]), glance)

    @precondition(lambda self: self.glances)
    @rule(number=ANY)
    def drivers_are_asked_at_last(self, number: int) -> None:
        self._go_on(*one_of(self.glances, number))

    @precondition(lambda self: self.books.cards)
    @rule(number=ANY)
    def a_driver_reads_a_card(self, number: int) -> None:
        card = one_of(self._asked() or list(self.books.cards.values()), number)
        if seen := self._look_at_card(card):
            self.card_looks = [*self.card_looks[-2:], (card["id"], seen)]

    @precondition(lambda self: self.books.cards)
    @rule(number=ANY)
    def a_driver_takes_a_card(self, number: int) -> None:
        card = one_of(self._asked() or list(self.books.cards.values()), number)
        if seen := self._look_at_card(card):
            self._take_card(card, seen)

    @precondition(lambda self: self.card_looks)
    @rule(number=ANY)
    def a_driver_takes_the_card_she_read_before(self, number: int) -> None:
        card_id, seen = one_of(self.card_looks, number)
        self._take_card(self.books.cards[card_id], seen)

    @precondition(lambda self: self.books.cards)
    @rule(number=ANY)
    def a_driver_declines_a_card(self, number: int) -> None:
        card = one_of(list(self.books.cards.values()), number)
        driver = self.user(self.books.offers[card["offer"]]["driver"])
        expected = None if card["state"] == "asked" else "already_settled"
        if self.step(expected, lambda: ride_requests.decline(asking_id=card["id"], driver=driver)):
            card["state"] = "declined"

    @precondition(lambda self: self.books.cards)
    @rule(number=ANY)
    def a_driver_puts_a_card_off(self, number: int) -> None:
        """Twice, as long as it helps; what is put off already stays so."""
        card = one_of(self._asked() or list(self.books.cards.values()), number)
        row = RideRequest.objects.get(pk=card["request"])
        last = min(planner.epoch_s(planner.window_of(row)[1]), self.books.departs(card["offer"]))
        left, waits = last - self.books.now, card["later"] is not None
        driver = self.user(self.books.offers[card["offer"]]["driver"])
        expected = None
        if card["state"] != "asked":
            expected = "already_settled"
        elif not waits and (card["put_off"] == 2 or left <= 10 * MINUTE):
            expected = "no_later"
        done = self.step(expected, lambda: cards.put_off(asking_id=card["id"], driver=driver, now=self.now()))
        if done and not waits:
            card["put_off"] += 1
            card["later"] = self.books.now + min(HOUR, left / 2)

    @precondition(lambda self: self.books.cards)
    @rule(number=ANY)
    def a_card_comes_back(self, number: int) -> None:
        waiting = [card for card in self._asked() if card["later"] is not None]
        card = one_of(waiting or list(self.books.cards.values()), number)
        due = card in waiting and card["later"] <= self.books.now
        made = self.step(None, lambda: cards.comes_back(asking_id=card["id"], now=self.now()))
        assert bool(made) == due
        if due:
            card["later"] = None

    @precondition(lambda self: self.books.requests)
    @rule(number=ANY)
    def needs_nothing_any_more(self, number: int) -> None:
        request = one_of(list(self.books.requests.values()), number)
        named: Any = {"request_id": request["id"], "rider": self.user(request["rider"]), "now": self.now()}
        expected = None if request["state"] in LOOKING else "already_settled"
        if self.step(expected, lambda: ride_requests.cancel(**named)):
            self.books.end([row for row in self.books.of_request(request["id"]) if row["state"] == WAITING], "by_rider")
            self.books.not_wanted(request["id"])

    @precondition(lambda self: self.books.requests)
    @rule(number=ANY)
    def the_day_is_over(self, number: int) -> None:
        request = one_of(list(self.books.requests.values()), number)
        row = RideRequest.objects.get(pk=request["id"])
        over = request["state"] in LOOKING and planner.window_of(row)[1] <= self.now()
        over = over and not self.books.of_request(request["id"])
        made = self.step(None, lambda: ride_requests.expire(request_id=request["id"], now=self.now()))
        assert bool(made) == over
        if over and self.books.is_lost(request["id"]):
            self.books.call_for_help(request["id"])
        elif over:
            self.books.move(request["id"], "expired", "closed")

    def _asked(self) -> list[Row]:
        return [card for card in self.books.cards.values() if card["state"] == "asked"]

    def _as_it_is(self, request_id: int) -> Row:
        """What a look goes by, as the tables now have it: which circle is asked the model does not know."""
        return {name: self.seen["requests"][request_id][name] for name in ("state", "stage", "widens_at")}

    def _go_on(self, before: Row, glance: widening.Look) -> None:
        """Each driver once, nobody who has refused, whose ride has left meanwhile, or who is asked enough this hour."""
        books, request_id = self.books, glance.request_id
        accepted = books.accepted_half(books.requests[request_id])
        goes_on = before == self._as_it_is(request_id) and not accepted
        mine = {card["offer"]: card for card in books.cards.values() if card["request"] == request_id}
        have = {books.offers[offer]["driver"] for offer, card in mine.items() if card["state"] == "asked"}
        assert len({offer.driver_id for offer, _way in glance.suitable}) == len(glance.suitable)
        may = [
            offer
            for offer, _way in glance.suitable
            if goes_on
            and offer.driver_id not in have
            and books.offers[offer.pk]["state"] == "published"
            and (offer.pk not in mine or mine[offer.pk]["state"] not in ("asked", "declined"))
        ]
        made = self.step(None, lambda: widening.go_on(look=glance, now=self.now()))
        if not goes_on:
            assert not made
            return
        expected, lately = [], {offer.driver_id: books.asked_lately(offer.driver_id) for offer in may}
        for offer in may:
            if lately[offer.driver_id] < pace.A_FEW or way_home.is_called(request_id):
                lately[offer.driver_id] += 1
                expected.append(offer.pk)
        if glance.stage == "coordinator" and before["stage"] != "coordinator" and books.is_lost(request_id):
            books.call_for_help(request_id)
        books.requests[request_id]["state"] = "open"
        assert sorted(card.offer_id for card in made) == sorted(expected)
        for card in made:
            books.cards[card.pk] = {
                "id": card.pk, "request": request_id, "offer": card.offer_id, "state": "asked", "at": books.now,
                "later": None, "put_off": 0,
            }  # fmt: skip

    def _look_at_card(self, card: Row) -> Row | None:
        request = RideRequest.objects.select_related("origin", "destination").get(pk=card["request"])
        return self.look_at(request.rider_id, card["offer"], planner.trip_of(request, as_stranger=False))

    def _take_card(self, card: Row, seen: Row) -> None:
        books, request = self.books, self.books.requests[card["request"]]
        rivals = books.asked(seen["rider"], seen["start"], seen["end"], request["id"])
        if request["state"] not in LOOKING or card["state"] != "asked":
            expected = "already_settled"
        elif any(one["offer"] == card["offer"] and one["state"] == WAITING for one in rivals):
            expected = "already_asked"
        else:
            expected = books.busy(seen["rider"], seen["start"], seen["end"]) or self.refusal_to_lay(seen)
            waits = books.waits_for_half(request["id"])
            other = books.accepted_half(books.other_half(request["id"])) if waits else None
            expected = expected or self.refusal_of_halves(other, seen["start"], seen["end"])
        driver = self.user(books.offers[card["offer"]]["driver"])
        named: Any = {
            "asking_id": card["id"],
            "driver": driver,
            "prepared": afresh(seen["prepared"]),
            "now": self.now(),
        }
        if made := self.step(expected, lambda: ride_requests.accept(**named)):
            card["state"] = "accepted"
            other_hour = not request["earliest"] <= seen["start"] <= request["latest"]
            books.ask(seen, made, request["id"], yes=True, free=other_hour)
