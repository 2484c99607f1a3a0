"""Where the neighbours of any region live and go: homes at its addresses, and the places everybody knows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Protocol

import numpy as np

from routing.plan import UNREACHABLE, Place, TravelTimes

CANDIDATES = 4
"""So many addresses are looked at for each home."""
HAUNTS = {
    # what: (names to look for, kinds to take otherwise)
    "store": (("IKEA", "furniture store", "Möbel", "supermarket"), ("shop", "amenity")),
    "station": (("gare", "railway station"), ("station", "stop")),
    "school": (("lycée", "collège", "school"), ("school",)),
    "hospital": (("hôpital", "hospital"), ("health",)),
    "pool": (("piscine", "swimming"), ("leisure", "tourism")),
    "centre": (("mairie", "hôtel de ville", "town hall", "market"), ("amenity", "town", "shop", "street")),
}


class Places(Protocol):
    """What is asked of a region's index of names."""

    def search(self, text: str, near: Place | None = None, limit: int = 8) -> list[Place]: ...

    def of_kind(self, kind: str, limit: int) -> list[Place]: ...


class Streets(Protocol):
    """What is asked of a region."""

    @property
    def places(self) -> Places: ...

    @property
    def travel(self) -> TravelTimes: ...


@dataclass(frozen=True, slots=True)
class Town:
    """Homes in an order that mixes the villages, and what people drive to: store, station, school, hospital, …"""

    homes: tuple[Place, ...]
    haunts: dict[str, Place]

    @property
    def store(self) -> Place:
        """The furniture store, or what comes nearest to one."""
        return self.haunts["store"]


def survey(region: Streets, homes: int) -> Town:
    """The same town for the same region, whatever it holds; every road in it can be driven both ways."""
    doors = _doors(region.places, CANDIDATES * homes)
    haunts = dict(_haunts(region.places, _middle(doors)))
    anywhere = [*doors, *haunts.values()]
    connected = set(_connected(region.travel, anywhere))
    haunts = {what: place for what, place in haunts.items() if place in connected}
    lived_in = [door for door in doors if door in connected]
    order = np.random.default_rng(1).permutation(len(lived_in))
    homes_found = tuple(lived_in[i] for i in order[:homes])
    haunts.setdefault("store", homes_found[0])
    return Town(homes_found, haunts)


def _doors(places: Places, count: int) -> list[Place]:
    """Addresses; in a region without any, streets."""
    return places.of_kind("address", count) or places.of_kind("street", count) or places.of_kind("stop", count)


def _haunts(places: Places, middle: Place) -> Iterator[tuple[str, Place]]:
    for what, (names, kinds) in HAUNTS.items():
        named = (place for name in names for place in places.search(name, middle) if place.kind in kinds)
        found = next(named, None) or next((place for kind in kinds for place in places.of_kind(kind, 1)), None)
        if found:
            yield what, found


def _middle(places: Sequence[Place]) -> Place:
    return Place(median(place.lat for place in places), median(place.lon for place in places))


def _connected(travel: TravelTimes, places: Sequence[Place]) -> list[Place]:
    """The places from which most others are reached, and which are reached from most."""
    seconds, _ = travel.matrix(places, places)
    reached = seconds < UNREACHABLE
    most = len(places) / 2
    return [place for i, place in enumerate(places) if reached[i].sum() > most and reached[:, i].sum() > most]
