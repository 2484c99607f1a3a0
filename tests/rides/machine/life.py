"""The machine: everything that people can do with rides, in any order."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from tests.rides.machine.books import HOUR
from tests.rides.machine.changing import Changing
from tests.rides.machine.clock import Clock
from tests.rides.machine.driving import Driving
from tests.rides.machine.kerb import Kerb
from tests.rides.machine.player import LOADS
from tests.rides.machine.queueing import Queueing
from tests.rides.machine.standing import Standing
from tests.rides.machine.wishing import Wishing

SEATS = st.sampled_from([None, 1, 2])
BO_OR_CY = st.integers(3, 4)
THIS_OR_THAT = st.integers(0, 1)
MOST_OF_THE_WAY = st.sampled_from([(0, 5), (0, 5), (1, 5), (0, 3)])
SOON = st.just(-HOUR)


class Rides(Driving, Changing, Queueing, Clock):
    """Rides, the seats in them, and who waits for one."""

    @initialize(
        seats=SEATS,
        automatic=st.booleans(),
        crowd=st.lists(st.tuples(BO_OR_CY, THIS_OR_THAT, MOST_OF_THE_WAY, LOADS, SOON), min_size=1, max_size=4),
        yes=st.booleans(),
    )
    def two_rides_and_who_wants_them(self, seats: int | None, automatic: bool, crowd: list[Any], yes: bool) -> None:
        """All have looked before the first of them asks."""
        self.two_rides(seats, automatic)
        for seen in [self.look(*one) for one in crowd]:
            if seen:
                self.book(seen, "new", 0)
        if yes and self.books.bookings:
            self.answers(0, yes)


class Life(Rides, Standing, Wishing, Kerb):
    """All rules together."""
