"""Where a request fits in one plan: the promises to the driver and to those already booked."""

import random
from dataclasses import replace
from itertools import product

import pytest

from routing.capacity import fits
from routing.matching.insertion import insertions
from routing.matching.laying import lay
from routing.matching.meeting import MeetingPoint
from routing.matching.terms import Terms
from routing.plan import Configuration, Insertion, Load, PlannedLeg, TripRequest, VehiclePlan
from tests.routing.world import MORNING_S, Town, at, random_request, random_trip, trip

TOWN = Town()
HOUR_S = 3600
TERMS = Terms()
ANYTHING = Configuration("a bus", seats=9, litres=3000, length_cm=400, child_seats=9, wheelchairs=2, roof_kg=100)


@pytest.fixture
def way_to_work() -> VehiclePlan:
    """Ana drives ten kilometres east: 1,000 seconds."""
    return trip(TOWN, at(0, 0), at(10, 0))


def bo(**changes: object) -> TripRequest:
    """Bo lives on the way and leaves it on the way."""
    asks: dict[str, object] = {
        "origin": at(3, 0),
        "destination": at(7, 0),
        "earliest_s": MORNING_S,
        "latest_s": MORNING_S + HOUR_S,
    }
    return TripRequest(**{**asks, **changes})  # type: ignore[arg-type]


def test_bo_on_the_way_costs_the_driver_two_stops(way_to_work: VehiclePlan) -> None:
    (ride,) = insertions(way_to_work, bo(), TOWN)
    assert (ride.pickup_sequence, ride.dropoff_sequence) == (1, 2)
    assert (ride.pickup_s, ride.dropoff_s) == (MORNING_S + 300, MORNING_S + 300 + 60 + 400)
    assert (ride.added_s, ride.detour_s, ride.added_m) == (120, 120, 0)
    assert (ride.ride_s, ride.ride_m) == (460, 4000)


def test_a_stop_that_is_there_is_used(way_to_work: VehiclePlan) -> None:
    best = insertions(way_to_work, bo(origin=at(0.02, 0), destination=at(10, 0)), TOWN)[0]
    assert (best.pickup_is_stop, best.dropoff_is_stop) == (True, True)
    assert (best.pickup_sequence, best.dropoff_sequence, best.added_s) == (0, 1, 0)


def test_a_stop_forty_metres_away_is_another_one(way_to_work: VehiclePlan) -> None:
    assert not any(ride.pickup_is_stop for ride in insertions(way_to_work, bo(origin=at(0.04, 0)), TOWN))


@pytest.mark.parametrize(("limit", "fits_in"), [(119, False), (120, True)])
def test_the_driver_s_seconds_are_kept_to_the_second(way_to_work: VehiclePlan, limit: int, fits_in: bool) -> None:
    assert bool(insertions(replace(way_to_work, max_detour_s=limit), bo(), TOWN)) is fits_in


@pytest.mark.parametrize(("limit", "fits_in"), [(1999, False), (2000, True)])
def test_the_driver_s_metres_are_kept_to_the_metre(way_to_work: VehiclePlan, limit: int, fits_in: bool) -> None:
    one_off_the_road = bo(origin=at(3, 1))
    assert bool(insertions(replace(way_to_work, max_detour_m=limit), one_off_the_road, TOWN)) is fits_in


def test_limits_are_against_the_empty_trip_not_against_the_plan_as_it_is(way_to_work: VehiclePlan) -> None:
    first = insertions(way_to_work, bo(), TOWN)[0]
    with_bo = replace(lay(way_to_work, first, bo()), max_detour_s=239)
    cy = bo(origin=at(4, 0), destination=at(6, 0))
    assert insertions(with_bo, cy, TOWN) == []
    assert insertions(replace(with_bo, max_detour_s=240), cy, TOWN)[0].detour_s == 240


def test_nobody_waits_at_the_roadside_beyond_the_own_window(way_to_work: VehiclePlan) -> None:
    too_early = bo(earliest_s=MORNING_S - HOUR_S, latest_s=MORNING_S + 299)
    assert insertions(way_to_work, too_early, TOWN) == []
    assert insertions(way_to_work, replace(too_early, latest_s=MORNING_S + 300), TOWN)


def test_the_car_waits_for_bo_and_the_wait_counts(way_to_work: VehiclePlan) -> None:
    (ride,) = insertions(way_to_work, bo(earliest_s=MORNING_S + 500), TOWN)
    assert ride.pickup_s == MORNING_S + 500
    assert ride.detour_s == 120 + 200


def test_a_flexible_driver_leaves_later_instead_of_waiting(way_to_work: VehiclePlan) -> None:
    flexible, later = replace(way_to_work, flexibility_s=150), bo(earliest_s=MORNING_S + 500)
    (ride,) = insertions(flexible, later, TOWN)
    assert ride.detour_s == 120 + 50
    laid = lay(flexible, ride, later)
    assert laid.stops[0].at_s == MORNING_S + 150
    assert laid.flexibility_s == 0


def test_the_car_waits_no_longer_than_it_may(way_to_work: VehiclePlan) -> None:
    later = bo(earliest_s=MORNING_S + 500)
    assert insertions(way_to_work, later, TOWN, terms=Terms(max_wait_s=199)) == []
    (ride,) = insertions(way_to_work, later, TOWN, terms=Terms(max_wait_s=200))
    assert (ride.wait_s, ride.rider_wait_s, ride.delays_s) == (200, 0, (0, 320))
    (ride,) = insertions(replace(way_to_work, flexibility_s=150), later, TOWN, terms=Terms(max_wait_s=50))
    assert (ride.wait_s, ride.delays_s) == (50, (150, 320))


@pytest.mark.parametrize(("seconds", "fits_in"), [(759, False), (760, True), (761, True)])
def test_bo_is_there_in_time(way_to_work: VehiclePlan, seconds: int, fits_in: bool) -> None:
    """The car sets Bo down 300 + 60 + 400 seconds after it left."""
    assert bool(insertions(way_to_work, bo(arrive_latest_s=MORNING_S + seconds), TOWN)) is fits_in


def test_bo_is_not_there_too_early(way_to_work: VehiclePlan) -> None:
    assert insertions(way_to_work, bo(arrive_earliest_s=MORNING_S + 760), TOWN)
    assert not insertions(way_to_work, bo(arrive_earliest_s=MORNING_S + 761), TOWN)


def test_the_walk_at_the_end_is_part_of_the_arrival(way_to_work: VehiclePlan) -> None:
    corner = MeetingPoint(at(7, 0), 120)
    in_time = bo(arrive_latest_s=MORNING_S + 760 + 100)
    assert insertions(way_to_work, in_time, TOWN, dropoffs=[corner])
    assert not insertions(
        way_to_work, replace(in_time, arrive_latest_s=in_time.arrive_latest_s - 1), TOWN, dropoffs=[corner]
    )


def test_once_somebody_is_booked_the_hour_is_a_promise(way_to_work: VehiclePlan) -> None:
    (leg,) = way_to_work.legs
    for taken in (replace(leg, taken_seats=1), replace(leg, taken_wheelchairs=1), replace(leg, taken_roof_kg=10)):
        booked = replace(way_to_work, flexibility_s=150, legs=(taken,), configurations=(ANYTHING,))
        (ride,) = insertions(booked, bo(earliest_s=MORNING_S + 500), TOWN)
        assert ride.detour_s == 120 + 200


def test_bo_can_ride_the_leg_that_cy_has_left() -> None:
    plan = trip(TOWN, at(0, 0), at(2, 0), at(10, 0), max_detour_s=10_000)
    full, free = plan.legs[0], plan.legs[1]
    plan = replace(plan, legs=(replace(full, taken_seats=4), free))
    on_the_second = bo(origin=at(4, 0))
    assert insertions(plan, on_the_second, TOWN)
    assert all(ride.pickup_sequence == 2 for ride in insertions(plan, on_the_second, TOWN))


def test_the_same_seat_is_not_sold_twice_for_a_long_item(way_to_work: VehiclePlan) -> None:
    plan = replace(way_to_work, legs=(replace(way_to_work.legs[0], taken_seats=2),))
    wardrobe = Load(litres=200, length_cm=202)
    assert insertions(plan, bo(seats=0, load=wardrobe), TOWN)
    assert insertions(plan, bo(seats=1, load=wardrobe), TOWN) == []


def test_laying_splits_the_leg_and_copies_what_it_has_taken(way_to_work: VehiclePlan) -> None:
    taken = replace(
        way_to_work.legs[0], taken_seats=1, taken_child_seats=1, taken_litres=40, taken_roof_kg=5, taken_length_cm=90
    )
    plan = replace(way_to_work, legs=(taken,))
    brings = Load(litres=30, length_cm=80, child_seats=1, wheelchairs=1, roof_kg=20)
    laid = lay(plan, insertions(plan, bo(), TOWN)[0], bo(load=brings))
    assert [leg.taken_seats for leg in laid.legs] == [1, 2, 1]
    assert [leg.taken_child_seats for leg in laid.legs] == [1, 2, 1]
    assert [leg.taken_wheelchairs for leg in laid.legs] == [0, 1, 0]
    assert [leg.taken_litres for leg in laid.legs] == [40, 70, 40]
    assert [leg.taken_roof_kg for leg in laid.legs] == [5, 25, 5]
    assert [leg.taken_length_cm for leg in laid.legs] == [90, 90, 90]
    assert [stop.place for stop in laid.stops] == [at(0, 0), at(3, 0), at(7, 0), at(10, 0)]


@pytest.mark.parametrize("seed", range(150))
def test_every_insertion_keeps_what_it_says_when_it_is_driven(seed: int) -> None:
    """Lay each insertion and drive it: the plan alone must show the times, the metres, and every promise kept."""
    dice = random.Random(seed)
    plan = random_trip(dice, TOWN)
    request = random_request(dice, plan)
    for ride in insertions(plan, request, TOWN):
        laid = lay(plan, ride, request)
        for leg, stop, following in zip(laid.legs, laid.stops[:-1], laid.stops[1:], strict=True):
            assert stop.at_s + stop.dwell_s + leg.duration_s <= following.at_s
        on, off = laid.stops[ride.pickup_sequence], laid.stops[ride.dropoff_sequence]
        assert request.earliest_s <= on.at_s == ride.pickup_s <= request.latest_s
        assert (off.at_s, off.at_s - on.at_s) == (ride.dropoff_s, ride.ride_s)
        driven_s = laid.stops[-1].at_s - laid.stops[0].at_s
        driven_m = sum(leg.distance_m for leg in laid.legs)
        assert (driven_s - plan.empty_s, driven_m - plan.empty_m) == (ride.detour_s, ride.detour_m)
        assert ride.detour_s <= plan.max_detour_s
        assert ride.detour_m <= plan.max_detour_m
        assert fits(plan.configurations, laid.legs)
        assert 0 <= laid.stops[0].at_s - plan.stops[0].at_s <= plan.flexibility_s
        later = {stop.place: stop.at_s for stop in laid.stops}
        assert all(later[stop.place] >= stop.at_s for stop in plan.stops)


@pytest.mark.parametrize("seed", range(150))
def test_no_better_insertion_was_overlooked(seed: int) -> None:
    """Brute force with no shared code: try each pair of positions and drive it."""
    dice = random.Random(1000 + seed)
    plan = replace(random_trip(dice, TOWN), flexibility_s=0)
    request = random_request(dice)
    found = {(ride.pickup_sequence, ride.dropoff_sequence): ride for ride in insertions(plan, request, TOWN)}
    for on, off in product(range(1, len(plan.stops) + 1), repeat=2):
        if on < off <= len(plan.stops):
            assert _driven(plan, request, on, off) == _shown(found.get((on, off)))


def _shown(ride: Insertion | None) -> tuple[int, int, int, int] | None:
    return ride and (ride.pickup_s, ride.dropoff_s, ride.detour_s, ride.detour_m)


def _driven(plan: VehiclePlan, request: TripRequest, on: int, off: int) -> tuple[int, int, int, int] | None:
    visits: list[tuple[object, int, int]] = [(stop.place, stop.at_s, stop.dwell_s) for stop in plan.stops]
    visits.insert(on, (request.origin, request.earliest_s, TERMS.dwell_s))
    visits.insert(off, (request.destination, 0, TERMS.dwell_s))
    old_leg = -1
    clock, times, metres, legs = plan.stops[0].at_s, [], 0, []
    for position, (place, earliest_s, dwell_s) in enumerate(visits):
        clock = max(clock, earliest_s)
        times.append(clock)
        old_leg += position not in (on, off)
        if position + 1 < len(visits):
            seconds_there, metres_there = TOWN.matrix([place], [visits[position + 1][0]])  # type: ignore[list-item]
            clock += dwell_s + int(seconds_there[0, 0])
            metres += int(metres_there[0, 0])
            leg = plan.legs[old_leg]
            aboard = on <= position < off
            legs.append(
                PlannedLeg(
                    0,
                    0,
                    taken_seats=leg.taken_seats + request.seats * aboard,
                    taken_litres=leg.taken_litres + request.load.litres * aboard,
                    taken_length_cm=max(leg.taken_length_cm, request.load.length_cm * aboard),
                    taken_child_seats=leg.taken_child_seats + request.load.child_seats * aboard,
                    taken_wheelchairs=leg.taken_wheelchairs + request.load.wheelchairs * aboard,
                    taken_roof_kg=leg.taken_roof_kg + request.load.roof_kg * aboard,
                )
            )
    detour_s, detour_m = times[-1] - times[0] - plan.empty_s, metres - plan.empty_m
    of_old_stops = [time for position, time in enumerate(times) if position not in (on, off)]
    kept = (
        times[on] <= request.latest_s
        and all(time <= max(stop.latest_s, stop.at_s) for time, stop in zip(of_old_stops, plan.stops, strict=True))
        and detour_s <= plan.max_detour_s
        and detour_m <= plan.max_detour_m
        and any(
            all(
                leg.taken_seats <= way.seats
                and leg.taken_litres <= way.litres
                and leg.taken_length_cm <= way.length_cm
                and leg.taken_child_seats <= way.child_seats
                and leg.taken_wheelchairs <= way.wheelchairs
                and leg.taken_roof_kg <= way.roof_kg
                for leg in legs
            )
            for way in plan.configurations
        )
    )
    return (times[on], times[off], detour_s, detour_m) if kept else None


def test_nobody_aboard_is_made_later_than_promised() -> None:
    """Bo waits half-way; fetching Cy first is allowed as long as Bo's promise holds."""
    plan = trip(TOWN, at(0, 0), at(5, 0), at(10, 0), max_detour_s=7200, max_detour_m=100_000)
    away = TripRequest(at(1, 3), at(10, 0), MORNING_S - 3600, MORNING_S + 3600, max_walk_m=0)
    first = [ride for ride in insertions(plan, away, TOWN) if ride.pickup_sequence == 1]
    assert first
    halfway = plan.stops[1]
    for spare_s, allowed in ((first[0].added_s, True), (first[0].added_s - 1, False)):
        promised = replace(
            plan, stops=(plan.stops[0], replace(halfway, latest_s=halfway.at_s + spare_s), plan.stops[2])
        )
        found = [ride for ride in insertions(promised, away, TOWN) if ride.pickup_sequence == 1]
        assert bool(found) is allowed
