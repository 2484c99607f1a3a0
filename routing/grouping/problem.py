"""A grouping problem: who heads to one destination (or home from it), with which car, when, and with what."""

from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from routing.plan import Configuration, Load

Role: TypeAlias = Literal["drive", "ride", "either"]
Direction: TypeAlias = Literal["out", "back"]

LONG_AGO_S, NEVER_S = -(10**12), 10**12


class Window(NamedTuple):
    """An hour that suits, in epoch seconds, both ends included."""

    earliest_s: int = LONG_AGO_S
    latest_s: int = NEVER_S


ANY_TIME = Window()


@dataclass(frozen=True, slots=True)
class Person:
    """One participant with the party that comes along."""

    origin: int
    """Row of the travel matrices: where the person starts on the way out, and is brought on the way back."""
    role: Role
    at_destination: Window
    """When to be there on the way out; when to leave from there on the way back."""
    party: int = 1
    """People on seats who travel together, this person included; whoever rides in a wheelchair is in the load."""
    load: Load = field(default=Load())
    configurations: tuple[Configuration, ...] = ()
    """How the person's car can be set up; seats are those beside the driver's."""
    max_detour_s: int = 900
    """As a driver: the most that the trip may take longer than alone, with all stops and waiting."""
    at_origin: Window = ANY_TIME
    """When the car may come by on the way out; when it may be home on the way back."""

    @property
    def may_drive(self) -> bool:
        return self.role != "ride"

    @property
    def may_ride(self) -> bool:
        return self.role != "drive"


@dataclass(frozen=True, eq=False, slots=True)
class GroupingProblem:
    """Find the cars with the fewest driven metres, counting the solo drive of whoever is left out.

    People are named by their position in `people`. The search relies on the triangle inequality of times, as fastest
    paths have it; a few seconds of rounding are allowed for.
    """

    people: tuple[Person, ...]
    destination: int
    """Row of the travel matrices."""
    seconds: NDArray[np.integer[Any]]
    """[places, places] travel times"""
    metres: NDArray[np.integer[Any]]
    """[places, places] lengths of the same ways"""
    direction: Direction = "out"
    apart: tuple[tuple[int, int], ...] = ()
    """Pairs who never share a car."""
    together: tuple[tuple[int, int], ...] = ()
    """Pairs who share a car or travel in none."""
    prefer: tuple[tuple[int, int], ...] = ()
    """Pairs who would like to share one, such as those who came together; worth `prefer_m` of driving."""
    prefer_m: int = 500
    dwell_s: int = 60
    """What each stop for a rider takes."""
    stranded_m: int = 20_000
    """What it counts, beside the solo drive, to leave out someone who only rides: that person has no car."""

    def __post_init__(self) -> None:
        places = len(self.seconds)
        if self.seconds.shape != (places, places) or self.metres.shape != (places, places):
            raise ValueError("The travel matrices must be square and of one size.")
        rows = [self.destination, *(person.origin for person in self.people)]
        if any(not 0 <= row < places for row in rows):
            raise ValueError("A person or the destination is at a place that the travel matrices do not have.")
        pairs = [*self.apart, *self.together, *self.prefer]
        if any(one == other or not {one, other} <= set(range(len(self.people))) for one, other in pairs):
            raise ValueError("A pair must name two different people of this problem.")
        if any(person.party + (0 if person.may_drive else person.load.wheelchairs) < 1 for person in self.people):
            raise ValueError("A party has somebody in it, and who may drive takes a seat.")
        if any(person.may_drive and not person.configurations for person in self.people):
            raise ValueError("Who may drive needs a car with at least one configuration.")
