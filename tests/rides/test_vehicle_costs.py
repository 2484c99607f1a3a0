"""A kilometre costs what it takes to drive it: never less than nothing, never more than the law's scale."""

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings as site
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from accounts.models import Vehicle
from accounts.vehicle_costs import PRICE_OF, USUAL_PER_100_KM, cost_cents_per_km

COSTS = {
    "petrol_cents_per_l": 180,
    "diesel_cents_per_l": 170,
    "lpg_cents_per_l": 100,
    "electric_cents_per_kwh": 25,
    "wear_cents_per_km": 18,
    "average_cents_per_km": 30,
    "most_cents_per_km": 52,
}


@pytest.mark.parametrize(
    ("energy", "consumption", "cents"),
    [
        ("petrol", "6.0", 28),
        ("petrol", "6.9", 30),
        ("diesel", "5.0", 26),
        ("lpg", "9.0", 27),
        ("electric", "16.0", 22),
        ("electric", "0", 18),
        ("petrol", "30.0", 52),
    ],
)
def test_energy_and_wear_are_added_and_rounded_down(energy, consumption, cents):
    assert cost_cents_per_km(energy, Decimal(consumption), COSTS) == cents


def test_a_car_of_which_nothing_is_known_costs_the_average():
    assert cost_cents_per_km("", None, COSTS) == cost_cents_per_km("", Decimal(9), COSTS) == 30
    assert cost_cents_per_km("", None, COSTS | {"most_cents_per_km": 25}) == 25


def test_who_does_not_know_how_much_it_takes_drives_a_middling_car():
    assert cost_cents_per_km("petrol", None, COSTS) == cost_cents_per_km("petrol", Decimal("6.5"), COSTS) == 29
    assert cost_cents_per_km("electric", None, COSTS) < cost_cents_per_km("petrol", None, COSTS)


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="hay"):
        cost_cents_per_km("hay", Decimal(6), COSTS)
    with pytest.raises(ValueError, match="does not make"):
        cost_cents_per_km("diesel", Decimal("-0.1"), COSTS)


@how(max_examples=200, deadline=None, print_blob=True)
@given(st.sampled_from([*PRICE_OF, ""]), st.none() | st.decimals(0, 999, places=1))
def test_no_car_costs_less_than_nothing_or_more_than_the_scale(energy, consumption):
    assert 0 <= cost_cents_per_km(energy, consumption) <= site.RIDE_COSTS["most_cents_per_km"]


def test_every_car_that_somebody_may_own_has_a_price():
    assert set(Vehicle.Energy.values) == set(PRICE_OF) == set(USUAL_PER_100_KM)
    assert set(PRICE_OF.values()) < set(site.RIDE_COSTS)


# --- the operator sets the figures -------------------------------------------------------------------------------


def started_with(ride_costs: str) -> subprocess.CompletedProcess:
    unused = {"DJANGO_DEBUG": "1", "DATABASE_URL": "postgresql://unused@127.0.0.1/unused"}
    show = (
        "from config import settings as s; print(s.RIDE_COSTS['petrol_cents_per_l'], s.RIDE_COSTS['wear_cents_per_km'])"
    )
    return subprocess.run(
        [sys.executable, "-c", show],
        env=os.environ | unused | {"RIDE_COSTS": ride_costs},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )


def test_the_operator_changes_one_figure_and_keeps_the_others():
    usual = started_with("").stdout.split()
    assert started_with('{"petrol_cents_per_l": 199}').stdout.split() == ["199", usual[1]] != usual


@pytest.mark.parametrize(
    "wrong", ["{nope", "[]", '{"petrol": 1}', '{"wear_cents_per_km": -1}', '{"wear_cents_per_km": 1.5}']
)
def test_a_wrong_figure_stops_the_start_with_a_sentence(wrong):
    started = started_with(wrong)
    assert started.returncode != 0
    assert "RIDE_COSTS" in started.stderr.splitlines()[-1]
