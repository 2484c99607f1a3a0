"""What both the seed and the simulation know: the streets, who lives where, and the dice."""

import random
from dataclasses import dataclass
from typing import Self

from accounts.models import User
from demo import people
from demo.town import Town, survey
from rides import streets
from routing.plan import Place


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The same neighbours in the same homes for the same region; `rng` is the only chance."""

    town: Town
    time_zone: str
    rng: random.Random

    @classmethod
    def here(cls, seed: int) -> Self:
        """Of the region that the site serves."""
        region = streets.the_region()
        return cls(survey(region, people.COUNT), region.manifest.time_zone, random.Random(seed))

    def home_of(self, person: User) -> Place:
        """Where one of the neighbours lives; in a region with few homes some share one."""
        return self.town.homes[people.number_of(person) % len(self.town.homes)]
