"""Trips with people aboard, drawn at random, and the slow way to divide what they cost: everyone with a purse."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from random import Random

from hypothesis import Phase, find, settings
from hypothesis import strategies as st

from rides.bookings.pricing import Aboard, Trip

LOOK = settings(max_examples=300, deadline=None, print_blob=True)


def rider(booking: int = 1, people: int = 1, **changed: int | None) -> Aboard:
    """Someone who goes all of Dora's thirty kilometres, and is asked for more than the cost."""
    way = {"pickup": 0, "dropoff": 1, "direct_m": 30_000, "ask_cents_per_km": 99}
    return Aboard(id=booking, people=people, **way | changed)


@st.composite
def trips_with_riders(draw: st.DrawFn) -> tuple[Trip, list[Aboard]]:
    legs = draw(st.lists(st.integers(0, 60_000), min_size=1, max_size=5))
    trip = Trip(
        leg_metres=legs,
        cost_cents_per_km=draw(st.integers(0, 60)),
        tolls_cents=draw(st.integers(0, 3000)),
        others=draw(st.integers(1, 3)),
    )
    return trip, [someone_aboard(draw, booking, len(legs)) for booking in range(draw(st.integers(0, 4)))]


def someone_aboard(draw: st.DrawFn, booking: int, legs: int) -> Aboard:
    pickup = draw(st.integers(0, legs - 1))
    return Aboard(
        id=booking,
        people=draw(st.integers(0, 3)),
        pickup=pickup,
        dropoff=draw(st.integers(pickup + 1, legs)),
        direct_m=draw(st.integers(0, 150_000)),
        ask_cents_per_km=draw(st.sampled_from([0, 8, 15, 99])),
        at_most_cents=draw(st.none() | st.integers(0, 5000)),
    )


def purses(trip: Trip, riders: list[Aboard]) -> tuple[dict[int, Fraction], Fraction]:
    """What each booking and the driver's side put into the hat when, leg by leg, all aboard pay alike."""
    metres = sum(trip.leg_metres)
    paid, driver = {someone.id: Fraction(0) for someone in riders}, Fraction(0)
    for leg, length in enumerate(trip.leg_metres):
        cost = Fraction(length * trip.cost_cents_per_km, 1000)
        cost += Fraction(trip.tolls_cents * length, metres) if metres else 0
        seated = [someone.id for someone in riders for _ in range(someone.parts) if leg in legs_of(someone)]
        seated += [-1] * trip.others
        for person in seated:
            if person == -1:
                driver += cost / len(seated)
            else:
                paid[person] += cost / len(seated)
    return paid, driver


def legs_of(someone: Aboard) -> range:
    return range(someone.pickup, someone.dropoff)


def wanted(trip: Trip, someone: Aboard) -> Fraction:
    ridden = sum(trip.leg_metres[leg] for leg in legs_of(someone))
    return min(Fraction(1), Fraction(someone.direct_m, ridden)) if ridden else Fraction(0)


@st.composite
def one_more(draw: st.DrawFn) -> tuple[Trip, list[Aboard], Trip, Aboard]:
    """A trip, and the same one with a longer road and somebody new on it."""
    trip, riders = draw(trips_with_riders())
    longer = [length + draw(st.integers(0, 20_000)) for length in trip.leg_metres]
    return trip, riders, replace(trip, leg_metres=longer), someone_aboard(draw, len(riders), len(longer))


def found_out(drawn: st.SearchStrategy, broken: Callable[..., bool]) -> None:
    """Look for a case that breaks the promise, always the same ones; raises NoSuchExample when there is none."""
    look = settings(max_examples=5000, database=None, phases=[Phase.generate])  # any will do, not only the smallest
    find(drawn, broken, settings=look, random=Random(1))
