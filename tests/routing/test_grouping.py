"""Saturday at the furniture store: who rides with whom, out and home again."""

from dataclasses import replace

import numpy as np
import pytest

from routing.grouping import Grouping, GroupingProblem, Person, Window, broken_promises, group
from routing.grouping.bound import person_by_person_m
from routing.grouping.task import task_of
from routing.plan import Configuration, Load
from tests.routing.grouping_world import MINUTE_S, NOON_S, random_problem, town_problem

SMALL = Configuration("rear seats up", seats=4, litres=400, length_cm=110)
FOLDED = Configuration("rear seats folded", seats=2, litres=1200, length_cm=205)
TWO_SEATS = Configuration("two seats", seats=2, litres=100, length_cm=80)
WARDROBE = Load(litres=200, length_cm=202)
BY_NOON = Window(NOON_S - 60 * MINUTE_S, NOON_S)
FROM_TWO = Window(NOON_S + 120 * MINUTE_S, NOON_S + 150 * MINUTE_S)


def driver(origin: int, *ways: Configuration, **changes: object) -> Person:
    return replace(Person(origin, "drive", BY_NOON, configurations=ways or (SMALL,)), **changes)  # type: ignore[arg-type]


def rider(origin: int, **changes: object) -> Person:
    return replace(Person(origin, "ride", BY_NOON), **changes)  # type: ignore[arg-type]


def either(origin: int, **changes: object) -> Person:
    return replace(driver(origin), role="either", **changes)  # type: ignore[arg-type]


def solved(problem: GroupingProblem) -> Grouping:
    """The grouping, after the independent check."""
    grouping = group(problem, budget_s=60)
    assert broken_promises(problem, grouping) == []
    return grouping


def cars(grouping: Grouping) -> dict[int, tuple[int, ...]]:
    return {car.driver: car.riders for car in grouping.cars}


def test_riders_get_in_on_the_way() -> None:
    """The store is at 20 km east; Ana starts at 0, Bo lives at 5, Cy at 10."""
    problem = town_problem([(0, 0), (10, 0), (5, 0)], (20, 0), [driver(0), rider(1), rider(2)])
    grouping = solved(problem)
    assert cars(grouping) == {0: (2, 1)}
    (car,) = grouping.cars
    assert (car.distance_m, car.detour_m, car.detour_s) == (20_000, 0, 120)
    assert grouping.certificate.proven
    assert (grouping.saved.km, grouping.saved.cars, grouping.saved.co2_kg) == (25.0, 2, 4.2)


def test_the_car_comes_when_it_suits_everybody() -> None:
    bo = rider(1, at_destination=Window(NOON_S - 20 * MINUTE_S, NOON_S + 60 * MINUTE_S))
    grouping = solved(town_problem([(0, 0), (10, 0)], (20, 0), [driver(0), bo]))
    assert grouping.cars[0].at_s[-1] == NOON_S - 20 * MINUTE_S


def test_hours_that_do_not_meet_leave_bo_out() -> None:
    bo = rider(1, at_destination=Window(NOON_S + 1, NOON_S + 60 * MINUTE_S))
    grouping = solved(town_problem([(0, 0), (10, 0)], (20, 0), [driver(0), bo]))
    assert grouping.alone == (0,)
    assert [(left.person, left.reason) for left in grouping.left_out] == [(1, "window")]


def test_a_detour_beyond_the_driver_s_limit_leaves_bo_out() -> None:
    far = town_problem([(0, 0), (10, 6)], (20, 0), [driver(0, max_detour_s=1259), rider(1)])
    assert [left.reason for left in solved(far).left_out] == ["too_far"]
    just = replace(far, people=(replace(far.people[0], max_detour_s=1260), far.people[1]))
    assert cars(solved(just)) == {0: (1,)}


RAMP_DOWN = Configuration("ramp down", seats=1, litres=100, length_cm=80, child_seats=1, wheelchairs=2, roof_kg=30)


def test_people_in_wheelchairs_take_no_seat() -> None:
    """Three live far off the road: two ride in their wheelchairs, and the one seat is for the third."""
    homes = [(0, 0), (5, 9), (6, 9), (7, 9)]
    on_wheels = [rider(origin, party=0, load=Load(wheelchairs=1)) for origin in (1, 2)]
    problem = town_problem(homes, (20, 0), [driver(0, RAMP_DOWN, max_detour_s=7200), *on_wheels, rider(3)])
    grouping = solved(problem)
    assert cars(grouping) == {0: (1, 2, 3)}
    assert person_by_person_m(task_of(problem)) <= grouping.certificate.value_m


@pytest.mark.parametrize(
    ("load", "reason"),
    [(Load(wheelchairs=1), "no_seat"), (Load(child_seats=1), "no_seat"), (Load(roof_kg=10), "load")],
)
def test_what_a_car_does_not_have_leaves_bo_out(load: Load, reason: str) -> None:
    homes, bo = [(0, 0), (5, 0)], rider(1, load=load)
    grouping = solved(town_problem(homes, (20, 0), [driver(0), bo]))
    assert [left.reason for left in grouping.left_out] == [reason]
    assert cars(solved(town_problem(homes, (20, 0), [driver(0, RAMP_DOWN), bo]))) == {0: (1,)}


def test_each_party_has_somebody_in_it_and_a_driver_on_a_seat() -> None:
    nobody = rider(1, party=0)
    for people in ([driver(0), nobody], [driver(0, party=0, load=Load(wheelchairs=1)), rider(1)]):
        with pytest.raises(ValueError, match="party"):
            town_problem([(0, 0), (5, 0)], (20, 0), people)


def test_two_seats_are_two_seats() -> None:
    homes = [(0, 0), (5, 0), (6, 0), (7, 0)]
    grouping = solved(town_problem(homes, (20, 0), [driver(0, TWO_SEATS), rider(1), rider(2), rider(3)]))
    assert cars(grouping) == {0: (1, 2)}
    assert [(left.person, left.reason) for left in grouping.left_out] == [(3, "no_seat")]


def test_a_party_takes_a_seat_each() -> None:
    homes = [(0, 0), (5, 0), (6, 0)]
    grouping = solved(town_problem(homes, (20, 0), [driver(0, TWO_SEATS), rider(1), rider(2, party=2)]))
    assert sum(len(car.riders) for car in grouping.cars) == 1


def test_home_again_with_a_wardrobe_the_rear_seats_are_folded() -> None:
    """On the way back the same five people: Bo has a wardrobe, so Ana folds her seats and Ed takes the rest."""
    homes = [(0, 0), (5, 0), (6, 0), (7, 0), (1, 1)]
    ana, bo, cy, di = driver(0, SMALL, FOLDED), rider(1, load=WARDROBE), rider(2), rider(3)
    ed = driver(4, SMALL)
    home = replace(
        town_problem(homes, (20, 0), [replace(person, at_destination=FROM_TWO) for person in (ana, bo, cy, di, ed)]),
        direction="back",
    )
    grouping = solved(home)
    by_driver = {car.driver: car for car in grouping.cars}
    assert 1 in by_driver[0].riders
    assert by_driver[0].configuration == FOLDED
    assert {rider for car in grouping.cars for rider in car.riders} == {1, 2, 3}
    assert all(car.at_s[0] == FROM_TWO.earliest_s for car in grouping.cars)


def test_a_wardrobe_that_fits_no_car_is_said_so() -> None:
    problem = town_problem([(0, 0), (5, 0)], (20, 0), [driver(0), rider(1, load=WARDROBE)])
    assert [left.reason for left in solved(problem).left_out] == ["load"]


def test_on_the_way_back_riders_get_out_in_order() -> None:
    problem = town_problem([(0, 0), (10, 0), (5, 0)], (20, 0), [driver(0), rider(1), rider(2)])
    back = solved(replace(problem, direction="back"))
    assert cars(back) == {0: (1, 2)}
    assert back.cars[0].at_s == tuple(BY_NOON.earliest_s + late_s for late_s in (0, 1000, 1560, 2120))


def test_the_way_back_is_the_mirror_image() -> None:
    """One-way streets run the other way and the hours are mirrored: the same cars and metres come out."""
    problem = random_problem(seed=12, drivers=3, riders=6)
    mirrored = replace(
        problem,
        direction="back",
        seconds=problem.seconds.T,
        metres=problem.metres.T,
        people=tuple(
            replace(
                person,
                at_destination=Window(-person.at_destination.latest_s, -person.at_destination.earliest_s),
                at_origin=Window(
                    -person.at_origin.latest_s - (problem.dwell_s if person.role == "ride" else 0),
                    -person.at_origin.earliest_s - (problem.dwell_s if person.role == "ride" else 0),
                ),
            )
            for person in problem.people
        ),
    )
    out, back = solved(problem), solved(mirrored)
    assert out.certificate == back.certificate
    assert out.cars


def test_who_could_do_either_leaves_the_car_at_home_when_that_saves_a_drive() -> None:
    problem = town_problem([(0, 0), (5, 0), (10, 0)], (20, 0), [either(0), either(1), either(2)])
    grouping = solved(problem)
    assert cars(grouping) == {0: (1, 2)}
    assert grouping.saved.cars == 2


def test_those_who_keep_apart_never_share_a_car_and_nobody_is_told() -> None:
    problem = town_problem([(0, 0), (5, 0)], (20, 0), [driver(0), rider(1)])
    grouping = solved(replace(problem, apart=((1, 0),)))
    assert grouping.cars == ()
    assert [left.reason for left in grouping.left_out] == ["no_seat"]


def test_those_who_travel_together_do() -> None:
    """Alone, Bo fits Ana's way and Cy Di's; together both go with one of them."""
    homes, store = [(0, 0), (5, 0), (5, 8), (0, 8)], (20, 4)
    people = [driver(0), rider(1), rider(2), driver(3)]
    problem = town_problem(homes, store, people)
    assert cars(solved(problem)) == {0: (1,), 3: (2,)}
    wide = replace(problem, together=((1, 2),), people=tuple(replace(person, max_detour_s=3600) for person in people))
    assert len(solved(wide).cars) == 1


def test_friends_of_the_way_out_are_kept_together_when_it_costs_little() -> None:
    homes, store = [(0, 0), (0, 0.4), (10, 0)], (20, 0)
    people = [driver(0, TWO_SEATS), driver(1, TWO_SEATS), rider(2)]
    problem = town_problem(homes, store, people)
    chosen, other = (0, 1) if cars(solved(problem)) == {0: (2,)} else (1, 0)
    friends = replace(problem, prefer=((2, other),))
    assert cars(solved(friends)) == {other: (2,)}
    assert solved(friends).certificate.value_m == solved(problem).certificate.value_m - 500
    assert chosen != other


def test_a_person_without_a_car_is_taken_though_it_costs_some_road() -> None:
    """Bo lives 2 km from the store but 3 km off Ana's road: more driving than a solo drive, but Bo has no car."""
    problem = town_problem([(0, 0), (20, 3)], (20, 0), [driver(0, max_detour_s=3600), rider(1)])
    assert cars(solved(problem)) == {0: (1,)}
    assert solved(replace(problem, stranded_m=0)).cars == ()


def test_the_same_seed_gives_the_same_cars() -> None:
    problem = random_problem(seed=11, drivers=4, riders=10)
    assert group(problem, seed=5) == group(problem, seed=5)


def test_cancelled_at_once_everyone_is_somewhere_and_the_bound_is_true() -> None:
    problem = random_problem(seed=7, drivers=4, riders=9)
    stopped = group(problem, cancelled=lambda: True)
    assert broken_promises(problem, stopped) == []
    best = solved(problem)
    assert stopped.certificate.lower_bound_m <= best.certificate.value_m < stopped.certificate.value_m
    assert not stopped.certificate.proven


def test_progress_runs_from_nothing_to_done() -> None:
    heard: list[float] = []
    group(random_problem(seed=1, drivers=2, riders=3), progress=lambda fraction, sentence: heard.append(fraction))
    assert heard == sorted(heard)
    assert (heard[0], heard[-1]) == (0.0, 1.0)


def test_nobody_comes() -> None:
    grouping = solved(town_problem([], (0, 0), []))
    assert (grouping.cars, grouping.certificate.value_m, grouping.certificate.proven) == ((), 0, True)


def test_a_driver_needs_a_car() -> None:
    with pytest.raises(ValueError, match="needs a car"):
        GroupingProblem((Person(0, "drive", BY_NOON),), 0, np.zeros((1, 1), int), np.zeros((1, 1), int))
