"""manage.py simulate: let the neighbourhood live until the process is told to end."""

import random
import signal
import threading
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from demo.neighbourhood import Neighbourhood
from demo.simulation import Simulation

STEP_S = 1.0


class Command(BaseCommand):
    """No rules here, see demo/simulation/."""

    help = "Simulate a neighbourhood in the demo's database."

    def handle(self, **options: Any) -> None:
        simulation = Simulation(Neighbourhood.here(random.SystemRandom().randrange(2**32)))
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        while not ended.wait(STEP_S):
            simulation.step(timezone.now())
