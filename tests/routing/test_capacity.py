"""People and things in a car: one configuration of the whole trip covers every leg."""

from routing.capacity import boarded, fits, seats_left
from routing.plan import Configuration, Load, PlannedLeg

REAR_UP = Configuration("rear seats up", seats=4, litres=400, length_cm=110)
REAR_FOLDED = Configuration("rear seats folded", seats=2, litres=1200, length_cm=205)
FAMILY_CAR = (REAR_UP, REAR_FOLDED)
CHILD_SEATS_IN = Configuration("child seats in", seats=4, litres=300, length_cm=100, child_seats=2, roof_kg=50)
RAMP_DOWN = Configuration("ramp down", seats=2, litres=200, length_cm=80, wheelchairs=1, roof_kg=50)
VAN = (CHILD_SEATS_IN, RAMP_DOWN)
DEE = Load(wheelchairs=1)
BOOKCASE = Load(litres=300, length_cm=202)


def leg(seats: int = 0, litres: int = 0, length_cm: int = 0) -> PlannedLeg:
    return PlannedLeg(600, 5000, seats, litres, length_cm)


def test_two_people_and_a_bookcase_fit_with_the_rear_seats_folded() -> None:
    with_bookcase = boarded(leg(), seats=2, load=BOOKCASE)
    assert fits(FAMILY_CAR, [with_bookcase]) is REAR_FOLDED


def test_a_third_person_does_not_fit_beside_the_bookcase() -> None:
    with_bookcase = boarded(leg(), seats=2, load=BOOKCASE)
    assert fits(FAMILY_CAR, [boarded(with_bookcase, seats=1, load=Load())]) is None
    assert seats_left(FAMILY_CAR, [with_bookcase]) == (0,)


def test_seats_stay_folded_for_the_whole_trip() -> None:
    """Three friends in the morning and the bookcase in the afternoon need two different cars."""
    friends, bookcase = leg(seats=3), boarded(leg(), seats=0, load=BOOKCASE)
    assert fits(FAMILY_CAR, [friends]) is REAR_UP
    assert fits(FAMILY_CAR, [bookcase]) is REAR_FOLDED
    assert fits(FAMILY_CAR, [friends, bookcase]) is None


def test_litres_add_up_and_lengths_do_not() -> None:
    aboard = boarded(boarded(leg(), 1, Load(litres=200, length_cm=90)), 1, Load(litres=150, length_cm=100))
    assert (aboard.taken_seats, aboard.taken_litres, aboard.taken_length_cm) == (2, 350, 100)


def test_dee_rides_in_her_wheelchair_and_takes_no_seat() -> None:
    with_dee = boarded(leg(seats=2), seats=0, load=DEE)
    assert (with_dee.taken_seats, with_dee.taken_wheelchairs) == (2, 1)
    assert fits(VAN, [with_dee]) is RAMP_DOWN
    assert fits(FAMILY_CAR, [boarded(leg(), seats=0, load=DEE)]) is None
    assert fits(VAN, [boarded(with_dee, seats=0, load=DEE)]) is None


def test_dee_on_one_leg_keeps_the_ramp_down_on_every_leg() -> None:
    with_dee = boarded(leg(), seats=0, load=DEE)
    assert seats_left(VAN, [leg(), leg()]) == (4, 4)
    assert seats_left(VAN, [leg(), with_dee]) == (2, 2)
    assert fits(VAN, [leg(seats=3), with_dee]) is None


def test_a_child_in_a_child_seat_takes_two_things_at_once() -> None:
    two_children = boarded(leg(), seats=2, load=Load(child_seats=2))
    assert (two_children.taken_seats, two_children.taken_child_seats) == (2, 2)
    assert fits(VAN, [two_children]) is CHILD_SEATS_IN
    assert seats_left(VAN, [two_children]) == (2,)
    assert fits(VAN, [boarded(two_children, seats=1, load=Load(child_seats=1))]) is None
    assert fits(VAN, [boarded(two_children, seats=2, load=Load())]) is CHILD_SEATS_IN


def test_child_seats_and_the_ramp_are_two_ways_to_set_up_one_car() -> None:
    child, dee = boarded(leg(), seats=1, load=Load(child_seats=1)), boarded(leg(), seats=0, load=DEE)
    assert fits(VAN, [child, dee]) is None
    assert seats_left(VAN, [child, dee]) == (0, 0)


def test_the_roof_is_not_the_boot() -> None:
    ladder = boarded(leg(), seats=0, load=Load(roof_kg=30))
    assert fits(VAN, [ladder]) is CHILD_SEATS_IN
    assert fits(VAN, [boarded(ladder, seats=0, load=Load(roof_kg=21))]) is None
    assert fits(VAN, [ladder, ladder]) is CHILD_SEATS_IN
    assert fits(FAMILY_CAR, [ladder]) is None


def test_a_seat_freed_at_a_drop_off_is_sold_again() -> None:
    assert seats_left(FAMILY_CAR, [leg(seats=4), leg(seats=1)]) == (0, 3)


def test_a_long_item_on_one_leg_costs_seats_on_every_leg() -> None:
    assert seats_left(FAMILY_CAR, [leg(), leg(length_cm=200)]) == (2, 2)


def test_an_overfull_car_has_no_seats_left_rather_than_minus_one() -> None:
    assert seats_left(FAMILY_CAR, [leg(seats=5), leg()]) == (0, 4)
    assert seats_left(FAMILY_CAR, [leg(litres=5000)]) == (0,)
