"""What a rider can do while nobody has said yes to her request; reads only."""

from dataclasses import dataclass
from datetime import datetime

from accounts import communities
from rides import planner, search
from rides.models import RideRequest
from rides.requests import circles


@dataclass(frozen=True, slots=True)
class Options:
    """Rides she may ask herself, at her hours and at others; whom the request may reach next; who would help.

    `more_people` is the circle after this one ("" after the last), `coordinator` a first name ("" without any).
    """

    rides: list[search.Found]
    other_times: list[search.Found]
    more_people: str
    coordinator: str
    earliest_at: datetime
    latest_at: datetime


def for_request(request: RideRequest, now: datetime) -> Options:
    """For the rider of the request, who sees her own places as they are. A graph search."""
    trip = planner.trip_of(request, as_stranger=False)
    wanted = request.state in (RideRequest.State.CHOSEN, RideRequest.State.OPEN)
    rides = search.find_offers(trip=trip, person=request.rider, now=now, k=5) if wanted else []
    seen = {found.offer.pk for found in rides}
    others = search.nearby_times(trip=trip, person=request.rider, now=now, k=10) if wanted else []
    coordinator = communities.coordinators_of(request.rider).order_by("pk").first()
    following = circles.following(request.stage)
    return Options(
        rides=rides,
        other_times=[found for found in others if found.offer.pk not in seen][:5],
        more_people=following if wanted and following != request.stage else "",
        coordinator=coordinator.display_name if coordinator else "",
        earliest_at=request.earliest_at,
        latest_at=request.latest_at,
    )
