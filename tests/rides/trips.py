"""Journeys as the engine reads them."""

from typing import Any

from rides import planner, streets
from routing.plan import TripRequest
from tests.rides import world


def trip(origin: dict[str, Any], destination: dict[str, Any], **fields: Any) -> TripRequest:
    """One person, within the next hours."""
    return TripRequest(
        origin=streets.place_from(origin),
        destination=streets.place_from(destination),
        earliest_s=planner.epoch_s(world.soon(0)),
        latest_s=planner.epoch_s(world.soon(6)),
        **fields,
    )
