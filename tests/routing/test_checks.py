"""What means nothing is refused by the name of its field, at every door of the engine."""

import math
from dataclasses import replace

import pytest

from routing.matching.ranking import rank, rank_requests
from routing.matching.terms import Terms
from routing.plan import Load, TripRequest
from tests.routing.world import MORNING_S, Town, at, trip

TOWN = Town()
BO = TripRequest(at(3, 0), at(7, 0), MORNING_S, MORNING_S + 3600)
ANA = trip(TOWN, at(0, 0), at(10, 0))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("latest_s", {"latest_s": MORNING_S - 1}),
        ("arrive_latest_s", {"arrive_earliest_s": MORNING_S + 900, "arrive_latest_s": MORNING_S + 600}),
        ("arrive_latest_s", {"arrive_latest_s": MORNING_S - 1}),
        ("seats", {"seats": 0}),
        ("seats", {"seats": -1}),
        ("max_walk_m", {"max_walk_m": -5}),
        ("max_walk_m", {"max_walk_m": math.nan}),
        ("load.litres", {"load": Load(litres=-1)}),
        ("origin", {"origin": at(math.nan, 0)}),
        ("destination", {"destination": at(0, 40_000)}),
    ],
)
def test_a_request_that_means_nothing_is_refused(field: str, changes: dict[str, object]) -> None:
    request = replace(BO, **changes)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=field):
        rank([ANA], request, TOWN, 1)
    with pytest.raises(ValueError, match=field):
        rank_requests(ANA, [BO, request], TOWN, 1)


@pytest.mark.parametrize("field", ["max_detour_s", "max_detour_m", "flexibility_s", "empty_s", "empty_m"])
def test_a_plan_with_a_negative_limit_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        rank([ANA, replace(ANA, **{field: -1})], BO, TOWN, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["weight_wait", "max_wait_s", "dwell_s", "walk_m_per_s"])
def test_terms_with_a_negative_number_are_refused(field: str) -> None:
    with pytest.raises(ValueError, match=field):
        rank([ANA], BO, TOWN, 1, terms=Terms(**{field: -1}))  # type: ignore[arg-type]


def test_somebody_in_a_wheelchair_takes_no_seat_and_is_somebody() -> None:
    assert rank([ANA], replace(BO, seats=0, load=Load(wheelchairs=1)), TOWN, 1) == []
