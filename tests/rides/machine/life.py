"""The machine: everything that people can do with rides, in any order."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.rides.machine.books import HOUR
from tests.rides.machine.changing import Changing
from tests.rides.machine.clock import Clock
from tests.rides.machine.driving import Driving
from tests.rides.machine.kerb import Kerb
from tests.rides.machine.queueing import Queueing
from tests.rides.machine.standing import Standing
from tests.rides.machine.wishing import Wishing

BO_CY_OR_FLO, THIS_OR_THAT = st.integers(3, 5), st.integers(0, 1)
MOST_OF_THE_WAY = st.sampled_from([(0, 5), (0, 5), (1, 5), (0, 3)])
NOT_MUCH = st.sampled_from(["one", "one", "two", "one with a child", "two and a bookcase"])
SOON = st.just(-HOUR)


class Rides(Driving, Changing, Queueing, Clock):
    """Rides, the seats in them, and who waits for one."""

    @initialize(
        seats=st.sampled_from([None, 1, 2]),
        automatic=st.booleans(),
        crowd=st.lists(st.tuples(BO_CY_OR_FLO, THIS_OR_THAT, MOST_OF_THE_WAY, NOT_MUCH, SOON), min_size=2, max_size=4),
        waits=st.none() | BO_CY_OR_FLO,
        yes=st.booleans(),
    )
    def two_rides_and_who_wants_them(
        self, seats: int | None, automatic: bool, crowd: list[Any], waits: int | None, yes: bool
    ) -> None:
        """All have looked before the first of them asks; one may wait for a seat."""
        self.two_rides(seats, automatic)
        for seen in [self.look(*one) for one in crowd]:
            if seen:
                self.book(seen, "new", 0)
        if waits is not None:
            self.joins(waits, 0, (0, 5), "one", again=False, mine=0)
        if yes and self.books.bookings:
            self.answers(0, yes)


class Life(Rides, Standing, Wishing, Kerb):
    """All rules together."""
