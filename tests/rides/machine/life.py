"""The machine: everything that people can do with rides, in any order."""

from tests.rides.machine.changing import Changing
from tests.rides.machine.clock import Clock
from tests.rides.machine.driving import Driving
from tests.rides.machine.kerb import Kerb
from tests.rides.machine.queueing import Queueing
from tests.rides.machine.standing import Standing
from tests.rides.machine.wishing import Wishing


class Life(Driving, Changing, Standing, Wishing, Queueing, Kerb, Clock):
    """All rules together."""
