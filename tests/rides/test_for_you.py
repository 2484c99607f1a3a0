"""A trip made for somebody: every driven kilometre up to the cap, the empty way included, and nothing above it."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given

from rides.bookings.pricing import Aboard, Shares, Trip, for_you
from tests.rides.drives import LOOK, found_out, legs_of, rider, trips_with_riders


def reimburses_what_was_driven(splitter: Callable, trip: Trip, riders: list[Aboard]) -> bool:
    """Adds up exactly, never above the cap for every driven kilometre, and each pays by the distance she shared."""
    cap = trip.cost_cents_per_km
    shares = splitter(trip.leg_metres, cap, riders)
    most = Fraction(cap * sum(trip.leg_metres), 1000)
    if sum(shares.rider_cents.values()) + shares.driver_cents != shares.total_cents or shares.total_cents > most:
        return False
    hers = {someone.id: Fraction(0) for someone in riders}
    for leg, length in enumerate(trip.leg_metres):
        aboard = [someone.id for someone in riders for _ in range(someone.parts) if leg in legs_of(someone)]
        for person in aboard:
            hers[person] += Fraction(length, len(aboard))
    together = sum(hers.values())
    for someone in riders:
        asked = min(someone.ask_cents_per_km, cap) * Fraction(sum(trip.leg_metres), 1000)
        due = asked * hers[someone.id] / together if together else Fraction(0)
        due = due if someone.at_most_cents is None else min(due, someone.at_most_cents)
        if not due - 10 < shares.rider_cents[someone.id] <= due:
            return False
    return shares.driver_cents >= 0


def uncapped(leg_metres: list[int], cap: int, riders: list[Aboard]) -> Shares:
    return for_you(leg_metres, 99, riders)


def without_the_empty_way(leg_metres: list[int], cap: int, riders: list[Aboard]) -> Shares:
    ridden = {leg for someone in riders for leg in legs_of(someone)}
    return for_you([length if leg in ridden else 0 for leg, length in enumerate(leg_metres)], cap, riders)


def everyone_pays_it_all(leg_metres: list[int], cap: int, riders: list[Aboard]) -> Shares:
    shares = {r.id: for_you(leg_metres, cap, [r]).rider_cents[r.id] for r in riders}
    total = cap * sum(leg_metres) // 1000
    return Shares(shares, total - sum(shares.values()), total)


@LOOK
@given(trips_with_riders())
def test_a_trip_made_for_somebody_is_reimbursed(drawn):
    assert reimburses_what_was_driven(for_you, *drawn)


@pytest.mark.parametrize("wrong", [uncapped, without_the_empty_way, everyone_pays_it_all])
def test_control_a_wrong_reimbursement_is_found_out(wrong):
    found_out(trips_with_riders(), lambda drawn: not reimburses_what_was_driven(wrong, *drawn))


def test_who_is_driven_alone_bears_the_empty_way_and_a_neighbour_may_forgo_it():
    there_and_back = [5_000, 10_000, 15_000]
    bo = rider(pickup=1, dropoff=2)
    assert for_you(there_and_back, 32, [bo]) == Shares({1: 960}, 0, 960)
    assert for_you(there_and_back, 32, [replace(bo, ask_cents_per_km=20)]) == Shares({1: 600}, 360, 960)
    assert for_you(there_and_back, 32, [replace(bo, ask_cents_per_km=0)]) == Shares({1: 0}, 960, 960)
    assert for_you(there_and_back, 32, []) == Shares({}, 960, 960)
