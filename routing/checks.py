"""What no search begins with: plans, requests and terms that mean nothing. Each is refused by the name of its field."""

import math
from collections.abc import Iterable
from typing import Any

from routing import capacity
from routing.matching.terms import Terms
from routing.plan import Place, TripRequest, VehiclePlan


def check_request(request: TripRequest) -> None:
    """Raises ValueError for an empty window, nobody and nothing to carry, a negative number, or no place on earth."""
    _check_place("origin", request.origin)
    _check_place("destination", request.destination)
    _check_window(request, "earliest_s", "latest_s")
    _check_window(request, "arrive_earliest_s", "arrive_latest_s")
    if request.arrive_latest_s < request.earliest_s:
        raise ValueError("arrive_latest_s is before earliest_s")
    _check_not_negative(request, ("seats", "max_walk_m"))
    _check_not_negative(request.load, capacity.KINDS[1:], "load.")
    if not any(capacity.wanted(request.seats, request.load)):
        raise ValueError("seats is 0, and the load is empty: nobody and nothing wants to go")


def check_plan(plan: VehiclePlan) -> None:
    """Raises ValueError for a plan without a leg, a negative limit or duration, or a stop that is no place on earth."""
    if len(plan.stops) < 2 or len(plan.legs) != len(plan.stops) - 1:
        raise ValueError("legs are not one fewer than stops, of which there are two or more")
    _check_not_negative(plan, ("empty_s", "empty_m", "max_detour_s", "max_detour_m", "flexibility_s"))
    for k, stop in enumerate(plan.stops):
        _check_place(f"stops[{k}].place", stop.place)
        _check_not_negative(stop, ("dwell_s",), f"stops[{k}].")
    for k, leg in enumerate(plan.legs):
        _check_not_negative(leg, ("duration_s", "distance_m"), f"legs[{k}].")


def check_terms(terms: Terms) -> None:
    """Raises ValueError for a negative weight or limit, or a rider who does not get on."""
    _check_not_negative(
        terms,
        ("dwell_s", "same_place_m", "max_wait_s", "weight_driver", "weight_walk", "weight_wait", "weight_ride"),
    )
    if not 0 < terms.walk_m_per_s < math.inf:
        raise ValueError("walk_m_per_s is not positive")


def _check_window(request: TripRequest, earliest: str, latest: str) -> None:
    if not getattr(request, earliest) <= getattr(request, latest):
        raise ValueError(f"{latest} is before {earliest}")


def _check_not_negative(row: Any, fields: Iterable[str], path: str = "") -> None:
    for field in fields:
        if not 0 <= getattr(row, field) < math.inf:
            raise ValueError(f"{path}{field} is negative or no number")


def _check_place(field: str, place: Place) -> None:
    if not (-90 <= place.lat <= 90 and -180 <= place.lon <= 180):
        raise ValueError(f"{field} is nowhere on earth: {place.lat}, {place.lon}")
