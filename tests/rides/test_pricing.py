"""Shares are fair, add up to the cent, and only fall: for any trip, and on the page that explains them."""

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given

from rides.bookings.pricing import Aboard, Shares, Trip, for_you, split, suggested_cents_per_km
from tests.rides.drives import LOOK, found_out, legs_of, one_more, purses, rider, trips_with_riders, wanted

PAGE = Path(__file__).parents[2] / "docs" / "pricing.md"
DORA_ALONE = Trip(leg_metres=[30_000], cost_cents_per_km=30)
Splitter = Callable[[Trip, list[Aboard]], Shares]


# --- what is promised, each as a question about one splitter and one trip ----------------------------------------


def adds_up(splitter: Splitter, trip: Trip, riders: list[Aboard]) -> bool:
    shares = splitter(trip, riders)
    real = Fraction(trip.cost_cents_per_km * sum(trip.leg_metres), 1000) + trip.tolls_cents
    whole = [*shares.rider_cents.values(), shares.driver_cents, shares.total_cents]
    together = sum(shares.rider_cents.values()) + shares.driver_cents
    return together == shares.total_cents == ceil(real) and all(type(cents) is int for cents in whole)


def stays_within_the_equal_part(splitter: Splitter, trip: Trip, riders: list[Aboard]) -> bool:
    """Cost divided by people aboard, leg by leg; and so never above the cost of her way by the fewest aboard on it."""
    shares, (equal, _) = splitter(trip, riders).rider_cents, purses(trip, riders)
    return all(0 <= shares[someone.id] <= equal[someone.id] for someone in riders)


def pays_for_nobodys_detour(splitter: Splitter, trip: Trip, riders: list[Aboard]) -> bool:
    shares, (equal, _) = splitter(trip, riders).rider_cents, purses(trip, riders)
    return all(shares[someone.id] <= equal[someone.id] * wanted(trip, someone) for someone in riders)


def leaves_the_driver_her_own_part(splitter: Splitter, trip: Trip, riders: list[Aboard]) -> bool:
    return splitter(trip, riders).driver_cents >= purses(trip, riders)[1] >= 0


def keeps_to_what_was_asked_and_promised(splitter: Splitter, trip: Trip, riders: list[Aboard]) -> bool:
    shares = splitter(trip, riders).rider_cents
    return all(
        shares[someone.id] * 1000 <= someone.ask_cents_per_km * someone.direct_m * someone.parts
        and (someone.at_most_cents is None or shares[someone.id] <= someone.at_most_cents)
        for someone in riders
    )


def is_free_where_nothing_is_asked(splitter: Splitter, trip: Trip, riders: list[Aboard]) -> bool:
    shares = splitter(trip, riders).rider_cents
    return all(shares[someone.id] == 0 for someone in riders if someone.ask_cents_per_km == 0)


def lets_nobody_off(splitter: Splitter, trip: Trip, riders: list[Aboard]) -> bool:
    """Whoever is neither promised less nor asked for less pays all of her part, tolls included, but for one coin."""
    shares, (equal, _) = splitter(trip, riders).rider_cents, purses(trip, riders)
    for someone in riders:
        part = equal[someone.id] * wanted(trip, someone)
        asked = Fraction(someone.ask_cents_per_km * someone.direct_m * someone.parts, 1000)
        if someone.at_most_cents is None and asked >= part and shares[someone.id] <= part - 10:
            return False
    return True


# --- the splitters that are wrong ---------------------------------------------------------------------------------


def by_distance_alone(trip: Trip, riders: list[Aboard]) -> Shares:
    """So many cents a kilometre from each, whoever else is aboard: four riders pay more than the drive costs."""
    shares = {r.id: r.ask_cents_per_km * r.direct_m * max(r.people, 1) // 10_000 * 10 for r in riders}
    total = ceil(trip.cost_cents)
    return Shares(shares, total - sum(shares.values()), total)


def rounded_each_for_itself(trip: Trip, riders: list[Aboard]) -> Shares:
    paid, driver = purses(trip, riders)
    return Shares({who: round(part) for who, part in paid.items()}, round(driver), ceil(trip.cost_cents))


def rounded_up(trip: Trip, riders: list[Aboard]) -> Shares:
    shares = {who: ceil(part / 10) * 10 for who, part in purses(trip, riders)[0].items()}
    total = ceil(trip.cost_cents)
    return Shares(shares, total - sum(shares.values()), total)


def without_the_driver(trip: Trip, riders: list[Aboard]) -> Shares:
    """The riders share what the driver would have paid, too."""
    paid, driver = purses(trip, riders)
    share = int(driver / len(riders)) if riders else 0
    shares = {who: int(part) + share for who, part in paid.items()}
    total = ceil(trip.cost_cents)
    return Shares(shares, total - sum(shares.values()), total)


def detours_for_everyone(trip: Trip, riders: list[Aboard]) -> Shares:
    return split(trip, [replace(r, direct_m=10**9) for r in riders])


def deaf(trip: Trip, riders: list[Aboard]) -> Shares:
    """Listens neither to what the driver asks nor to what was promised."""
    return split(trip, [replace(r, ask_cents_per_km=10**9, at_most_cents=None) for r in riders])


def forgetful(trip: Trip, riders: list[Aboard]) -> Shares:
    return split(trip, [replace(r, at_most_cents=None) for r in riders])


def without_tolls(trip: Trip, riders: list[Aboard]) -> Shares:
    shares, total = split(replace(trip, tolls_cents=0), riders).rider_cents, ceil(trip.cost_cents)
    return Shares(shares, total - sum(shares.values()), total)


PROMISES = [
    (adds_up, rounded_each_for_itself),
    (stays_within_the_equal_part, by_distance_alone),
    (stays_within_the_equal_part, rounded_up),
    (pays_for_nobodys_detour, detours_for_everyone),
    (leaves_the_driver_her_own_part, by_distance_alone),
    (leaves_the_driver_her_own_part, without_the_driver),
    (keeps_to_what_was_asked_and_promised, deaf),
    (keeps_to_what_was_asked_and_promised, forgetful),
    (is_free_where_nothing_is_asked, deaf),
    (lets_nobody_off, without_tolls),
]


@pytest.mark.parametrize("promise", dict.fromkeys(promise for promise, _ in PROMISES))
def test_a_share_on_any_trip(promise):
    @LOOK
    @given(trips_with_riders())
    def kept(drawn):
        assert promise(split, *drawn)

    kept()


@pytest.mark.parametrize(("promise", "wrong"), PROMISES)
def test_control_a_wrong_splitter_is_found_out(promise, wrong):
    found_out(trips_with_riders(), lambda drawn: not promise(wrong, *drawn))


# --- somebody else gets on ---------------------------------------------------------------------------------------


def raises_nobodys_share(splitter: Splitter, drawn: tuple[Trip, list[Aboard], Trip, Aboard]) -> bool:
    trip, riders, longer, newcomer = drawn
    before = splitter(trip, riders).rider_cents
    confirmed = [replace(r, at_most_cents=before[r.id]) for r in riders]
    after = splitter(longer, [*confirmed, newcomer])
    mine = after.driver_cents >= purses(longer, [*confirmed, newcomer])[1]
    return mine and all(after.rider_cents[who] <= cents for who, cents in before.items())


@LOOK
@given(one_more())
def test_another_rider_raises_nobodys_share(drawn):
    assert raises_nobodys_share(split, drawn)


def test_control_a_detour_makes_shares_rise_when_nobody_remembers_them():
    found_out(one_more(), lambda drawn: not raises_nobodys_share(forgetful, drawn))


@LOOK
@given(trips_with_riders())
def test_shares_worked_out_again_stay_as_they_are(drawn):
    trip, riders = drawn
    first = split(trip, riders)
    again = split(trip, [replace(r, at_most_cents=first.rider_cents[r.id]) for r in riders])
    assert again == first


# --- people ------------------------------------------------------------------------------------------------------


def test_bo_pays_half_and_with_cy_a_third():
    assert split(DORA_ALONE, [rider()]) == Shares({1: 450}, 450, 900)
    assert split(DORA_ALONE, [rider(1), rider(2)]) == Shares({1: 300, 2: 300}, 300, 900)
    assert split(DORA_ALONE, [rider(people=2)]) == Shares({1: 600}, 300, 900)


def test_who_is_with_the_driver_anyway_counts():
    assert split(replace(DORA_ALONE, others=2), [rider()]) == Shares({1: 300}, 600, 900)


def test_a_wardrobe_alone_pays_like_one_person():
    assert split(DORA_ALONE, [rider(people=0)]) == split(DORA_ALONE, [rider(people=1)])


def test_when_cy_cancels_bo_goes_on_paying_what_was_confirmed():
    bo = replace(rider(), at_most_cents=300)
    assert split(DORA_ALONE, [bo]) == Shares({1: 300}, 600, 900)


def test_a_free_ride_makes_nobody_elses_dearer():
    free = split(DORA_ALONE, [rider(1, ask_cents_per_km=0), rider(2)])
    assert free == Shares({1: 0, 2: 300}, 600, 900)


def test_what_is_suggested_is_half_with_tolls_and_just_what_one_rider_pays():
    assert suggested_cents_per_km(30) == 15
    assert suggested_cents_per_km(31) == 15
    asked = suggested_cents_per_km(30, tolls_cents=300, metres=30_000)
    assert asked == 20
    trip = replace(DORA_ALONE, tolls_cents=300)
    assert split(trip, [rider(ask_cents_per_km=asked)]) == Shares({1: 600}, 600, 1200)


def test_a_trip_of_no_metres_leaves_its_tolls_with_the_driver():
    still = Trip(leg_metres=[0], cost_cents_per_km=30, tolls_cents=250)
    assert split(still, [rider()]) == Shares({1: 0}, 250, 250)
    assert suggested_cents_per_km(30, tolls_cents=250) == 15


@pytest.mark.parametrize("wrong", [[rider(1), rider(1)], [rider(dropoff=2)], [rider(pickup=1, dropoff=0)]])
def test_a_booking_that_is_not_on_the_trip_is_refused(wrong):
    with pytest.raises(ValueError, match="not on this trip"):
        split(DORA_ALONE, wrong)
    with pytest.raises(ValueError, match="not on this trip"):
        for_you(DORA_ALONE.leg_metres, 32, wrong)


def test_somebody_has_to_drive():
    with pytest.raises(ValueError, match="drive"):
        replace(DORA_ALONE, others=0)


# --- the page that explains it -----------------------------------------------------------------------------------


def test_the_example_on_the_page_is_right():
    text = PAGE.read_text()
    cost, tolls, asked = map(
        int, re.search(r"costs (\d+) cents, the tolls are (\d+)\. .* asks (\d+) cents", text).groups()
    )
    legs, people = (rows[1:] for rows in _tables(text))
    trip = Trip(leg_metres=[int(row[1]) for row in legs], cost_cents_per_km=cost, tolls_cents=tolls)
    *on_board, dora, together = people
    riders = [
        Aboard(id=k, people=int(n), pickup=int(a), dropoff=int(b), direct_m=int(m), ask_cents_per_km=asked)
        for k, (_, n, a, b, m, *_) in enumerate(on_board)
    ]
    shares, (equal, driver) = split(trip, riders), purses(trip, riders)

    assert [int(row[6]) for row in on_board] == list(shares.rider_cents.values())
    assert [row[5] for row in (*on_board, dora)] == [f"{float(part):.2f}" for part in (*equal.values(), driver)]
    assert (int(dora[6]), int(together[6])) == (shares.driver_cents, shares.total_cents)
    assert float(together[5]) == float(trip.cost_cents)
    for k, (_, metres, aboard, each) in enumerate(legs):
        seated = 1 + sum(k in legs_of(someone) for someone in riders)
        exact = Fraction(int(metres), sum(trip.leg_metres)) * trip.cost_cents / seated
        assert (int(aboard), float(each)) == (seated, round(float(exact), 2))


def _tables(text: str) -> list[list[list[str]]]:
    found = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    rows = [[line.strip("| \n").split("|") for line in table.splitlines() if "---" not in line] for table in found]
    return [[[cell.strip() for cell in row] for row in table] for table in rows]
