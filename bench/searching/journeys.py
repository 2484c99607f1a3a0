"""A day of drives and wishes in a region: towns of different size, near ones drawing more, peaks in the morning and in
the evening; the same for the same seed.
"""

import random
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from routing.plan import UNREACHABLE, Place
from routing.region import Region

TOWNS, PLACES = 24, 900
PEAKS = ((7.8, 1.0, 0.4), (12.5, 2.0, 0.15), (17.6, 1.3, 0.45))
"""Hours of the clock, their spread, and their share of the departures."""
STOPS = (2, 2, 2, 3, 3, 4, 4, 5, 6)
"""How many a plan has; each as often as it stands here."""
WINDOW_S = 3600


@dataclass(frozen=True, slots=True)
class Drive:
    """A car's way on that day: the places it visits (numbers), and who rides from which visit to which."""

    visits: tuple[int, ...]
    leaves_s: int
    """Seconds of the day."""
    seats: int
    riders: tuple[tuple[int, int], ...]

    def taken(self, leg: int) -> int:
        """How many people are aboard on that leg, besides the driver."""
        return sum(on <= leg < off for on, off in self.riders)


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody's journey: between two points, within an hour."""

    origin: Place
    destination: Place
    earliest_s: int
    """Seconds of the day."""


class Country:
    """Places of the region in towns, and the roads between them."""

    def __init__(self, region: Region, seed: int) -> None:
        self.region, self.dice = region, random.Random(seed)
        self.places = self._settle()
        self.seconds, self.metres = region.travel.matrix(self.places, self.places)
        self._draw = self._attraction()

    def _settle(self) -> list[Place]:
        """A third of all places in the largest town, and a few around the smallest."""
        west, south, east, north = self.region.manifest.bounds
        places: list[Place] = []
        weights = [1 / (rank + 1) for rank in range(TOWNS)]
        for weight in weights:
            heart = Place(self.dice.uniform(south, north), self.dice.uniform(west, east))
            wanted, spread = max(4, round(PLACES * weight / sum(weights))), 0.006 + 0.02 * weight
            tries = (Place(self.dice.gauss(heart.lat, spread), self.dice.gauss(heart.lon, spread)) for _ in range(900))
            corners = (corner for near in tries for corner, _walk_m in self.region.corners(near, 800, 1))
            places += islice(corners, wanted)
        return places

    def _attraction(self) -> NDArray[np.float64]:
        """[places, places] running sums of how much each place draws those of each other: less with each minute."""
        far = np.minimum(self.seconds, 4 * 3600).astype(np.float64)
        draw = np.exp(-far / 900) * (far > 300) * (self.seconds < UNREACHABLE)
        return draw.cumsum(axis=1)

    def drive(self) -> Drive:
        """Somebody's way, perhaps by way of riders' doors that lie near it."""
        origin, destination = self._pair()
        inner = self._on_the_way(origin, destination, self.dice.choice(STOPS) - 2)
        visits = (origin, *inner, destination)
        drive = Drive(visits, self._hour_s(), self.dice.choice((2, 3, 3, 4, 4)), ())
        for _rider in inner:
            on, off = sorted(self.dice.sample(range(len(visits)), 2))
            if all(drive.taken(leg) < drive.seats for leg in range(on, off)):
                drive = replace(drive, riders=(*drive.riders, (on, off)))
        return drive

    def wish(self) -> Wish:
        """Somebody who lives near one of the places, and wants to be near another."""
        origin, destination = self._pair()
        return Wish(self._near(origin), self._near(destination), self._hour_s() - WINDOW_S // 2)

    def _pair(self) -> tuple[int, int]:
        while True:
            origin = self.dice.randrange(len(self.places))
            row = self._draw[origin]
            if row[-1] > 0:
                return origin, min(int(np.searchsorted(row, self.dice.random() * row[-1])), len(row) - 1)

    def _on_the_way(self, origin: int, destination: int, wanted: int) -> list[int]:
        direct_s = self.seconds[origin, destination]
        some = self.dice.sample(range(len(self.places)), 40) if wanted else []
        through = [
            at
            for at in some
            if at not in (origin, destination)
            and self.seconds[origin, at] + self.seconds[at, destination] < 1.3 * direct_s + 240
        ]
        return sorted(through[:wanted], key=lambda at: self.seconds[origin, at])

    def _hour_s(self) -> int:
        [(hour, spread, _share)] = self.dice.choices(PEAKS, [peak[2] for peak in PEAKS])
        return min(max(round(3600 * self.dice.gauss(hour, spread)), 5 * 3600), 22 * 3600)

    def _near(self, at: int) -> Place:
        place = self.places[at]
        return Place(place.lat + self.dice.gauss(0, 0.002), place.lon + self.dice.gauss(0, 0.0026))
