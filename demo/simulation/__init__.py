"""The simulated neighbourhood: it keeps offering, asking, booking and driving, and answers its visitors."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from demo import guard
from demo.neighbourhood import Neighbourhood
from demo.simulation import answers, driving, initiative, tidying
from demo.simulation.visitors import VisitingDrivers, come_by

logger = logging.getLogger(__name__)

Act = Callable[[Neighbourhood, datetime], None]


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done, and how often."""

    act: Act
    every_s: float


def usual_deeds() -> list[Deed]:
    """All that the neighbourhood does; answers come first, since somebody waits for them."""
    return [
        Deed(answers.answer_bookings, 1),
        Deed(answers.answer_cards, 1),
        Deed(answers.answer_proposals, 1),
        Deed(VisitingDrivers(), 2),
        Deed(come_by, 3),
        Deed(driving.drive, 5),
        Deed(initiative.publish, 9),
        Deed(initiative.book, 8),
        Deed(initiative.post, 25),
        Deed(initiative.cancel, 50),
        Deed(tidying.tidy, 60),
    ]


class Simulation:
    """A step at a time: `now` and the dice come from outside. It acts for simulated neighbours only."""

    def __init__(self, hood: Neighbourhood, deeds: Sequence[Deed] | None = None) -> None:
        guard.require_demo()
        self._hood = hood
        self._deeds = list(usual_deeds() if deeds is None else deeds)
        self._due_at: dict[int, datetime] = {}

    def step(self, now: datetime) -> None:
        """Do what is due; what fails is logged, and tried again when it is due again."""
        for i, deed in enumerate(self._deeds):
            if now < self._due_at.get(i, now):
                continue
            self._due_at[i] = now + timedelta(seconds=deed.every_s)
            try:
                deed.act(self._hood, now)
            except Exception:
                logger.exception("The simulated neighbourhood stumbled.")
                connection.close_if_unusable_or_obsolete()
