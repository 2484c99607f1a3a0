"""Whether people and things fit: one configuration of the whole trip has to cover every leg."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from routing.plan import Configuration, Load, PlannedLeg


class Taken(Protocol):
    """What is taken on one leg: a planned leg, or a row that has the same three columns."""

    @property
    def taken_seats(self) -> int: ...
    @property
    def taken_litres(self) -> int: ...
    @property
    def taken_length_cm(self) -> int: ...


def fits(configurations: Iterable[Configuration], legs_taken: Iterable[Taken]) -> Configuration | None:
    """The first configuration in which the car can drive all of these legs, or None.

    The seats are not folded and unfolded on the way, so it must be the same one for the whole trip.
    """
    seats, litres, length_cm = _most(legs_taken)
    return next(
        (way for way in configurations if way.seats >= seats and way.litres >= litres and way.length_cm >= length_cm),
        None,
    )


def boarded(leg: Taken, seats: int, load: Load) -> PlannedLeg:
    """What is taken on `leg` once `seats` people and their `load` are on it too; without its road (0 s, 0 m)."""
    return PlannedLeg(
        duration_s=0,
        distance_m=0,
        taken_seats=leg.taken_seats + seats,
        taken_litres=leg.taken_litres + load.litres,
        taken_length_cm=max(leg.taken_length_cm, load.length_cm),
    )


def seats_left(configurations: Iterable[Configuration], legs_taken: Sequence[Taken]) -> tuple[int, ...]:
    """For each leg, how many people without load could still get on it; a run of legs has the least of them."""
    _, litres, length_cm = _most(legs_taken)
    possible = [way.seats for way in configurations if way.litres >= litres and way.length_cm >= length_cm]
    seats = max(possible, default=0)
    return tuple(max(0, seats - leg.taken_seats) for leg in legs_taken)


def _most(legs: Iterable[Taken]) -> tuple[int, int, int]:
    """Seats, litres and centimetres that the trip needs at its fullest; each may come from another leg."""
    seats = litres = length_cm = 0
    for leg in legs:
        seats = max(seats, leg.taken_seats)
        litres = max(litres, leg.taken_litres)
        length_cm = max(length_cm, leg.taken_length_cm)
    return seats, litres, length_cm
