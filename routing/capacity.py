"""Whether people and things fit: one configuration of the whole trip has to cover every leg."""

from collections.abc import Callable, Iterable, Sequence
from operator import add, attrgetter, ge
from typing import Protocol, TypeAlias

from routing.plan import Configuration, Load, PlannedLeg

SUMMED = ("seats", "child_seats", "wheelchairs", "litres", "roof_kg")
"""Kinds of room whose needs add up. A child in a child seat takes a seat too; a person in a wheelchair takes none."""
LARGEST = ("length_cm",)
"""Kinds of which only the largest need counts: things lie side by side."""
KINDS = (*SUMMED, *LARGEST)


class Taken(Protocol):
    """What is taken on one leg, of each kind: a planned leg, or a row that has the same columns."""

    @property
    def taken_seats(self) -> int: ...
    @property
    def taken_child_seats(self) -> int: ...
    @property
    def taken_wheelchairs(self) -> int: ...
    @property
    def taken_litres(self) -> int: ...
    @property
    def taken_roof_kg(self) -> int: ...
    @property
    def taken_length_cm(self) -> int: ...


Needs: TypeAlias = tuple[int, ...]
"""So much of each kind, in the order of `KINDS`."""

_COLUMNS = tuple(f"taken_{kind}" for kind in KINDS)

taken: Callable[[Taken], Needs] = attrgetter(*_COLUMNS)
"""What is taken on a leg."""

room: Callable[[Configuration], Needs] = attrgetter(*KINDS)
"""What a configuration has room for."""

_carried: Callable[[Load], Needs] = attrgetter(*KINDS[1:])


def wanted(seats: int, load: Load) -> Needs:
    """What `seats` people and their `load` take."""
    return (seats, *_carried(load))


def together(one: Needs, other: Needs) -> Needs:
    """What both take on the same leg: sums, and the largest of what does not add up."""
    sums = len(SUMMED)
    return (*map(add, one[:sums], other[:sums]), *map(max, one[sums:], other[sums:]))


def covers(has: Needs, needed: Needs) -> bool:
    """Whether there is enough of every kind."""
    return all(map(ge, has, needed))


def covering(configurations: Iterable[Configuration], needed: Needs) -> Configuration | None:
    """The first configuration with enough of every kind, or None."""
    for way in configurations:
        if covers(room(way), needed):
            return way
    return None


def fits(configurations: Iterable[Configuration], legs_taken: Iterable[Taken]) -> Configuration | None:
    """The first configuration in which the car can drive all of these legs, or None.

    The seats are not folded and unfolded on the way, so it must be the same one for the whole trip.
    """
    return covering(configurations, _fullest(legs_taken))


def boarded(leg: Taken, seats: int, load: Load) -> PlannedLeg:
    """What is taken on `leg` once `seats` people and their `load` are on it too; without its road (0 s, 0 m)."""
    return PlannedLeg(0, 0, **dict(zip(_COLUMNS, together(taken(leg), wanted(seats, load)), strict=True)))


def seats_left(configurations: Iterable[Configuration], legs_taken: Sequence[Taken]) -> tuple[int, ...]:
    """For each leg, how many people without load could still get on it; a run of legs has the least of them."""
    needed = _fullest(legs_taken)
    seats = max((way.seats for way in configurations if covers(room(way)[1:], needed[1:])), default=0)
    return tuple(max(0, seats - leg.taken_seats) for leg in legs_taken)


def _fullest(legs: Iterable[Taken]) -> Needs:
    """Of each kind, what the trip needs at its fullest; each may come from another leg."""
    most: Needs = (0,) * len(KINDS)
    for leg in legs:
        most = tuple(map(max, most, taken(leg)))
    return most
