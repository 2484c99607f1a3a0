"""A grouping: the cars, who travels alone, who is left out and why, and how far from the best it can be at most."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from routing.plan import Configuration

Reason: TypeAlias = Literal["no_seat", "too_far", "window", "load"]

CO2_KG_PER_KM = 0.17
"""What one car-kilometre lets out: a round figure for the European cars on the road, tank to wheel."""


@dataclass(frozen=True, slots=True)
class GroupedCar:
    """A driver with at least one rider; people are positions in the problem's `people`."""

    driver: int
    riders: tuple[int, ...]
    """In the order in which they get in on the way out, or get out on the way back."""
    at_s: tuple[int, ...]
    """Epoch seconds of the start, of the arrival at each rider's stop in order, and of the end."""
    duration_s: int
    detour_s: int
    distance_m: int
    detour_m: int
    configuration: Configuration


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A person who only rides and has no car to go in."""

    person: int
    reason: Reason
    sentence: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """How good the grouping is: no other one counts less than `lower_bound_m`.

    `value_m` is what counts: driven metres, with solo drives, plus `stranded_m` for each person left out, minus
    `prefer_m` for each preferred pair that shares a car.
    """

    value_m: int
    lower_bound_m: int

    @property
    def gap(self) -> float:
        """The part of the value that a better grouping could save at most, 0 to 1."""
        return (self.value_m - self.lower_bound_m) / self.value_m if self.value_m > 0 else 0.0

    @property
    def proven(self) -> bool:
        return self.lower_bound_m >= self.value_m


@dataclass(frozen=True, slots=True)
class Saved:
    """Against everyone driving alone, those without a car included."""

    distance_m: int
    cars: int

    @property
    def km(self) -> float:
        return round(self.distance_m / 1000, 1)

    @property
    def co2_kg(self) -> float:
        return round(self.distance_m / 1000 * CO2_KG_PER_KM, 1)


@dataclass(frozen=True, slots=True)
class Grouping:
    """Everybody is in one car, alone in the own car, or left out."""

    cars: tuple[GroupedCar, ...]
    alone: tuple[int, ...]
    left_out: tuple[LeftOut, ...]
    certificate: Certificate
    saved: Saved
