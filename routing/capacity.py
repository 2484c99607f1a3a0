"""Whether people and things fit: one configuration of the whole trip has to cover every leg."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Protocol

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


taken: Callable[[Taken], tuple[int, ...]] = attrgetter(*(f"taken_{kind}" for kind in KINDS))
"""What is taken on a leg, in the order of `KINDS`."""

room: Callable[[Configuration], tuple[int, ...]] = attrgetter(*KINDS)
"""What a configuration has room for, in the order of `KINDS`."""


def fits(configurations: Iterable[Configuration], legs_taken: Iterable[Taken]) -> Configuration | None:
    """The first configuration in which the car can drive all of these legs, or None.

    The seats are not folded and unfolded on the way, so it must be the same one for the whole trip.
    """
    needed = _fullest(legs_taken)
    return next((way for way in configurations if _covers(room(way), needed)), None)


def boarded(leg: Taken, seats: int, load: Load) -> PlannedLeg:
    """What is taken on `leg` once `seats` people and their `load` are on it too; without its road (0 s, 0 m)."""
    return PlannedLeg(
        duration_s=0,
        distance_m=0,
        taken_seats=leg.taken_seats + seats,
        taken_child_seats=leg.taken_child_seats + load.child_seats,
        taken_wheelchairs=leg.taken_wheelchairs + load.wheelchairs,
        taken_litres=leg.taken_litres + load.litres,
        taken_roof_kg=leg.taken_roof_kg + load.roof_kg,
        taken_length_cm=max(leg.taken_length_cm, load.length_cm),
    )


def seats_left(configurations: Iterable[Configuration], legs_taken: Sequence[Taken]) -> tuple[int, ...]:
    """For each leg, how many people without load could still get on it; a run of legs has the least of them."""
    _, *other_kinds = _fullest(legs_taken)
    possible = [way.seats for way in configurations if _covers(room(way)[1:], other_kinds)]
    seats = max(possible, default=0)
    return tuple(max(0, seats - leg.taken_seats) for leg in legs_taken)


def _fullest(legs: Iterable[Taken]) -> tuple[int, ...]:
    """Of each kind, what the trip needs at its fullest; each may come from another leg."""
    return tuple(map(max, zip(*map(taken, legs), strict=True))) or (0,) * len(KINDS)


def _covers(has: Sequence[int], needed: Sequence[int]) -> bool:
    return all(there >= wanted for there, wanted in zip(has, needed, strict=True))
