"""Time goes on, and what nobody answered in time ends."""

from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from rides.bookings import answers
from tests.rides.machine.books import MINUTE, WAITING
from tests.rides.machine.player import ANY, Player, one_of


class Clock(Player):
    """The hand of the clock, and the rule of `rides.bookings.answers` that looks at it."""

    @rule(seconds=st.sampled_from([20, 70, 6 * MINUTE, 20 * MINUTE, 50 * MINUTE]))
    def time_goes_on(self, seconds: int) -> None:
        self.books.now += seconds

    @precondition(lambda self: self._unanswered())
    @rule(number=ANY)
    def nobody_answered(self, number: int) -> None:
        """In time or, if there is no such booking, not: before its deadline nothing happens."""
        late = [row for row in self._unanswered() if row["deadline"] <= self.books.now]
        row, over = one_of(late or self._unanswered(), number), bool(late)
        made = self.step(None, partial(answers.lapse, booking_id=row["id"], now=self.now()))
        assert bool(made) == over
        if over:
            self.books.end([row], "other_half" if row["accepted"] else "no_answer")
            self.books.lost_a_driver(row["request"])

    def _unanswered(self) -> list[dict]:
        return [row for row in self.books.bookings.values() if row["state"] == WAITING]
