"""The plain data that the rides, the map, the matching and the grouping all speak."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:  # a process that only keeps sockets speaks of plans, and has no use for NumPy
    import numpy as np
    from numpy.typing import NDArray

NEVER_S = 2**60
"""An hour that no car is too late for."""

UNREACHABLE = 2**30
"""Seconds or metres in a matrix where no road leads from one place to the other."""

Table: TypeAlias = "NDArray[np.int32]"
"""A matrix [origins, destinations] of seconds or of metres."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere on the map, in degrees (WGS 84). Never a node of the graph: a rebuilt region changes nothing."""

    lat: float
    lon: float
    label: str = ""
    osm_key: str = ""
    """The thing in OpenStreetMap, such as "way/123"."""
    site_key: str = ""
    """The site with all its entrances and car parks, such as the one furniture store."""
    kind: str = ""
    """What it is, such as "shop", "home" or "street"."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is carried besides people on seats: sums, but for the length of the longest item."""

    litres: int = 0
    length_cm: int = 0
    child_seats: int = 0
    """How many of the people on seats need a child seat of the car's own."""
    wheelchairs: int = 0
    """People who ride in their wheelchair; they take no seat."""
    roof_kg: int = 0


@dataclass(frozen=True, slots=True)
class Configuration:
    """One way a vehicle can be set up: the seats for passengers, and what of each other kind goes beside them."""

    name: str
    seats: int
    litres: int
    length_cm: int
    child_seats: int = 0
    wheelchairs: int = 0
    roof_kg: int = 0


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A point a plan visits: the car gets there at `at_s` (epoch seconds) and stands for `dwell_s`.

    Whoever gets on or off there was promised the car by `latest_s`; an insertion never makes it later than that.
    """

    place: Place
    at_s: int
    dwell_s: int = 0
    latest_s: int = NEVER_S


@dataclass(frozen=True, slots=True)
class PlannedLeg:
    """The road from one stop to the next, and what is taken on it (sums; the maximum for the length)."""

    duration_s: int
    distance_m: int
    taken_seats: int = 0
    taken_litres: int = 0
    taken_length_cm: int = 0
    taken_child_seats: int = 0
    taken_wheelchairs: int = 0
    taken_roof_kg: int = 0


@dataclass(frozen=True, slots=True)
class VehiclePlan:
    """An offer's stops and legs (one fewer), and what its driver allows against the empty trip.

    The last stop is the driver's own destination. `empty_s` and `empty_m` are the trip without any rider; the limits
    `max_detour_s` and `max_detour_m` bound the whole plan against it. `flexibility_s` is how much later than planned
    the driver may leave.
    """

    offer_id: int
    stops: tuple[PlannedStop, ...]
    legs: tuple[PlannedLeg, ...]
    configurations: tuple[Configuration, ...]
    empty_s: int
    empty_m: int
    max_detour_s: int
    max_detour_m: int
    flexibility_s: int = 0


@dataclass(frozen=True, slots=True)
class TripRequest:
    """Someone or something that wants to go A → B, leaving A between `earliest_s` and `latest_s` (epoch seconds).

    Who has to be at B at some hour gives `arrive_earliest_s` and `arrive_latest_s` as well: the rider is at B, walk
    included, between the two.
    """

    origin: Place
    destination: Place
    earliest_s: int
    latest_s: int
    seats: int = 1
    """People on seats, a child in a child seat among them; whoever rides in a wheelchair is in the load."""
    load: Load = field(default=Load())
    max_walk_m: int = 800
    """The longest walk the rider takes at either end, each its own."""
    arrive_earliest_s: int = 0
    arrive_latest_s: int = NEVER_S


@dataclass(frozen=True, slots=True)
class Insertion:
    """Where a request's pickup and dropoff go in a plan, and what that costs everyone.

    The sequences are positions in the stop list after the insertion. `pickup_is_stop` and `dropoff_is_stop`: a stop
    that is there already is used, and no new one is made. `added_s` and `added_m` are this insertion against the plan
    as it is; `detour_s` and `detour_m` the new plan against the driver's empty trip. `score_s` is the generalised
    cost by which plans are ranked, the smallest first.
    """

    offer_id: int
    pickup_sequence: int
    dropoff_sequence: int
    pickup: Place
    dropoff: Place
    pickup_s: int
    """Epoch seconds at which the car arrives at the pickup."""
    dropoff_s: int
    """Epoch seconds at which the car arrives at the dropoff."""
    walk_to_m: int
    walk_from_m: int
    ride_s: int
    ride_m: int
    added_s: int
    added_m: int
    detour_s: int
    detour_m: int
    score_s: int
    pickup_is_stop: bool = False
    dropoff_is_stop: bool = False
    wait_s: int = 0
    """How long the car stands at the pickup until the rider is there."""
    rider_wait_s: int = 0
    """How long the rider is ready at the pickup until the car is there."""
    delays_s: tuple[int, ...] = ()
    """For each stop of the plan as it was, how much later the car is there."""
    roads: tuple[tuple[int, int], ...] = ()
    """Seconds and metres of each leg of the plan with the insertion."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing for a driver to do, and the road from there to the next one."""

    kind: str
    """"depart", "turn", "continue", "keep", "merge", "exit", "roundabout", "ferry", "uturn" or "arrive"."""
    direction: str
    """Where to: one of steps.DIRECTIONS; for "depart" a point of the compass, such as "north-east"; else ""."""
    street: str
    """The name of the road taken, else its number; "" for one that has neither."""
    lat: float
    lon: float
    distance_m: int
    duration_s: int
    exit: int = 0
    """Of a roundabout, counted from 1; 0 elsewhere, and for a trip that ends in the roundabout."""
    text: str = ""
    """The same in a sentence."""


@dataclass(frozen=True, slots=True)
class Leg:
    """The road from one place of a route to the next."""

    duration_s: int
    distance_m: int
    geometry: tuple[tuple[float, float], ...]
    """(lon, lat), two at least."""
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """The fastest road through some places; `geometry` is (lon, lat) pairs for drawing only."""

    duration_s: int
    distance_m: int
    geometry: tuple[tuple[float, float], ...] = ()
    legs: tuple[Leg, ...] = ()
    """From place to place, where they were asked for."""


class TravelTimes(Protocol):
    """How long it takes to drive from place to place; handed in, so that no caller needs a map."""

    def matrix(self, origins: Sequence[Place], destinations: Sequence[Place]) -> tuple[Table, Table]:
        """Seconds and metres of the fastest path, each int32 [origins, destinations], `UNREACHABLE` where none is."""
        ...

    def route(self, places: Sequence[Place]) -> Route:
        """The fastest road through `places` in this order; raises NoRoute when there is none."""
        ...
